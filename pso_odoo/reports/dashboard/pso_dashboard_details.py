from odoo import api, fields, models
from odoo.tools import SQL

from ...models.measurement.look import Lists
from ...models.measurement.pso_check_mending import CheckKind
from .pso_dashboard import DETAILS, NAMES_OF_DETAILS


class PsoDashboard(models.AbstractModel):
    """What lies below the fold: what is to be done, and the share by place.

    Asked for when somebody gets there: who looks at where the company stands does not
    wait for it, nor has it made.
    """

    _inherit = "pso.dashboard"

    @api.model
    @api.readonly
    def retrieve_details(self, period=False, company_id=False):
        """Return what is to be done about a period, and the direct share by place.

        :param period: a key of ``periods`` of ``retrieve``, the rolling year if empty
        :param company_id: one of the user's companies, the current one if empty
        :return: ``{period, company, as_of, checks, certificates, vendors, breakdown}``;
            the latter four lack for who is told of last night, before the first
        :raise AccessError: without access to PSO totals, or to the company
        :raise MissingError: if there is no such period
        """
        return self._retrieve(period, company_id, DETAILS)

    def _details_questions(self, company, window, periods):
        """Say what is asked for the details, as SQL.

        :param periods: those of the window
        """
        questions = {"checks": self._sql_checks(window, periods)}
        questions |= self.env["pso.to.do"]._details_questions(company, window, periods)
        breakdown = self.env["pso.breakdown"]
        if breakdown._is_shown(window):
            questions["places"] = Lists(breakdown._sql_places(window, periods))
        return questions

    def _details(self, window, answers):
        """Return what is to be done, and who is where.

        :param answers: to ``_details_questions``
        """
        dashboard, to_do = self.sudo(), self.env["pso.to.do"]._found(answers)
        return {
            "checks": dashboard._checks(window, answers["checks"]),
            "certificates": self._certificates(to_do["certificate"]),
            "vendors": self._vendors(to_do["vendor"]),
            "breakdown": dashboard.env["pso.breakdown"]._load(
                window, answers.get("places")
            ),
        }

    def _kept_details(self, answer, window):
        """Return the details of what was kept last night, for who asks."""
        details = {name: answer[name] for name in NAMES_OF_DETAILS if name in answer}
        if details:
            lines = details["checks"]["lines"]
            types = self.env["pso.check.type"].browse(row["type_id"] for row in lines)
            self._say_who_mends(lines, types, window)
        return details

    # -- what to do --------------------------------------------------------------

    def _sql_checks(self, window, periods):
        """Select the open checks, errors first."""
        types = self.env["pso.check.type"]
        return SQL(
            """
            SELECT type.id, %(name)s, %(explanation)s, type.severity, type.code,
                type.model, type.is_personal, line.count
            FROM (%(lines)s) AS line
            JOIN pso_check_type type ON type.id = line.type_id
            WHERE line.count > 0 ORDER BY type.sequence, type.id
            """,
            name=types._field_to_sql("type", "name"),
            explanation=types._field_to_sql("type", "explanation"),
            lines=self.env["pso.check"]._sql_for(window, periods),
        )

    def _checks(self, window, rows):
        """Return the open checks, from rows of ``_sql_checks``: ``{open, lines}``."""
        lines, kinds = [], []
        for number, name, explanation, severity, *kind, count in rows:
            kinds.append(CheckKind(*kind))
            lines.append(
                {
                    "type_id": number,
                    "name": name,
                    "explanation": explanation,
                    "severity": severity,
                    "found": self._number_of_people(count, window)
                    if kinds[-1].is_personal
                    else str(count),
                }
            )
        self._say_who_mends(lines, kinds, window)
        return {"open": len(lines), "lines": lines}

    def _say_who_mends(self, lines, kinds, window):
        """Add where each check leads for who asks, or who mends it instead."""
        checks = self.env["pso.check"]
        for check, line in zip(kinds, lines, strict=True):
            line["can_open"] = checks._is_seen(
                check, window
            ) or checks._is_mended_elsewhere(check, window)
            line["mended_by"] = checks._mended_by(check) or ""

    def _certificates(self, rows):
        """Return the certificates to look at, the largest purchases first."""
        return [
            {
                "id": row.id,
                "partner_id": row.partner_id,
                "partner": row.name,
                "level": row.label or "",
                "date_end": fields.Date.to_string(row.date),
                "amount": float(row.amount),
            }
            for row in rows
        ]

    def _vendors(self, rows):
        """Return the vendors most was bought from, who never had a certificate."""
        return [
            {"id": row.id, "name": row.name, "amount": float(row.amount)}
            for row in rows
        ]
