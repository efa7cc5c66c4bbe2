from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...tools.context import without_defaults
from ...tools.groups import PURCHASE


class CopyOf(int):
    """The id of the line that a new one is a copy of.

    It is made in ``copy_data`` alone: no value that comes from outside is of this type.
    """


class PsoExcludableMixin(models.AbstractModel):
    """A line of an order or a bill that may be left out of the purchases.

    The reason is neutral by design: a line must not tell that a person is concerned.
    """

    _name = "pso.excludable.mixin"
    _description = "Line that can be left out for PSO"

    _figures_rest_on = {"pso_excluded"}

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

    pso_copy_of = fields.Integer(
        string="Copy of",
        store=False,
        copy=False,
        groups=fields.NO_ACCESS,
        help="What a new line is a copy of, on its way from the one to the other.",
    )

    def _pso_exclusion_source(self):
        """Return the record from which a new line takes over whether it counts."""
        return self.product_id.product_tmpl_id

    @api.onchange("product_id")
    def _onchange_pso_excluded(self):
        if self._has_field_access(self._fields["pso_excluded"], "write"):
            self.pso_excluded = self._pso_exclusion_source().pso_excluded

    @api.model_create_multi
    def create(self, vals_list):
        plain = [
            {name: value for name, value in vals.items() if name != "pso_copy_of"}
            for vals in vals_list
        ]
        lines = super().create(plain)
        lines._take_over_exclusion(vals_list)
        return lines

    def _take_over_exclusion(self, vals_list):
        """Leave new lines out where what they are of is left out.

        That is the line they are a copy of, which also says where they count, else
        their order line or product. As superuser: the buyer or accountant who makes the
        line may not decide this, but whoever does has decided it before.
        """
        copied = {
            line: int(vals["pso_copy_of"])
            for line, vals in zip(self, vals_list, strict=True)
            if isinstance(vals.get("pso_copy_of"), CopyOf)
        }
        prefetch = tuple(copied.values())
        for line, vals in zip(self, vals_list, strict=True):
            if "pso_excluded" in vals:
                continue
            if line in copied:
                source = self.sudo().browse(copied[line]).with_prefetch(prefetch)
            else:
                source = line._pso_exclusion_source().sudo()
            if source.pso_excluded:
                line._copy_exclusion(source)

    def _copy_exclusion(self, source):
        reason_field = "pso_excluded_reason" in source._fields
        self.sudo().write(
            {
                "pso_excluded": source.pso_excluded,
                "pso_excluded_reason": reason_field and source.pso_excluded_reason,
            }
        )

    def copy_data(self, default=None):
        """Have a copy left out, or count, as what it is a copy of, whoever makes it.

        The fields themselves are not copied: who copies need not have access to them.
        """
        vals_list = super().copy_data(default)
        for line, vals in zip(self, vals_list, strict=True):
            if vals is not None:
                vals["pso_copy_of"] = CopyOf(line.id)
        return vals_list

    @property
    def _pso_counting(self):
        """Return if this line is left out, and why: what differs in it stays apart."""
        line = self.sudo()
        return bool(line.pso_excluded), line.pso_excluded_reason or ""

    def _pso_exclude(self, excluded, reason=False):
        """Leave lines out of the social purchases, or take them in again.

        The lines of a posted bill are closed to the form, so this is their way.

        :raise AccessError: if the user is not in the PSO purchase group
        """
        if not self.env.user.has_group(PURCHASE):
            raise AccessError(
                self.env._(
                    "Only users with access to PSO purchases decide which lines count."
                )
            )
        self.check_access("read")
        self.sudo().write(
            {"pso_excluded": excluded, "pso_excluded_reason": excluded and reason}
        )

    @without_defaults
    def action_pso_exclude(self):
        """Leave these lines out of the social purchases."""
        self._pso_exclude(True)

    @without_defaults
    def action_pso_include(self):
        """Count these lines again."""
        self._pso_exclude(False)
