from odoo import api, fields, models

MODULE = "pso_odoo"


class BaseModuleUninstall(models.TransientModel):
    """What goes with PSO is said before: core names what has a chatter alone."""

    _inherit = "base.module.uninstall"

    # In words: how many statuses there are is not for every administrator to know.
    pso_note = fields.Char(
        string="Lost with PSO",
        compute="_compute_pso_note",
        help="What is deleted if PSO is uninstalled, by itself or with an app below "
        "it.",
    )

    @api.depends("module_ids")
    @api.depends_context("lang")
    def _compute_pso_note(self):
        for wizard in self:
            is_told = MODULE in wizard._get_modules().mapped("name")
            wizard.pso_note = is_told and self.env._(
                "With PSO go all statuses with their proof, certificates, supplier "
                "figures, your rule book, locked measurements with their seals, and "
                "the log of who looked. Nothing of it comes back when PSO is "
                "installed again. Download workbooks and evidence bundles first, as "
                "long as an auditor may ask for them."
            )
