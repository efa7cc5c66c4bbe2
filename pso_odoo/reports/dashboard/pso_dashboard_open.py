from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...models.measurement.pso_measurement_period import ROLLING


class PsoDashboard(models.AbstractModel):
    """Where the parts of the dashboard lead: to the records behind them."""

    _inherit = "pso.dashboard"

    @api.model
    @api.readonly
    def open(self, what, period=False, company_id=False, res_id=False):
        """Return the action that shows the records behind a part of the dashboard.

        What it may show is decided by the records themselves: it only leads there.

        :param what: the part, as the dashboard calls it
        :param res_id: the record within that part, if any
        :raise UserError: if there is no such part
        """
        # A step of the set-up has a key.
        words, numbers = [what, period], [company_id]
        (words if what == "setup" else numbers).append(res_id)
        self._check_asked(words, numbers)
        company = self._company(company_id)
        window = self._period(period or ROLLING, company, self._measurements(company))
        parts = {
            "total": self._open_total,
            "people": self._open_people,
            "organisation": self._open_organisation,
            "missing": self._open_missing,
            "purchases": self._open_purchases,
            "unproven_people": self._open_unproven_people,
            "unproven_purchases": self._open_unproven_purchases,
            "check": self._open_check,
            "ending": self._open_ending,
            "status": self._open_record("pso.status"),
            "certificate": self._open_record("pso.certificate"),
            "certificates": self._open_certificates,
            "vendor": self._open_vendor,
            "vendors": self._open_vendors,
            "edition": self._open_edition,
            "scenario": self._open_record("pso.scenario"),
            "setup": self._open_setup,
            "new_measurement": self._open_new_measurement,
            "new_status": self._open_new_status,
        }
        if what not in parts:
            raise UserError(self.env._("There is no such part of the dashboard."))
        return parts[what](window, res_id)

    def _action(self, xmlid, **values):
        return self.env["ir.actions.actions"]._for_xml_id(f"pso_odoo.{xmlid}") | values

    def _form(self, model, res_id, **values):
        return {
            "type": "ir.actions.act_window",
            "res_model": model,
            "res_id": res_id,
            "views": [[False, "form"]],
            **values,
        }

    def _open_record(self, model):
        return lambda _window, res_id: self._form(model, res_id)

    def _open_total(self, window, _res_id):
        if window.number:
            return self._form("pso.measurement", window.number)
        return self._action("pso_measurement_action")

    def _open_people(self, window, _res_id):
        """Open the person lines of a measurement, else the statuses of the days."""
        if window.number:
            return window.measurement.action_open_people()
        domain = Domain("company_id", "in", window.companies.ids)
        domain &= Domain("date_start", "<=", window.end)
        domain &= Domain("date_end", "=", False) | Domain(
            "date_end", ">=", window.start
        )
        return self._action("pso_status_action", domain=list(domain), context={})

    def _open_organisation(self, window, _res_id):
        """Open all person lines of a measurement, else the employees."""
        if window.number:
            action = window.measurement.action_open_people()
            return action | {"context": {"search_default_staff": 1}}
        action = self.env["ir.actions.actions"]._for_xml_id(
            "hr.open_view_employee_list_my"
        )
        domain = [("company_id", "in", window.companies.ids)]
        return action | {"domain": domain, "context": {}}

    def _open_missing(self, window, _res_id):
        """Open what proof is missing: of a measurement, else of the latest."""
        if window.number:
            return window.measurement.action_open_missing()
        return self._action("pso_missing_proof_action")

    def _open_purchases(self, window, _res_id):
        """Open the supplier lines of a measurement, else what was bought."""
        if window.number:
            return window.measurement.action_open_suppliers()
        return self._purchases_of(window, Domain("is_social", "=", True))

    def _purchases_of(self, window, domain):
        """Open the analysis of the purchases of a period, by vendor."""
        domain &= Domain(
            [
                ("company_id", "in", window.companies.ids),
                ("date", ">=", fields.Date.to_string(window.start)),
                ("date", "<=", fields.Date.to_string(window.end)),
            ]
        )
        return self._action(
            "pso_purchase_report_action",
            domain=list(domain),
            context={"search_default_group_partner": 1},
            views=[[False, view] for view in ("list", "pivot", "graph", "form")],
        )

    def _open_unproven_people(self, window, _res_id):
        """The statuses of the days whose proof nobody has verified."""
        return self._action(
            "pso_status_action",
            domain=[
                ("company_id", "in", window.companies.ids),
                ("date_start", "<=", fields.Date.to_string(window.end)),
                "|",
                ("date_end", "=", False),
                ("date_end", ">=", fields.Date.to_string(window.start)),
            ],
            context={"search_default_not_verified": 1},
        )

    def _open_unproven_purchases(self, window, _res_id):
        """The certificates of the days whose proof nobody has verified."""
        return self._action(
            "pso_certificate_action",
            domain=[
                ("date_start", "<=", fields.Date.to_string(window.end)),
                "|",
                ("date_end", "=", False),
                ("date_end", ">=", fields.Date.to_string(window.start)),
            ],
            context={"search_default_not_verified": 1},
        )

    def _open_check(self, window, res_id):
        check = self.env["pso.check.type"].browse(res_id).exists()
        if not check:
            raise UserError(self.env._("There is no such part of the dashboard."))
        return self.env["pso.check"]._action_open(check, window)

    def _open_ending(self, window, _res_id):
        return self._action(
            "pso_status_action",
            domain=[("company_id", "in", window.company._pso_scope().ids)],
            context={"search_default_ends_soon": 1},
        )

    def _open_certificates(self, window, _res_id):
        """Open those that the dashboard shows, also the ones that ended lately."""
        today = fields.Date.context_today(self)
        to_do = self.sudo().env["pso.to.do"]
        asked = to_do._sql_certificates(window.company, window, today)
        rows = to_do._ask({"certificate": asked})["certificate"]
        domain = [("id", "in", [row.id for row in rows])]
        return self._action("pso_certificate_action", domain=domain, context={})

    def _open_vendor(self, _window, res_id):
        return self._form("res.partner", res_id)

    def _open_vendors(self, window, _res_id):
        """Open the vendors without certificate, with what was bought in the period."""
        vendors = self.env["pso.vendor.prospect"]
        return vendors._action(window.companies, (window.start, window.end))

    def _open_edition(self, window, _res_id):
        return self._form("pso.edition", window.edition.id)

    def _open_setup(self, window, res_id):
        return self.env["pso.setup"]._open(window.company, res_id)

    def _open_new_status(self, _window, _res_id):
        return self._form("pso.status", False)

    def _open_new_measurement(self, window, _res_id):
        values = {
            "company_id": window.company.id,
            "date_start": fields.Date.to_string(window.start),
            "date_end": fields.Date.to_string(window.end),
        }
        context = {f"default_{name}": value for name, value in values.items()}
        return self._form("pso.measurement", False, context=context)
