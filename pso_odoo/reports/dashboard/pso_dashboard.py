from odoo import api, fields, models
from odoo.exceptions import AccessError, MissingError, UserError

from ...models.measurement.figures import FIGURES
from ...models.measurement.look import ask, share
from ...models.measurement.pso_measurement_period import ROLLING
from ...models.measurement.pso_snapshot import rounded
from ...models.measurement.window import Periods
from ...models.purchases.pso_certificate import SOON_DAYS
from ...tools.suppression import up_to
from ...tools.typed import is_id, is_text

MEASUREMENTS = 12
UNKNOWN = "–"
LEVELS = [name for name, figure in FIGURES.items() if figure.kind == "level"]
# What a page is made of: where we stand and are going, and what lies below the fold.
HEAD, DETAILS = "head", "details"
PARTS = (HEAD, DETAILS)
NAMES_OF_DETAILS = ("checks", "certificates", "vendors", "breakdown")


class PsoDashboard(models.AbstractModel):
    """What the PSO dashboard shows: a question for each part, and one answer to it.

    Where a company stands and where it is going is asked for first, and what lies below
    it (``retrieve_details``) when somebody gets there. Each is one look at people and
    one at purchases; who needs both, as the night does, has them by the same look.

    A period is the rolling year, a calendar year or a measurement: nobody chooses the
    days, because totals over freely chosen periods would betray persons. Totals are
    for the PSO users, names for the PSO HR group alone.
    """

    _name = "pso.dashboard"
    _description = "PSO Dashboard"

    @api.model
    @api.readonly
    def retrieve(self, period=False, company_id=False):
        """Return where a company stands in a period, and where it is going.

        :param period: a key of ``periods`` in the answer, the rolling year if empty
        :param company_id: one of the user's companies, the current one if empty
        :raise AccessError: without access to PSO totals, or to the company
        :raise MissingError: if there is no such period
        """
        return self._retrieve(period, company_id, HEAD)

    def _retrieve(self, period, company_id, part):
        """Return a part of what the dashboard shows of a period, for who may see it."""
        self._check_asked([period], [company_id])
        company = self._company(company_id)
        measurements = self._measurements(company)
        today = fields.Date.context_today(self)
        editions = self.env["pso.edition"].sudo()._all()
        key = period or ROLLING
        window = self._period(key, company, measurements, editions)
        answer = {"as_of": False}
        if part == HEAD:
            answer |= {
                "companies": [self._named(each) for each in self.env.companies],
                "periods": self._periods(measurements, today),
                "can": {
                    group: self._can(group) for group in ("hr", "manager", "purchase")
                },
            }
        if measurements._sees_kept():
            return answer | self._kept_answer(company, key, window, editions, part)
        return answer | self._answer(company, key, window, editions, [part])

    def _answer(self, company, key, window, editions, parts=PARTS, figures=None):
        """Return what the dashboard shows of a period, whoever asks.

        :param parts: of the page
        :param figures: as ``_figures_now`` has them, for who knows them already
        """
        dashboard, today = self.sudo(), fields.Date.context_today(self)
        current = editions._in_force(today)
        course = dashboard._course(window, today) if HEAD in parts else None
        # Figures that are known already are of the moment of this transaction.
        together = figures is None
        answers = dashboard._ask(company, window, course, current, parts, together)
        answer = {"company": self._named(company), "period": key}
        if HEAD in parts:
            if together:
                figures = dashboard._figures_now(window, answers)
            setup = self.env["pso.setup"]._steps(company, current)
            answer |= self._head(company, window, course, figures, setup, answers)
        if DETAILS in parts:
            answer |= self._details(window, answers)
        return answer

    def _head(self, company, window, course, figures, setup, answers):
        """Return where a company stands and where it is going.

        :param setup: as of ``pso.setup``
        :param answers: to ``_head_questions``
        """
        measurements, measurement = self.env["pso.measurement"], window.measurement
        to_do = self.env["pso.to.do"]._found(answers)
        return {
            "currency_id": company.currency_id.id,
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
            "trend": self.sudo()._trend(window, course, answers),
            "ending": self._ending(to_do["ending"], window),
            "setup": setup,
        }

    # -- one question ------------------------------------------------------------

    def _course(self, window, today):
        """Return the windows of the trend, with an outlook unless of a measurement."""
        trend = self.env["pso.trend"]
        if window.number:
            return trend._course_until(window)
        return trend._rolling_course(window.companies, window.edition, today)

    def _ask(self, company, window, course, edition, parts, together=False):
        """Ask all that is to be shown of a window by one look at the records.

        What is locked is kept, and only looked up.

        :param course: the windows of the trend, if the head is among the parts
        :param edition: the edition in force today
        :param together: whether others who ask it too may be answered by the same look
        :return: as ``look.ask``
        """
        questions, rows = self._questions(company, window, course, edition, parts)
        return ask(self.env, questions, rows, together)

    def _questions(self, company, window, course, edition, parts):
        own, around, rows, questions = Periods.of([window]), None, {}, {}
        if not window.measurement.is_locked:
            hull = course.hull if course else window
            own, around, rows = share(self.env, window, hull, DETAILS in parts)
        if HEAD in parts:
            questions |= self._head_questions(
                company, window, course, edition, own, around
            )
        if DETAILS in parts:
            questions |= self._details_questions(company, window, own)
        return questions, rows

    def _head_questions(self, company, window, course, edition, own, around):
        questions = {}
        if not window.measurement.is_locked:
            questions |= {"sums": self.env["pso.measurement"]._sql_sums([window], own)}
            questions |= self.env["pso.trend"]._questions(course, around)
        return questions | self.env["pso.to.do"]._head_questions(
            company, window, edition, own
        )

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
            answer = dashboard._answer(
                asked[0], key, *asked[1:], parts=PARTS, figures=figures
            )
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

    def _kept_answer(self, company, key, window, editions, part):
        """Return a part of the answer of last night; before the first, only why not.

        What may be opened is said for who asks.
        """
        date, answers = self.env["pso.snapshot"]._read_one(company, key, "answers")
        explanation = self.env["pso.snapshot"]._explanation(date)
        as_of = {"date": fields.Date.to_string(date), "explanation": explanation}
        answer = self.env["pso.snapshot"]._in_words(answers)
        if window.measurement.is_locked:
            as_of = False  # what is frozen follows no change
            if not answer or not answer["is_locked"]:
                answer = self._answer(company, key, window, editions, [part])
        asked = {
            "period": key,
            "company": answer.get("company") or self._named(company),
            "as_of": as_of,
        }
        if part == DETAILS:
            return self._kept_details(answer, window) | asked
        if not answer:
            answer = {
                "date_start": fields.Date.to_string(window.start),
                "date_end": fields.Date.to_string(window.end),
                "measurement_id": window.measurement.id,
                "has_staff": False,
                "figures": None,
            }
        head = {name: answer[name] for name in answer if name not in NAMES_OF_DETAILS}
        return {
            **head,
            **asked,
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

    def _number_of_people(self, number, window):
        """Say a number of people as the user may know it (see ``suppression.py``)."""
        if not number or self._can("hr"):
            return str(number)
        found = up_to(number, window.small_group)
        return self.env["pso.check"]._found(found, True)
