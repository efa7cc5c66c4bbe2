from odoo import api, fields, models
from odoo.tools import SQL, format_date
from odoo.tools.translate import LazyTranslate

from .pso_import_mixin import Column

_lt = LazyTranslate(__name__)


class PsoImportStatus(models.AbstractModel):
    """Import of target-group statuses: an employee has one from each first day."""

    _name = "pso.import.status"
    _description = "Import of PSO Statuses"
    _inherit = ["pso.import.mixin"]

    _target = "pso.status"
    _subject_field = "employee_id"

    @api.model
    def _columns(self):
        return (
            Column(
                "employee",
                headers=("employee_id", "name", "naam", "medewerker", "werknemer"),
                label=_lt("Employee"),
                identifies=True,
                example="Anna de Vries",
                about=_lt("The name as in Odoo, if nobody else has it."),
            ),
            Column(
                "barcode",
                headers=("badge", "badgenummer", "badge id"),
                label=_lt("Badge ID"),
                identifies=True,
                about=_lt("The badge of the employee in Odoo."),
            ),
            Column(
                "work_email",
                headers=("email", "e-mail", "work email", "e-mail werk", "werkmail"),
                label=_lt("Work Email"),
                identifies=True,
                example="anna@example.com",
            ),
            Column(
                "id",
                headers=(".id", "external id", "employee_id/id", "employee_id/.id"),
                label=_lt("ID"),
                identifies=True,
                about=_lt("The database id or external id in Odoo."),
            ),
            Column(
                "group_id",
                "code",
                headers=("group", "doelgroep", "groep"),
                is_required=True,
                example="wajong",
            ),
            Column(
                "form_id",
                "code",
                headers=("form", "contractvorm"),
                example="regular",
                about=_lt("If empty: the first form of contract."),
            ),
            Column(
                "date_start",
                "date",
                headers=("begin", "start date", "startdatum", "vanaf"),
                is_required=True,
                example="2025-01-01",
            ),
            Column("date_end", "date", headers=("end date", "einde", "einddatum")),
            Column(
                "date_inflow",
                "date",
                headers=("inflow date", "instroom", "instroomdatum"),
            ),
            Column("date_event", "date", headers=("event date", "gebeurtenis")),
            Column("is_zero_hours", "flag", headers=("zero hours", "nulurencontract")),
            Column("legal_basis", "choice", headers=("grondslag",)),
            Column("date_informed", "date", headers=("geïnformeerd op",)),
            Column("evidence_state", "choice", headers=("bewijs",)),
        )

    @api.model
    def _subject_domain(self):
        return [("company_id", "in", self.env.companies.ids)]

    @api.model
    def _subjects(self, name):
        column = {"employee": "name"}.get(name, name)
        employees = self.env["hr.employee"].with_context(active_test=False)
        query = employees._search([*self._subject_domain(), (column, "!=", False)])
        return self.env.execute_query(
            query.select(
                SQL.identifier(query.table, "id"),
                employees._field_to_sql(query.table, column, query),
                employees._field_to_sql(query.table, "active", query),
            )
        )

    @api.model
    def _nobody(self, value):
        return self.env._(
            "“%(value)s” is nobody who works in your companies in Odoo.", value=value
        )

    @api.model
    def _keys(self, subject, values):
        return [(subject, values.get("date_start"))]

    @api.model
    def _differs(self, column, value, other):
        """No End says that the status goes on."""
        if column.name == "date_end":
            return (value or None) != (other or None)
        return super()._differs(column, value, other)

    @api.model
    def _check_row(self, row):
        start, end = row.values["date_start"], row.values.get("date_end")
        if end and end < start:
            self._refuse(
                row,
                "date_end",
                self.env._("A target-group status cannot end before it starts (End)."),
            )
        informed = row.values.get("date_informed")
        if informed and informed > fields.Date.context_today(self):
            self._refuse(
                row,
                "date_informed",
                self.env._(
                    "Nobody can have been informed in the future (Informed On)."
                ),
            )

    @api.model
    def _conflict(self, row, others):
        start, end = row.values["date_start"], row.values.get("date_end")
        for other in others:
            other_start = other.values["date_start"]
            other_end = other.values.get("date_end")
            if (end and other_start > end) or (other_end and other_end < start):
                continue
            self._refuse(row, "date_start", self._overlap_in_words(other))
            return

    def _overlap_in_words(self, other):
        period = self._period_in_words(other)
        if other.number:
            return self.env._(
                "It overlaps row %(row)s of this file (%(period)s): an employee has "
                "one status at a time.",
                row=other.number,
                period=period,
            )
        return self.env._(
            "It overlaps a status that is in Odoo (%(period)s): an employee has one "
            "at a time.",
            period=period,
        )

    def _period_in_words(self, row):
        start = format_date(self.env, row.values["date_start"])
        end = row.values.get("date_end")
        if not end:
            return self.env._("from %(start)s", start=start)
        return self.env._(
            "%(start)s to %(end)s", start=start, end=format_date(self.env, end)
        )

    def _vals(self, row):
        """The inflow as entered: what is derived changes with the rows around it."""
        vals = super()._vals(row)
        if "date_inflow" in vals:
            vals["date_inflow_manual"] = vals.pop("date_inflow")
        return vals
