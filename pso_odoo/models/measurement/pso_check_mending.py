from typing import NamedTuple

from odoo import api, fields, models

from ...tools.context import without_defaults
from ...tools.groups import HR, MANAGER, PURCHASE

# What is found of these is mended by users of this group, on the records themselves.
GROUP_OF = {
    "hr.employee": HR,
    "hr.version": HR,
    "pso.status": HR,
    "pso.certificate": PURCHASE,
    "pso.supplier.figure": PURCHASE,
    "pso.supplier.line": PURCHASE,
    "res.partner": PURCHASE,
    "res.users": "base.group_system",
}


class Mending(NamedTuple):
    """Who mends a weakness, and where, if not on what is found."""

    group: str
    place: str | None = None  # a method of ``pso.check`` that leads there


class CheckKind(NamedTuple):
    """What decides who mends a check: as the fields of ``pso.check.type``."""

    code: str
    model: str
    is_personal: bool


# By the code of the check.
ELSEWHERE = {
    "no_kvk": Mending(MANAGER, "_open_company_settings"),
    "branch_outside": Mending(MANAGER, "_open_measurement"),
    "nobody": Mending(HR, "_open_statuses"),
    "too_small": Mending(HR, "_open_staff"),
    "weight_unknown": Mending(MANAGER, "_open_unknown_weights"),
    "period_unknown": Mending(MANAGER, "_open_unknown_periods"),
    "no_rule": Mending(MANAGER, "_open_edition"),
    "norm_unconfirmed": Mending(MANAGER, "_open_norms"),
    "norm_unknown": Mending(MANAGER, "_open_edition"),
}


class PsoCheck(models.Model):
    """Where what a check finds is mended, and who can."""

    _inherit = "pso.check"

    is_seen = fields.Boolean(
        compute="_compute_mending",
        help="The user may look at what is found.",
    )
    is_mended_elsewhere = fields.Boolean(
        compute="_compute_mending",
        help="It is mended on another record than what is found, which the user may "
        "change: a rule, a norm, the company.",
    )
    mended_by = fields.Char(
        compute="_compute_mending", help="Who can mend it, where the user cannot."
    )

    advice = fields.Text(
        compute="_compute_mending",
        help="Why it matters at the audit, what to do about it, and who can where the "
        "user cannot.",
    )

    @api.depends("type_id")
    @api.depends_context("uid", "lang")
    def _compute_mending(self):
        for check in self:
            window = check.measurement_id._window()
            check.is_seen = self._is_seen(check.type_id, window)
            check.is_mended_elsewhere = self._is_mended_elsewhere(check.type_id, window)
            check.mended_by = self._mended_by(check.type_id)
            parts = (check.explanation, check.mended_by)
            check.advice = " ".join(filter(None, parts))

    @api.readonly
    @without_defaults
    def action_open(self):
        """Show what was found, or what mends it where there is nothing to see.

        :raise AccessError: for who can do neither
        """
        self.ensure_one()
        self.check_access("read")
        return self._action_open(self.type_id, self.measurement_id._window())

    @api.readonly
    @without_defaults
    def action_mend(self):
        """Lead to the rule, the norm or the company on which it is mended.

        :raise AccessError: for who cannot change that
        """
        self.ensure_one()
        self.check_access("read")
        check, window = self.type_id, self.measurement_id._window()
        if not self._is_mended_elsewhere(check, window):
            return self._action_findings(check, window)
        return self._action_elsewhere(check, window)

    # -- of any window -------------------------------------------------------

    # A check is a ``pso.check.type``, or a ``CheckKind`` where nothing else is asked.

    @api.model
    def _action_open(self, check, window):
        """As ``action_open``, of any window."""
        is_elsewhere = self._is_mended_elsewhere(check, window)
        # A measurement with a weakness is no place to mend it.
        is_of_use = self._is_seen(check, window) and check.model != "pso.measurement"
        if is_elsewhere and not is_of_use:
            return self._action_elsewhere(check, window)
        return self._action_findings(check, window)

    @api.model
    def _action_elsewhere(self, check, window):
        action = getattr(self, self._mending(check).place)(check, window)
        return action | {"name": check.name, "display_name": check.name}

    @api.model
    def _mending(self, check):
        """Return who mends a check, and where."""
        return ELSEWHERE.get(check.code) or Mending(GROUP_OF.get(check.model, MANAGER))

    @api.model
    def _is_seen(self, check, window):
        """Whether the user may look at what is found, if that is a record at all."""
        if check.model == "pso.measurement" and not window.number:
            return False
        return not check.is_personal or self.env.user.has_group(HR)

    @api.model
    def _is_mended_elsewhere(self, check, window):
        group, place = self._mending(check)
        if not place or not self.env.user.has_group(group):
            return False
        return bool(window.number) or place != "_open_measurement"

    @api.model
    def _mended_by(self, check):
        """Say who mends a check; nothing to who can do so himself."""
        group = self._mending(check).group
        if self.env.user.has_group(group):
            return False
        return {
            HR: self.env._("Mended by users with access to the target group."),
            PURCHASE: self.env._("Mended by users of PSO Purchases."),
            MANAGER: self.env._("Mended by a PSO coordinator."),
        }.get(group) or self.env._("Mended by an administrator.")

    # -- the places ----------------------------------------------------------

    def _open_list(self, model, domain, **context):
        kinds = ("list", "kanban", "form")
        return {
            "type": "ir.actions.act_window",
            "res_model": model,
            "views": [[False, kind] for kind in kinds],
            "domain": domain,
            "context": context,
        }

    def _open_of_ours(self, xmlid, **values):
        return self.env["ir.actions.actions"]._for_xml_id(xmlid) | values

    def _open_company_settings(self, check, window):
        """Open the settings of a company that lacks something."""
        found = self._finding_ids(check, window)
        [company] = found[:1] or window.company.ids
        return self._open_of_ours(
            "pso_odoo.pso_company_settings_action",
            context={"default_company_id": company},
        )

    def _open_measurement(self, _check, window):
        return {
            "type": "ir.actions.act_window",
            "res_model": "pso.measurement",
            "res_id": window.number,
            "views": [[False, "form"]],
        }

    def _open_statuses(self, _check, window):
        domain = [("company_id", "in", window.companies.ids)]
        return self._open_of_ours("pso_odoo.pso_status_action", domain=domain)

    def _open_staff(self, _check, _window):
        return self._open_of_ours("hr.open_view_employee_list_my")

    def _open_edition(self, _check, window):
        return {
            "type": "ir.actions.act_window",
            "res_model": "pso.edition",
            "res_id": window.edition.id,
            "views": [[False, "form"]],
        }

    def _open_unknown_weights(self, check, window):
        """Open all rules without a weight: not which of them are found."""
        return self._open_unknown(check, window, "is_weight_known")

    def _open_unknown_periods(self, check, window):
        return self._open_unknown(check, window, "is_period_known")

    def _open_unknown(self, check, window, flag):
        domain = [("edition_id", "=", window.edition.id), (flag, "=", False)]
        for model in ("pso.group.rule", "pso.form.rule"):
            if flag in self.env[model]._fields and self.env[model].search_count(
                domain, limit=1
            ):
                return self._open_list(
                    model, domain, default_edition_id=window.edition.id
                )
        return self._open_edition(check, window)

    def _open_norms(self, check, window):
        """Open the norms to compare."""
        found = self._finding_ids(check, window)
        return self._open_list("pso.norm", [("id", "in", found)])
