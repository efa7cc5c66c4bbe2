from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date, formatLang

from ...models.measurement.pso_quality_answer import CRITERIA
from ...tools.groups import HR
from ...tools.labels import selection_label

EXPORTS = ("export", "export_names")
TALKS = {"has_appraisal": "appraisal_date", "has_development": "development_date"}


class ReportPerson(models.AbstractModel):
    """What PSO stores about one person, for that person (GDPR art. 15).

    Printed by the PSO HR group from the employee; and the same on a page of the web
    site, where everybody who is logged in reads about himself alone.
    """

    _name = "report.pso_odoo.report_person"
    _description = "What PSO Stores about a Person"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Return what the report tells about some employees.

        :raise AccessError: for others than the PSO HR group of the company
        """
        employees = self.env["hr.employee"].browse(docids)
        self.env["pso.status"].check_access("read")
        employees.check_access("read")
        for company, people in employees.grouped("company_id").items():
            self.env["pso.log"]._note(
                "export_names", "pso.status", count=len(people), company=company
            )
        return {
            "doc_ids": docids,
            "doc_model": employees._name,
            "docs": employees,
            "people": [
                about
                for employee in employees.sudo()
                for about in self._in_the_words_of(employee)._about(employee)
            ],
        }

    def _about_me(self):
        """Return what is stored about the current user, in all companies he worked for.

        There is nobody in it about whom nothing is stored, or of whom the PSO Target
        Group has not confirmed that this is the user. Each look is noted, of whomever
        and whatever is found.
        """
        self.env["pso.log"]._note_look(self._name)
        mine = self.env["pso.person.confirmation"]._persons_of(self.env.user)
        return [about for about in self._as_addon()._about(mine) if about["is_stored"]]

    def _in_the_words_of(self, employee):
        """Return this report in the language of the person, who is to read it."""
        lang = employee.user_id.lang or employee.lang or self.env.lang
        return self._as_addon().with_context(lang=lang)

    def _about(self, employees):
        """Return all that is stored of people, read as superuser for who may know."""
        return [self._about_one(employee) for employee in employees.with_env(self.env)]

    def _about_one(self, employee):
        found = employee._pso_records()
        lines = found["pso.locked.person.line"]
        files = found["pso.sample.line"]
        return {
            "lang": self.env.lang,
            "name": employee.name,
            "company": employee.company_id.name,
            "today": self._day(fields.Date.context_today(self)),
            "is_stored": any(found.values()),
            "status_months": employee.company_id.pso_status_months,
            "statuses": [self._status(status) for status in found["pso.status"]],
            "measurements": [
                self._measurement(measurement, own)
                for measurement, own in lines.grouped("measurement_id").items()
            ],
            "reviews": [self._review(line) for line in files],
            "exports": self._exports(lines.measurement_id, files.sample_id),
            "readers": self._readers(employee.company_id),
        }

    def _day(self, day):
        return day and format_date(self.env, day) or ""

    def _status(self, status):
        return {
            "group": status.group_id.name,
            "form": status.form_id.name,
            "from": self._day(status.date_start),
            "to": self._day(status.date_end),
            "inflow": self._day(status.date_inflow),
            "event": self._day(status.date_event),
            "zero_hours": status.is_zero_hours,
            "legal_basis": selection_label(status, "legal_basis"),
            "informed": self._day(status.date_informed),
            "proof": selection_label(status, "evidence_state"),
            "verified_by": status.verified_by_id.name or "",
            "verified_on": self._day(status.verified_on),
            "seen": ", ".join(
                filter(
                    None,
                    (
                        selection_label(status, "proof_kind"),
                        self._day(status.proof_date),
                        status.proof_place,
                    ),
                )
            ),
            "files": ", ".join(status.attachment_ids.mapped("name")),
            "counts": self._counts(status),
            "kept_until": self._day(status.kept_until),
        }

    def _counts(self, status):
        """Say from when until when a status counts, of each stretch, and why."""
        periods = self.env["pso.status.period"]
        rows = periods._stretches_of(status).get(status, ())
        return [periods._note(row) for row in rows]

    def _measurement(self, measurement, lines):
        retention = self.env["pso.retention"]
        return {
            "name": measurement.name,
            "key": lines[0].key,
            "names_until": self._day(retention._names_until(measurement)),
            "lines": [self._line(line) for line in lines],
        }

    def _line(self, line):
        return {
            "kind": line.group_id.name or selection_label(line, "kind"),
            "from": self._day(line.date_from),
            "to": self._day(line.date_to),
            "days": line.days,
            "hours": formatLang(self.env, line.hours),
            "weight": line.kind == "group"
            and formatLang(self.env, line.group_weight * line.form_weight)
            or "",
            "fte": formatLang(
                self.env, line.direct_fte if line.kind == "group" else line.total_fte
            ),
        }

    def _review(self, line):
        """Return what somebody who looked at the file has noted of it."""
        noted = {
            name: selection_label(line, name)
            for name in ("file_state", *dict(CRITERIA))
            if line[name] not in (False, "open")
        }
        for name, day in TALKS.items():
            if line[name] or line[day]:
                noted[name] = self._day(line[day]) or self.env._("Shown")
        judgements = [
            f"{line._fields[name]._description_string(self.env)}: {value}"
            for name, value in noted.items()
        ]
        return {
            "name": line.sample_id.display_name,
            "judgements": [*judgements, *filter(None, [line.remark])],
        }

    def _exports(self, measurements, samples):
        """Find when the lines and the files were handed out, as the log has it."""
        lines = self.env["pso.log"].search(
            Domain("event", "in", EXPORTS)
            & Domain.OR(
                Domain("model", "=", records._name)
                & Domain("record", "in", records.ids)
                for records in (measurements, samples)
            )
        )
        return [
            {
                "date": self._day(line.date),
                "name": line.name,
                "is_review": line.model == samples._name,
                "with_names": line.event == "export_names",
            }
            for line in lines
        ]

    def _readers(self, company):
        users = self.env.ref(HR).sudo().all_user_ids
        own = users.filtered(lambda user: company in user.company_ids)
        return ", ".join(own.sorted("name").mapped("name"))
