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
        """The action that shows the records behind a part of the dashboard.

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
        measurement = self._period(
            period or ROLLING, company, self._measurements(company)
        )
        parts = {
            "total": self._open_total,
            "people": self._open_people,
            "purchases": self._open_purchases,
            "check": self._open_check,
            "ending": self._open_ending,
            "status": self._open_record("pso.status"),
            "certificate": self._open_record("pso.certificate"),
            "certificates": self._open_certificates,
            "vendor": self._open_vendor,
            "vendors": self._open_vendors,
            "edition": self._open_edition,
            "setup": self._open_setup,
            "new_measurement": self._open_new_measurement,
        }
        if what not in parts:
            raise UserError(self.env._("There is no such part of the dashboard."))
        return parts[what](measurement, res_id)

    def _action(self, xmlid, **values):
        return self.env["ir.actions.actions"]._for_xml_id(f"pso_odoo.{xmlid}") | values

    def _window(self, name, model, domain, **values):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "views": [[False, "list"], [False, "form"]],
            "domain": domain,
            **values,
        }

    def _form(self, model, res_id, **values):
        return {
            "type": "ir.actions.act_window",
            "res_model": model,
            "res_id": res_id,
            "views": [[False, "form"]],
            **values,
        }

    def _open_record(self, model):
        return lambda _measurement, res_id: self._form(model, res_id)

    def _open_total(self, measurement, _res_id):
        if measurement._origin:
            return self._form("pso.measurement", measurement.id)
        return self._action("pso_measurement_action")

    def _open_people(self, measurement, _res_id):
        """The person lines, or for a virtual measurement the statuses of its days."""
        if measurement._origin:
            return measurement.action_open_people()
        domain = Domain("company_id", "in", measurement.company_ids._origin.ids)
        domain &= Domain("date_start", "<=", measurement.date_end)
        domain &= Domain("date_end", "=", False) | Domain(
            "date_end", ">=", measurement.date_start
        )
        return self._action("pso_status_action", domain=list(domain), context={})

    def _open_purchases(self, measurement, _res_id):
        """The supplier lines, or for a virtual measurement what was bought."""
        if measurement._origin:
            return measurement.action_open_suppliers()
        return self._purchases_of(measurement, Domain("is_social", "=", True))

    def _purchases_of(self, measurement, domain, xmlid="pso_purchase_report_action"):
        """The analysis of the purchases of a period, by vendor."""
        domain &= Domain(
            [
                ("company_id", "in", measurement.company_ids._origin.ids),
                ("date", ">=", fields.Date.to_string(measurement.date_start)),
                ("date", "<=", fields.Date.to_string(measurement.date_end)),
            ]
        )
        return self._action(
            xmlid,
            domain=list(domain),
            context={"search_default_group_partner": 1},
            views=[[False, view] for view in ("list", "pivot", "graph", "form")],
        )

    def _open_check(self, measurement, res_id):
        check = self.env["pso.check.type"].browse(res_id).exists()
        if not check:
            raise UserError(self.env._("There is no such part of the dashboard."))
        return self.env["pso.check"]._action_findings(check, measurement)

    def _open_ending(self, measurement, _res_id):
        return self._action(
            "pso_status_action",
            domain=[
                ("company_id", "in", measurement.company_id._origin._pso_scope().ids)
            ],
            context={"search_default_ends_soon": 1},
        )

    def _open_certificates(self, measurement, _res_id):
        """Those that the dashboard shows, also the ones that ended lately."""
        today = fields.Date.context_today(self)
        to_do = self.sudo().env["pso.to.do"]
        part = to_do._sql_certificates(
            measurement.company_id._origin, measurement, today
        )
        rows = to_do._rows(measurement, [part])["certificate"]
        domain = [("id", "in", [row.id for row in rows])]
        return self._action("pso_certificate_action", domain=domain, context={})

    def _open_vendor(self, _measurement, res_id):
        return self._form("res.partner", res_id)

    def _open_vendors(self, measurement, _res_id):
        """What was bought from vendors without certificate."""
        return self._purchases_of(
            measurement,
            Domain("partner_id.is_company", "=", True)
            & Domain("partner_id.pso_standing", "=", False),
            "pso_purchase_report_prospect_action",
        )

    def _open_edition(self, measurement, _res_id):
        return self._form("pso.edition", measurement.edition_id._origin.id)

    def _open_setup(self, measurement, res_id):
        return self.env["pso.setup"]._open(measurement.company_id._origin, res_id)

    def _open_new_measurement(self, measurement, _res_id):
        values = {
            "company_id": measurement.company_id._origin.id,
            "date_start": fields.Date.to_string(measurement.date_start),
            "date_end": fields.Date.to_string(measurement.date_end),
        }
        context = {f"default_{name}": value for name, value in values.items()}
        return self._form("pso.measurement", False, context=context)
