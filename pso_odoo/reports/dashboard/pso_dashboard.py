from odoo import api, fields, models
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.tools import SQL

from ...models.measurement.figures import FIGURES
from ...models.measurement.pso_measurement_period import ROLLING
from ...models.measurement.pso_snapshot import rounded
from ...models.purchases.pso_certificate import SOON_DAYS
from ...tools.suppression import up_to
from ...tools.typed import is_id, is_text

MEASUREMENTS = 12
UNKNOWN = "–"
LEVELS = [name for name, figure in FIGURES.items() if figure.kind == "level"]


class PsoDashboard(models.AbstractModel):
    """What the PSO dashboard shows: one question, one answer.

    A period is the rolling year, a calendar year or a measurement: nobody chooses the
    days, because totals over freely chosen periods would betray persons. Totals are
    for the PSO users, names for the PSO HR group alone.
    """

    _name = "pso.dashboard"
    _description = "PSO Dashboard"

    @api.model
    @api.readonly
    def retrieve(self, period=False, company_id=False):
        """Everything that the dashboard shows.

        :param period: a key of ``periods`` in the answer, the rolling year if empty
        :param company_id: one of the user's companies, the current one if empty
        :raise AccessError: without access to PSO totals, or to the company
        :raise MissingError: if there is no such period
        """
        self._check_asked([period], [company_id])
        company = self._company(company_id)
        measurements = self._measurements(company)
        today = fields.Date.context_today(self)
        editions = self.env["pso.edition"].sudo()._all()
        key = period or ROLLING
        measurement = self._period(key, company, measurements, editions)
        who_asks = {
            "companies": [self._named(each) for each in self.env.companies],
            "periods": self._periods(measurements, today),
            "can": {group: self._can(group) for group in ("hr", "manager", "purchase")},
            "as_of": False,
        }
        if measurement._sees_kept():
            return who_asks | self._kept_answer(company, key, measurement, editions)
        return who_asks | self._answer(company, key, measurement, editions)

    def _answer(self, company, key, measurement, editions, figures=None):
        """What the dashboard shows of a period, whoever asks.

        :param figures: as ``_figures_now`` has them, for who knows them already
        """
        today = fields.Date.context_today(self)
        if figures is None:
            figures = measurement._figures_now()
        dashboard = self.sudo()
        current = editions._in_force(today)
        setup = self.env["pso.setup"]._steps(company, current)
        to_do = dashboard.env["pso.to.do"]._load(company, measurement, current, today)
        return {
            "company": self._named(company),
            "currency_id": company.currency_id.id,
            "period": key,
            "date_start": fields.Date.to_string(measurement.date_start),
            "date_end": fields.Date.to_string(measurement.date_end),
            "measurement_id": measurement._origin.id,
            "is_locked": measurement.is_locked,
            "has_corrections": self._has_corrections(measurement, figures),
            "is_corrected": bool(measurement.audit_count),
            "edition": self._named(measurement.edition_id),
            "has_staff": self._has_staff(measurement, figures, setup),
            "figures": self._figures(figures, measurement),
            "ladder": measurement._ladder_picture(figures),
            "gap": measurement._gap_purchases(figures, to_do["offer"]),
            "trend": dashboard._trend(measurement, company, today),
            "checks": dashboard._checks(measurement),
            "ending": self._ending(to_do["ending"], measurement),
            "certificates": self._certificates(to_do["certificate"]),
            "vendors": self._vendors(to_do["vendor"]),
            "breakdown": dashboard.env["pso.breakdown"]._load(measurement),
            "setup": setup,
        }

    # -- as of last night --------------------------------------------------------

    def _to_keep(self, company, key, measurement):
        """What is kept of a period for who can change facts about persons.

        Asked as the superuser, and answered as to somebody who sees totals alone; a
        part that has words is kept in each language.

        :param measurement: of the period, none for one that nobody made
        :return: values for JSON
        """
        env = self.with_context(
            pso_totals_only=True, allowed_company_ids=company.ids, tz="UTC"
        ).env
        self, company = self.with_env(env), company.with_env(env)
        measurements = env["pso.measurement"]
        today = fields.Date.context_today(self)
        editions = env["pso.edition"]._all()
        if measurement:
            measurement = measurement.with_env(env)
        elif editions._in_force(measurements._days_of(key, today)[1]):
            measurement = measurements._of_period(company, key, today, editions)
        else:
            return False
        figures = measurement._figures_now()
        if not measurement.is_locked:
            figures = rounded(figures)
        answers = {}
        for code, _name in env["res.lang"].get_installed():
            records = (self, company, measurement, editions)
            dashboard, *asked = (record.with_context(lang=code) for record in records)
            answer = dashboard._answer(asked[0], key, asked[1], asked[2], figures)
            if not measurement.is_locked:
                answer["trend"] = rounded(answer["trend"])
            answers[code] = answer
        _is_closed, done, _texts = env["pso.setup"]._facts(
            company, editions._in_force(today)
        )
        return {
            "company": company.display_name,
            "figures": figures,
            "gap": answer["gap"],
            "trend": answer["trend"],
            "done": sorted(done),
            **env["pso.check"]._to_keep(measurement),
            "answers": answers,
        }

    def _kept_answer(self, company, key, measurement, editions):
        """As ``_answer``, of last night; nothing but an explanation before the first.

        What may be opened is said for who asks.
        """
        date, answers = self.env["pso.snapshot"]._read_one(company, key, "answers")
        explanation = self.env["pso.snapshot"]._explanation(date)
        as_of = {"date": fields.Date.to_string(date), "explanation": explanation}
        answer = self.env["pso.snapshot"]._in_words(answers)
        if measurement.is_locked:
            as_of = False  # what is frozen follows no change
            if not answer or not answer["is_locked"]:
                answer = self._answer(company, key, measurement, editions)
        if answer:
            for step in answer["setup"]["steps"]:
                step["can_open"] = self.env["pso.setup"]._can_open(step["key"])
            answer["setup"]["can_close"] = self.env["pso.setup"]._can_close()
        else:
            answer = {
                "company": self._named(company),
                "period": key,
                "date_start": fields.Date.to_string(measurement.date_start),
                "date_end": fields.Date.to_string(measurement.date_end),
                "measurement_id": measurement._origin.id,
                "has_staff": False,
                "figures": None,
                "setup": {
                    "done": 0,
                    "is_closed": True,
                    "can_close": False,
                    "steps": [],
                },
            }
        return answer | {"as_of": as_of, "companies": self._kept_companies()}

    def _kept_companies(self):
        """The companies to choose from, by the names that they had last night."""
        companies = self.env.companies
        keys = [(company.id, ROLLING) for company in companies]
        found = self.env["pso.snapshot"]._read(keys, "company")
        named = {company: name for (company, _key), (_date, name) in found.items()}
        return [
            {"id": company.id, "name": named.get(company.id) or company.display_name}
            for company in companies
        ]

    # -- which company, which period ---------------------------------------------

    def _can(self, group):
        """Whether the user, superuser or not, is in a group of ours.

        What is kept overnight is said as to somebody who is in none.
        """
        if self.env.context.get("pso_totals_only"):
            return False
        return self.env.user.has_group(f"pso_odoo.group_pso_{group}")

    def _named(self, record):
        return {"id": record.id, "name": record.display_name}

    def _check_asked(self, words, numbers):
        """:raise UserError: where a part, a period or a record is not asked for by name
        or number, as who calls by RPC may do
        """
        if not all(not word or is_text(word) for word in words) or not all(
            not number or is_id(number) for number in numbers
        ):
            raise UserError(self.env._("There is no such part of the dashboard."))

    def _company(self, company_id):
        """:raise AccessError: without access to PSO totals, or to the company"""
        if not self._can("user"):
            raise AccessError(self.env._("The PSO score is for PSO users alone."))
        company = self.env["res.company"].browse(company_id or self.env.company.id)
        if company not in self.env.companies:
            raise AccessError(
                self.env._("You can only look at companies that you may work in.")
            )
        return company

    def _measurements(self, company):
        known = self.env["pso.measurement"]._fields.values()
        return self.env["pso.measurement"].search_fetch(
            [("company_id", "=", company.id)],
            [field.name for field in known if field.column_type and field.store],
            limit=MEASUREMENTS,
        )

    def _periods(self, measurements, today):
        """The periods to choose from, as ``[{key, name}]``."""
        _rolling, *years = self.env["pso.measurement"]._period_keys(today)
        return [
            {"key": ROLLING, "name": self.env._("Last 12 months")},
            *({"key": key, "name": key.removeprefix("year-")} for key in years),
            *(
                {"key": f"measurement-{record.id}", "name": record.name}
                for record in measurements
            ),
        ]

    def _period(self, key, company, measurements, editions=None):
        """The measurement, or a virtual one, of a period.

        :param editions: all editions, for who has read them already
        :raise MissingError: if the key is not one of ``_periods``
        """
        today = fields.Date.context_today(self)
        if key not in {period["key"] for period in self._periods(measurements, today)}:
            # A replica that lags does not know a new measurement: the primary does.
            raise MissingError(self.env._("There is no such period for this company."))
        kind, _dash, number = key.partition("-")
        if kind == "measurement":
            return measurements.browse(int(number))
        return measurements._of_period(company, key, today, editions)

    # -- where we stand ----------------------------------------------------------

    def _has_corrections(self, measurement, figures):
        if "has_corrections" in figures:
            return figures["has_corrections"]
        return bool(measurement.correction_ids)  # locked by an earlier version

    def _has_staff(self, measurement, figures, setup):
        """Whether there is something to show: else the set-up comes first."""
        if not figures["total_fte"]:
            return False
        is_large = figures["total_fte"] >= measurement.edition_id.min_fte
        return is_large or setup["done"] == len(setup["steps"])

    def _figures(self, figures, measurement):
        """The figures of a measurement, with levels by name."""
        shown = {name: figures.get(name, False) for name in FIGURES if name != "norms"}
        levels = {
            rung["id"]: {name: rung[name] for name in ("id", "name", "code")}
            for rung in measurement._rungs(figures["norms"])
        }
        for name in LEVELS:
            shown[name.removesuffix("_id")] = levels.get(shown.pop(name), False)
        return shown

    # -- where we are going ------------------------------------------------------

    def _trend(self, measurement, company, today):
        """The rolling score, with an outlook unless a measurement is looked at."""
        if measurement._origin:
            return measurement._trend()
        scope = measurement.company_ids._origin
        return self.env["pso.trend"]._rolling(scope, measurement.edition_id, today)

    # -- what to do --------------------------------------------------------------

    def _checks(self, measurement):
        """The open checks, errors first.

        :return: ``{open, lines}``
        """
        types = self.env["pso.check.type"]
        rows = self.env.execute_query_dict(
            SQL(
                """
                %(tables)s
                SELECT type.id AS type_id, %(name)s AS name,
                    %(explanation)s AS explanation, type.severity, type.model,
                    type.is_personal, line.count
                FROM (%(lines)s) AS line
                JOIN pso_check_type type ON type.id = line.type_id
                WHERE line.count > 0 ORDER BY type.sequence, type.id
                """,
                tables=measurement._sql_tables(),
                name=types._field_to_sql("type", "name"),
                explanation=types._field_to_sql("type", "explanation"),
                lines=self.env["pso.check"]._sql_for(measurement),
            )
        )
        for row in rows:
            is_personal = row.pop("is_personal")
            number = row.pop("count")
            row["found"] = (
                self._number_of_people(number, measurement)
                if is_personal
                else str(number)
            )
            row["can_open"] = self._can_open_check(
                row.pop("model"), is_personal, measurement
            )
        return {"open": len(rows), "lines": rows}

    def _number_of_people(self, number, measurement):
        """A number of people as the user may know it (see ``suppression.py``)."""
        if not number or self._can("hr"):
            return str(number)
        companies = measurement.sudo().company_ids._origin
        limit = max(companies.mapped("pso_small_group"))
        return self.env["pso.check"]._found(up_to(number, limit), True)

    def _can_open_check(self, model, is_personal, measurement):
        """A virtual measurement is no record; persons are for PSO HR alone."""
        is_there = measurement._origin or model != "pso.measurement"
        return bool(is_there) and (not is_personal or self._can("hr"))

    def _ending(self, rows, measurement):
        """Who stops counting soon: names for the PSO HR group, others see a number.

        :return: ``{days, found, is_none, people}``; the number in words
        """
        found, is_none = self._number_of_people(len(rows), measurement), not rows
        if measurement._sees_kept():
            snapshots = self.env["pso.snapshot"]
            company = measurement.company_id._origin
            _date, answers = snapshots._read_one(company, ROLLING, "answers")
            kept = snapshots._in_words(answers).get("ending", {})
            found, is_none = kept.get("found"), kept.get("is_none", False)
        people = [
            {
                "status_id": row.id,
                "name": row.name,
                "group": row.label,
                "until": fields.Date.to_string(row.date),
            }
            for row in rows
        ]
        return {
            "days": SOON_DAYS,
            "found": found or UNKNOWN,
            "is_none": is_none,
            "people": people if self._can("hr") else None,
        }

    def _certificates(self, rows):
        """Certificates of vendors that end soon, or ended lately, without a next one.

        :return: those with the largest purchases in the period first
        """
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
        """The vendors most was bought from, who never had a certificate."""
        return [
            {"id": row.id, "name": row.name, "amount": float(row.amount)}
            for row in rows
        ]
