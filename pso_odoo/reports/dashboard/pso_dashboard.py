from odoo import api, fields, models
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.tools import SQL

from ...models.measurement.figures import FIGURES
from ...models.measurement.look import Lists, ask, share
from ...models.measurement.pso_check_mending import CheckKind
from ...models.measurement.pso_measurement_period import ROLLING
from ...models.measurement.pso_snapshot import rounded
from ...models.measurement.window import Periods
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
        """Return everything that the dashboard shows of a period.

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
        window = self._period(key, company, measurements, editions)
        who_asks = {
            "companies": [self._named(each) for each in self.env.companies],
            "periods": self._periods(measurements, today),
            "can": {group: self._can(group) for group in ("hr", "manager", "purchase")},
            "as_of": False,
        }
        if measurements._sees_kept():
            return who_asks | self._kept_answer(company, key, window, editions)
        return who_asks | self._answer(company, key, window, editions)

    def _answer(self, company, key, window, editions, figures=None):
        """Return what the dashboard shows of a period, whoever asks.

        :param figures: as ``_figures_now`` has them, for who knows them already
        """
        today = fields.Date.context_today(self)
        measurements, measurement = self.env["pso.measurement"], window.measurement
        dashboard = self.sudo()
        current = editions._in_force(today)
        setup = self.env["pso.setup"]._steps(company, current)
        course = dashboard._course(window, today)
        # Figures that are known already are of the moment of this transaction.
        together = figures is None
        answers = dashboard._ask(company, window, course, current, together)
        if together:
            figures = dashboard._figures_now(window, answers)
        to_do = self.env["pso.to.do"]._found(answers)
        return {
            "company": self._named(company),
            "currency_id": company.currency_id.id,
            "period": key,
            "date_start": fields.Date.to_string(window.start),
            "date_end": fields.Date.to_string(window.end),
            "measurement_id": measurement.id,
            "is_locked": measurement.is_locked,
            "has_corrections": self._has_corrections(measurement, figures),
            "is_corrected": bool(measurement.audit_count),
            "edition": self._named(window.edition),
            "has_staff": self._has_staff(window, figures, setup),
            "figures": self._figures(figures, window),
            "ladder": measurements._ladder_picture(figures, window.edition),
            "gap": measurements._gap_of(window, figures, to_do["offer"]),
            "trend": dashboard._trend(window, course, answers),
            "checks": dashboard._checks(window, answers["checks"]),
            "ending": self._ending(to_do["ending"], window),
            "certificates": self._certificates(to_do["certificate"]),
            "vendors": self._vendors(to_do["vendor"]),
            "breakdown": dashboard.env["pso.breakdown"]._load(
                window, answers.get("places")
            ),
            "setup": setup,
        }

    # -- one question ------------------------------------------------------------

    def _course(self, window, today):
        """Return the windows of the trend, with an outlook unless of a measurement."""
        trend = self.env["pso.trend"]
        if window.number:
            return trend._course_until(window)
        return trend._rolling_course(window.companies, window.edition, today)

    def _ask(self, company, window, course, edition, together=False):
        """Ask all that is to be shown of a window by one look at the records.

        What is locked is kept, and only looked up.

        :param course: the windows of the trend
        :param edition: the edition in force today
        :param together: whether others who ask it too may be answered by the same look
        :return: as ``look.ask``
        """

        def questions():
            return self._questions(company, window, course, edition)

        return ask(self.env, questions, together)

    def _questions(self, company, window, course, edition):
        own, hull, rows = Periods.of([window]), None, {}
        questions = {}
        if not window.measurement.is_locked:
            own, hull, rows = share(self.env, window, course.hull)
            questions |= {"sums": self.env["pso.measurement"]._sql_sums([window], own)}
            questions |= self.env["pso.trend"]._questions(course, hull)
        questions["checks"] = self._sql_checks(window, own)
        today = fields.Date.context_today(self)
        to_do = self.env["pso.to.do"]
        questions |= to_do._questions(company, window, edition, today, own)
        breakdown = self.env["pso.breakdown"]
        if breakdown._is_shown(window):
            questions["places"] = Lists(breakdown._sql_places(window, own))
        return questions, rows

    def _figures_now(self, window, answers):
        measurements = self.env["pso.measurement"]
        if window.measurement.is_locked:
            return window.measurement.locked_figures
        sums = measurements._sums_of([window], answers["sums"])
        return measurements._figures_by(sums)[window]

    # -- as of last night --------------------------------------------------------

    def _to_keep(self, company, key, measurement):
        """Return what is kept of a period for who can change facts about persons.

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
            window = measurement.with_env(env)._window()
        elif editions._in_force(measurements._days_of(key, today)[1]):
            window = measurements._window_of(company, key, today, editions)
        else:
            return False
        figures = measurements._figures_now(window)
        if not measurement.is_locked:
            figures = rounded(figures)
        answers = {}
        for code, _name in env["res.lang"].get_installed():
            dashboard = self.with_context(lang=code)
            records = (company, window, editions)
            asked = [each.with_env(dashboard.env) for each in records]
            answer = dashboard._answer(asked[0], key, *asked[1:], figures)
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
            **env["pso.check"]._to_keep(window),
            "answers": answers,
        }

    def _kept_answer(self, company, key, window, editions):
        """Return the answer of last night; before the first, no more than why.

        What may be opened is said for who asks.
        """
        date, answers = self.env["pso.snapshot"]._read_one(company, key, "answers")
        explanation = self.env["pso.snapshot"]._explanation(date)
        as_of = {"date": fields.Date.to_string(date), "explanation": explanation}
        answer = self.env["pso.snapshot"]._in_words(answers)
        if window.measurement.is_locked:
            as_of = False  # what is frozen follows no change
            if not answer or not answer["is_locked"]:
                answer = self._answer(company, key, window, editions)
        if answer:
            lines = answer["checks"]["lines"]
            types = self.env["pso.check.type"].browse(row["type_id"] for row in lines)
            self._say_who_mends(lines, types, window)
        else:
            answer = {
                "company": self._named(company),
                "period": key,
                "date_start": fields.Date.to_string(window.start),
                "date_end": fields.Date.to_string(window.end),
                "measurement_id": window.measurement.id,
                "has_staff": False,
                "figures": None,
            }
        return answer | {
            "as_of": as_of,
            "companies": self._kept_companies(),
            # What is set up in the first hour is ticked in it.
            "setup": self.env["pso.setup"]._steps(company),
        }

    def _kept_companies(self):
        """Return the companies to choose from, by their names of last night."""
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
        """Return whether the user, superuser or not, is in a group of ours.

        What is kept overnight is said as to somebody who is in none.
        """
        if self.env.context.get("pso_totals_only"):
            return False
        return self.env.user.has_group(f"pso_odoo.group_pso_{group}")

    def _named(self, record):
        return {"id": record.id, "name": record.display_name}

    def _check_asked(self, words, numbers):
        """Refuse what is not asked for by a name or a number, as by RPC.

        :raise UserError: for a part, a period or a record
        """
        if not all(not word or is_text(word) for word in words) or not all(
            not number or is_id(number) for number in numbers
        ):
            raise UserError(self.env._("There is no such part of the dashboard."))

    def _company(self, company_id):
        """Return the company that is looked at.

        :raise AccessError: without access to PSO totals, or to the company
        """
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
        """List the periods to choose from, as ``[{key, name}]``."""
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
        """Return the window of a period, of a measurement or not.

        :param editions: all editions, for who has read them already
        :raise MissingError: if the key is not one of ``_periods``
        """
        today = fields.Date.context_today(self)
        if key not in {period["key"] for period in self._periods(measurements, today)}:
            # A replica that lags does not know a new measurement: the primary does.
            raise MissingError(self.env._("There is no such period for this company."))
        kind, _dash, number = key.partition("-")
        if kind == "measurement":
            return measurements.browse(int(number))._window()
        return measurements._window_of(company, key, today, editions)

    # -- where we stand ----------------------------------------------------------

    def _has_corrections(self, measurement, figures):
        if "has_corrections" in figures:
            return figures["has_corrections"]
        return bool(measurement.correction_ids)  # locked by an earlier version

    def _has_staff(self, window, figures, setup):
        """Return whether there is something to show: else the set-up comes first."""
        if not figures["total_fte"]:
            return False
        is_large = figures["total_fte"] >= window.edition.min_fte
        return is_large or setup["done"] == len(setup["steps"])

    def _figures(self, figures, window):
        """Return the figures of a window, with levels by name."""
        shown = {name: figures.get(name, False) for name in FIGURES if name != "norms"}
        measurements = self.env["pso.measurement"]
        levels = {
            rung["id"]: {name: rung[name] for name in ("id", "name", "code")}
            for rung in measurements._rungs(figures["norms"], window.edition)
        }
        for name in LEVELS:
            shown[name.removesuffix("_id")] = levels.get(shown.pop(name), False)
        return shown

    # -- where we are going ------------------------------------------------------

    def _trend(self, window, course, answers):
        """Return the rolling score over the windows of a course, kept if locked."""
        if window.measurement.is_locked:
            return window.measurement._trend()
        return self.env["pso.trend"]._points_of(course, answers)

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

    def _number_of_people(self, number, window):
        """Say a number of people as the user may know it (see ``suppression.py``)."""
        if not number or self._can("hr"):
            return str(number)
        found = up_to(number, window.small_group)
        return self.env["pso.check"]._found(found, True)

    def _ending(self, rows, window):
        """Return who stops counting soon: names for the PSO HR group, else a number.

        :return: ``{days, found, is_none, people, ahead}``; the number in words; the
            last days that count of as far as the outlook goes, for the PSO HR group
        """
        ahead = [fields.Date.to_string(row.date) for row in rows]
        soon = fields.Date.add(fields.Date.context_today(self), days=SOON_DAYS)
        rows = [row for row in rows if row.date <= soon]
        found, is_none = self._number_of_people(len(rows), window), not rows
        if self.env.user._pso_sees_kept_figures():
            snapshots = self.env["pso.snapshot"]
            _date, answers = snapshots._read_one(window.company, ROLLING, "answers")
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
            "ahead": ahead if self._can("hr") else None,
        }

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
