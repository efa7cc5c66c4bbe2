"""The groups of the addon, by their external ids."""

USER = "pso_odoo.group_pso_user"
PURCHASE = "pso_odoo.group_pso_purchase"
MANAGER = "pso_odoo.group_pso_manager"
HR = "pso_odoo.group_pso_hr"
# Management, which approves plans.
BOARD = "pso_odoo.group_pso_board"
