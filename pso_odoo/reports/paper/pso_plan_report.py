from functools import cached_property
from math import ceil

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import format_date, formatLang

from ...models.climb.pso_plan import SMART
from ...tools.labels import selection_label

# More months than this are drawn as quarters, and more quarters as years.
MOST_COLUMNS = 18
QUARTER, YEAR = 3, 12


class ReportPlan(models.AbstractModel):
    """A plan of action on paper, for management and for the auditor (section 1).

    What it tells is what its reader may know: progress, figures and costs.
    """

    _name = "report.pso_odoo.report_plan"
    _description = "PSO Plan Report"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Return what the report prints, a ``Paper`` a plan.

        :raise AccessError: if the user may not read one of the plans
        """
        plans = self.env["pso.plan"].browse(docids)
        plans.check_access("read")
        return {
            "doc_ids": docids,
            "doc_model": plans._name,
            "docs": plans,
            "papers": {plan.id: self._paper(plan) for plan in plans},
        }

    def _paper(self, plan):
        """Return what a plan tells; another addon adds by a class of its own."""
        return Paper(plan)


class Paper:
    """A plan of action as it is printed, in the user's language."""

    def __init__(self, plan):
        self.doc = plan
        self.env = plan.env

    # -- from where to where -----------------------------------------------------

    @cached_property
    def start(self):
        """The measurement that the plan starts from, if the reader sees its figures."""
        measurement = self.doc.measurement_id._filtered_access("read")
        return measurement.filtered("has_figures")

    @cached_property
    def scenario(self):
        """The scenario that it carries out, likewise."""
        return self.doc.scenario_id._filtered_access("read").filtered("has_figures")

    @cached_property
    def columns(self):
        """The names of what stands side by side, with its record."""
        named = [
            (self.env._("At the start"), self.start),
            (self.env._("By the scenario"), self.scenario),
        ]
        return [(name, record) for name, record in named if record]

    @cached_property
    def figures(self):
        """Rows of figures: ``(label, [value of each column])``."""

        def percent(name):
            return lambda record: f"{formatLang(self.env, record[name])} %"

        rows = [
            (self.env._("Level"), lambda record: self.level(record.level_id)),
            (self.env._("Total"), percent("total_percentage")),
            (self.env._("Direct"), percent("direct_percentage")),
            (self.env._("Indirect that counts"), self.counted),
            (self.env._("Proven"), percent("proven_total_percentage")),
            (self.env._("Norm of the target level"), self.norm),
        ]
        return [
            (label, [value(record) for _name, record in self.columns])
            for label, value in rows
        ]

    def counted(self, record):
        counted = record.total_percentage - record.direct_percentage
        return f"{formatLang(self.env, counted)} %"

    def level(self, level):
        return level.name or self.env._("Below the norms")

    def norm(self, record):
        """Write the norm of the target at a size, as far as it is known."""
        norm = (record.norms or {}).get(str(self.doc.target_level_id.id))
        if norm is None:
            return self.env._("not known")
        return f"{formatLang(self.env, norm)} %"

    @cached_property
    def notes(self):
        """Of which day the figures are, for who is told those of last night."""
        notes = [record.figures_note for _name, record in self.columns]
        return list(dict.fromkeys(filter(None, notes)))

    @cached_property
    def ahead(self):
        """Say where the scenario leads in a year, to who is told it."""
        points = self.scenario and self.scenario.outlook()["scenario"]
        if not points:
            return ""
        last = points[-1]
        level = self.env["pso.level"].browse(last["level"] or ())
        return self.env._(
            "By the scenario, over the twelve months to %(date)s: %(total)s %%, "
            "%(level)s.",
            date=format_date(self.env, last["date"]),
            total=formatLang(self.env, last["total"]),
            level=self.level(level),
        )

    @cached_property
    def smart(self):
        """The five questions: ``(name, question, answer)``."""
        names = [f"smart_{question}" for question in SMART]
        described = [(self.doc._fields[name], self.doc[name]) for name in names]
        return [
            (
                field._description_string(self.env),
                field._description_help(self.env),
                answer or self.env._("Not answered yet."),
            )
            for field, answer in described
        ]

    # -- when --------------------------------------------------------------------

    @cached_property
    def months(self):
        """The first days of the columns of the timeline, and how many months each."""
        first = self.doc.date_start.replace(day=1)
        last = self.doc.date_deadline
        count = (last.year - first.year) * 12 + last.month - first.month + 1
        years = YEAR * ceil(count / YEAR / MOST_COLUMNS)
        step = next(
            (each for each in (1, QUARTER) if count <= each * MOST_COLUMNS), years
        )
        return [
            first + relativedelta(months=n) for n in range(0, count, step)
        ], relativedelta(months=step)

    @cached_property
    def heads(self):
        """The names of the columns: the month, and the year where one begins."""
        days, step = self.months
        heads, year = [], None
        for day in days:
            pattern = "MMM" if day.year == year else "MMM yyyy"
            if step.years:
                pattern = "yyyy"
            year = day.year
            heads.append(format_date(self.env, day, date_format=pattern))
        return heads

    def cells(self, action):
        """Return a mark for each column: runs, due, done, or nothing after it."""
        days, step = self.months
        due = "done" if action.state == "done" else "due"
        return [
            ""
            if day > action.date_deadline
            else "runs"
            if day + step <= action.date_deadline
            else due
            for day in days
        ]

    @cached_property
    def actions(self):
        """The actions that are still meant, by their deadlines."""
        return self.doc.action_ids.filtered(lambda action: action.state != "dropped")

    # -- by what one sees it -------------------------------------------------------

    @cached_property
    def measures(self):
        """How each measure of the plan is taken: ``(measure, how)``."""
        how = self.how
        return [
            (selection_label(action, "kind"), how[kind])
            for kind, (action, *_rest) in self.actions.grouped("kind").items()
        ]

    @property
    def how(self):
        by_hand = self.env._("By hand: the owner of the action fills it in.")
        return {
            "hires": self.env._(
                "From employees and statuses: inflow and first day at work both lie "
                "since the start of the plan."
            ),
            "places": self.env._(
                "From statuses: people who began under the form placement since then."
            ),
            "stayed": self.env._(
                "From statuses: regular, supported or a secondment after a placement, "
                "begun since then."
            ),
            "positions": self.env._("From functions that are marked as open by now."),
            "tasks": self.env._(
                "From the lists of tasks of functions carved from another one."
            ),
            "share": self.env._(
                "From bills: what was bought at certified vendors, of all that was "
                "bought in the year to the day."
            ),
            "vendors": self.env._(
                "From certificates: vendors whose first one began since then."
            ),
            "talks": by_hand,
            "other": by_hand,
        }

    # -- means -------------------------------------------------------------------

    @cached_property
    def changes(self):
        """The changes of the scenario with their cost: ``(change, cost)``."""
        scenario = self.doc.scenario_id._filtered_access("read")
        return [(line.sentence, self._cost(line)) for line in scenario.line_ids]

    def _cost(self, line):
        if line._lacks_cost():
            return self.env._("not given")
        if not line.cost and not line.is_free:
            return "–"
        return formatLang(self.env, line.cost, currency_obj=line.currency_id)

    @cached_property
    def printed_on(self):
        return format_date(self.env, fields.Date.context_today(self.doc))
