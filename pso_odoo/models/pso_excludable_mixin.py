from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..context import without_defaults


class PsoExcludableMixin(models.AbstractModel):
    """A line of an order or a bill that may be left out of the purchases.

    The reason is neutral by design: a line must not tell that a person is concerned.
    """

    _name = "pso.excludable.mixin"
    _description = "Line that can be left out for PSO"
    _inherit = ["pso.guarded.mixin"]

    pso_excluded = fields.Boolean(
        string="Not Counted for PSO",
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
        copy=False,
        groups="pso_odoo.group_pso_purchase",
        help="Why this line is left out, for the auditor.",
    )

    def _pso_exclusion_source(self):
        """The record from which a new line takes over whether it counts."""
        return self.product_id.product_tmpl_id

    @api.onchange("product_id")
    def _onchange_pso_excluded(self):
        if self._has_field_access(self._fields["pso_excluded"], "write"):
            self.pso_excluded = self._pso_exclusion_source().pso_excluded

    def _take_over_exclusion(self, vals_list):
        """Leave new lines out where their product or order line is left out.

        As superuser: the buyer or accountant who makes the line may not decide this,
        but whoever does has decided it before.
        """
        for line, vals in zip(self, vals_list, strict=True):
            source = line._pso_exclusion_source().sudo()
            if "pso_excluded" not in vals and source.pso_excluded:
                line._copy_exclusion(source)

    def _copy_exclusion(self, source):
        self.sudo().write(
            {
                "pso_excluded": True,
                "pso_excluded_reason": "pso_excluded_reason" in source._fields
                and source.pso_excluded_reason,
            }
        )

    def _pso_exclude(self, excluded, reason=False):
        """Leave lines out of the social purchases, or take them in again.

        The lines of a posted bill are closed to the form, so this is their way.

        :raise AccessError: if the user is not in the PSO purchase group
        """
        if not self.env.user.has_group("pso_odoo.group_pso_purchase"):
            raise AccessError(
                self.env._(
                    "Only users with access to PSO purchases decide which lines count."
                )
            )
        self.check_access("read")
        self.sudo().write(
            {"pso_excluded": excluded, "pso_excluded_reason": excluded and reason}
        )
        self.env["pso.measurement"]._forget_figures()

    @without_defaults
    def action_pso_exclude(self):
        self._pso_exclude(True)

    @without_defaults
    def action_pso_include(self):
        self._pso_exclude(False)
