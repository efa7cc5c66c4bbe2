from odoo import api, fields, models
from odoo.exceptions import AccessError


class PsoExcludableMixin(models.AbstractModel):
    """A line of an order or a bill that may be left out of the purchases.

    The reason is neutral by design: a line must not tell that a person is concerned.
    """

    _name = "pso.excludable.mixin"
    _description = "Line that can be left out for PSO"

    # Computed once, when the line is made: an order line takes it from its product, a
    # bill line from its order line. Hand-made changes stay.
    pso_excluded = fields.Boolean(
        string="Not Counted for PSO",
        compute="_compute_pso_excluded",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
        groups="pso_odoo.group_pso_purchase",
        help="Leaves this line out of the social purchases.",
    )
    pso_excluded_reason = fields.Selection(
        [
            ("elsewhere", "Counted elsewhere"),
            ("entity", "Outside the certified entity"),
            ("passed_on", "Passed on to others"),
            ("other", "Other"),
        ],
        string="Reason Not Counted",
        compute="_compute_pso_excluded",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
        groups="pso_odoo.group_pso_purchase",
    )

    def _pso_exclusion_source(self):
        """The record from which a new line takes over whether it counts."""
        return self.product_id.product_tmpl_id

    @api.depends("product_id")
    def _compute_pso_excluded(self):
        for line in self:
            source = line._pso_exclusion_source()
            line.pso_excluded = source.pso_excluded
            line.pso_excluded_reason = (
                source._name == "purchase.order.line" and source.pso_excluded_reason
            )

    def _pso_exclude(self, excluded, reason=False):
        """Leave lines out of the social purchases, or take them in again.

        The lines of a posted bill are closed to the form, so this is their way.

        :raise AccessError: if the user is not in the PSO purchase group
        """
        if not self.env.user.has_group("pso_odoo.group_pso_purchase"):
            raise AccessError(
                self.env._("Only PSO purchase users decide which lines count for PSO.")
            )
        self.check_access("read")
        self.sudo().write(
            {"pso_excluded": excluded, "pso_excluded_reason": excluded and reason}
        )
        self.env["pso.measurement"]._forget_figures()

    def action_pso_exclude(self):
        self._pso_exclude(True)

    def action_pso_include(self):
        self._pso_exclude(False)
