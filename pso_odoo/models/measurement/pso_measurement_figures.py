import itertools
import logging

from odoo import api, models
from odoo.tools import SQL, ormcache

from ...tools import columns
from ...tools.score import Facts, compute, exact, is_none_certain, reaches_pso30, share
from .figures import FIGURES
from .look import ask
from .window import numbered

_logger = logging.getLogger(__name__)

# What a person line adds up, in days of so many hours; some by the weight of the rules.
DAYS = (
    "total_days",
    "direct_days",
    "proven_days",
    "pso30_days",
    "pso30_regular_days",
    "unsure_days",
)
WEIGHTED = {"direct_days", "proven_days"}
# What other lines, and corrections, add up in fte.
SUMS = {
    "suppliers": ("indirect", "proven_indirect"),
    "corrections": ("total_correction", "direct_correction", "unproven_correction"),
}
DERIVED = (
    *FIGURES,
    *("gap_amount", "ladder", "payroll_difference"),
    *("next_step", "next_step_kind", "is_next_step_open", "lock_question"),
    *("person_line_ids", "supplier_line_ids", "check_ids", "open_check_ids"),
    "open_check_count",
)
# What is derived line by line. The checks first: they count the lines, live and locked.
LINES = ("pso.check", "pso.person.line", "pso.supplier.line")


class PsoMeasurement(models.Model):
    """The figures of a measurement: derived while it is live, kept once it is locked.

    Percentages are 0-100, fte are averages over the period (sections 2 to 5).
    """

    _inherit = "pso.measurement"

    vars().update(
        {
            name: figure.field(compute="_compute_figures", compute_sudo=True)
            for name, figure in FIGURES.items()
        }
    )

    def _register_hook(self):
        """Tell the server's log which columns of core have lost their fields."""
        super()._register_hook()
        for complaint in columns.complaints(self.env):
            _logger.warning("PSO: %s", complaint)

    def _forget_figures(self):
        """Drop figures read earlier in this transaction: what they rest on changed."""
        derived = self._derived_fields()
        if not any(map(self.env.transaction.field_data.get, derived)):
            return  # as in most of the work that changes what they rest on
        for field in derived:
            self.env[field.model_name].invalidate_model([field.name], flush=False)

    @ormcache()
    def _derived_fields(self):
        """Return all fields that ``_forget_figures`` drops; kept with the registry."""
        models = (self.env[model] for model in (*LINES, "pso.status.period"))
        fields = [field for model in models for field in model._fields.values()]
        fields += [self._fields[name] for name in DERIVED]
        fields.append(self.env["res.company"]._fields["pso_persons"])
        return (*fields, *self.env["pso.status"]._counting_fields())

    # -- the figures ------------------------------------------------------

    @api.depends(
        "state",
        "locked_figures",
        "date_start",
        "date_end",
        "edition_id",
        "company_ids",
        "correction_ids.kind",
        "correction_ids.amount",
    )
    @api.depends_context("uid")
    def _compute_figures(self):
        """Compute the figures: as kept of locked measurements, from lines of live ones.

        Who may read the measurement may read its totals, whoever may see the lines that
        make them: those are read as superuser.
        """
        # What is being edited shows the figures of what is saved.
        live = self._origin.filtered(lambda m: m.state == "live")
        figures = live.sudo()._live_figures()
        for measurement in self:
            values = figures.get(measurement._origin) or measurement.locked_figures
            values = values or {}
            for name in FIGURES:
                measurement[name] = values.get(name, False)

    def _live_figures(self):
        """Return the figures of live measurements, as values to keep or to show.

        :return: ``{measurement: {field: value}}``, levels as ids
        """
        windows = [measurement._window() for measurement in self]
        figures = self._figures_of(windows)
        return {window.measurement: figures[window] for window in windows}

    def _figures_of(self, windows):
        """Return the figures of windows as records are now, to keep or to show.

        Who can change facts about persons is told those of last night.

        :return: ``{window: {field: value}}``, levels as ids
        """
        if not windows:
            return {}
        if self._sees_kept():
            return self._kept_figures(windows)
        return self._figures_by(self._sums(windows))

    def _figures_by(self, sums):
        """Return the figures of windows from the sums of their lines: ``_sums_of``."""
        return {
            window: self._figures(total, window.edition.sudo()._rules())
            for window, total in sums.items()
        }

    def _figures_now(self, window):
        """Return the figures of one window as values, kept ones if it is locked."""
        if window.measurement.is_locked:
            return window.measurement.locked_figures
        return self.sudo()._figures_of([window])[window]

    def _trend(self):
        """Return the rolling score of 24 months to the end, as ``pso.trend``."""
        self.ensure_one()
        if self.is_locked:
            return self.locked_figures.get("trend", [])
        return self.sudo().env["pso.trend"]._until(self.sudo()._window())

    # -- what lines and corrections add up to -----------------------------

    def _sums(self, windows, periods=None):
        """Add up lines and corrections of windows in fte, as ``_sums_of``.

        :param periods: those of the windows, for who asks of other hours than theirs
        """
        answers = ask(self.env, {"sums": self._sql_sums(windows, periods)})
        return self._sums_of(windows, answers["sums"])

    def _sums_of(self, windows, rows):
        """Add up the rows of ``_sql_sums``.

        Days are added up by hours and weights, and those multiplied and divided as
        fractions: nothing is rounded.

        :return: ``{window: {sum: fte}}``, and whether all weights and figures are known
        """
        by_number = numbered(windows)
        sums = {
            window: dict.fromkeys(itertools.chain(DAYS, *SUMS.values()), 0)
            | {"is_complete": True, "has_corrections": False}
            | {"are_weights_known": True}
            for window in windows
        }
        for part, number, is_known, values in rows:
            window = by_number[number]
            total = sums[window]
            total["is_complete"] &= is_known
            total["are_weights_known"] &= is_known or part != "group"
            total["has_corrections"] |= part == "corrections"
            for name, value in self._parts(window, part, values):
                total[name] += value
        return sums

    def _sql_sums(self, windows, periods=None):
        """Select the rows that ``_sums_of`` adds up: part, window, is known, values.

        :param periods: those of the windows, for who has them already
        """
        return SQL(
            "%(staff)s UNION ALL %(group)s UNION ALL %(suppliers)s "
            "UNION ALL %(corrections)s",
            staff=self._sql_staff_sums(windows, periods),
            group=self._sql_group_sums(windows, periods),
            suppliers=self._sql_supplier_sums(windows, periods),
            corrections=self._sql_correction_sums(windows),
        )

    def _parts(self, window, part, values):
        """Convert a row of sums into fte: ``(name, fraction)`` of each."""
        if part in SUMS:
            return zip(SUMS[part], map(exact, values), strict=True)
        fulltime_hours, hours, weight, *days = map(exact, values)
        fte = hours / (fulltime_hours * window.days)
        return (
            (name, fte * count * (weight if name in WEIGHTED else 1))
            for name, count in zip(DAYS[: len(days)], days, strict=True)
        )

    def _sql_staff_sums(self, windows, periods):
        if periods and periods.hours:
            hours = SQL("SELECT * FROM %s", periods.hours)
        else:
            people = self.env["pso.person.line"]
            lines = people._sql_live_of(windows, people._sql_staff, periods)
            hours = self._sql_hours(lines)
        return SQL(
            """
            SELECT 'staff', measurement_id, TRUE,
                ARRAY[fulltime_hours::numeric, fte_hours::numeric, 0, total_days]
            FROM (%s) AS hours
            """,
            hours,
        )

    def _sql_hours(self, lines):
        """Add up the days that make total fte by hours, of which there are few."""
        return SQL(
            """
            SELECT measurement_id, fulltime_hours, fte_hours,
                SUM(total_days) AS total_days
            -- OFFSET hides where hours come from: else PostgreSQL takes them to be all
            -- different, and sorts everybody.
            FROM (
                SELECT measurement_id, fulltime_hours, fte_hours, total_days
                FROM (%s) AS line OFFSET 0
            ) AS line
            GROUP BY measurement_id, fulltime_hours, fte_hours
            """,
            lines,
        )

    def _sql_group_sums(self, windows, periods):
        people = self.env["pso.person.line"]
        return SQL(
            """
            SELECT 'group', measurement_id, BOOL_AND(reason <> 'weight_unknown'),
                ARRAY[fulltime_hours::numeric, fte_hours::numeric, weight, %(days)s]
            FROM (%(lines)s) AS line
            GROUP BY measurement_id, fulltime_hours, fte_hours, weight
            """,
            days=SQL(", ").join(SQL("SUM(%s)", SQL.identifier(name)) for name in DAYS),
            lines=people._sql_live_of(windows, people._sql_group, periods),
        )

    def _sql_supplier_sums(self, windows, periods):
        return SQL(
            """
            SELECT 'suppliers', measurement_id,
                BOOL_AND(reason NOT IN ('no_figures', 'no_rate')),
                ARRAY[SUM(indirect_fte), SUM(proven_fte)]
            FROM (%(lines)s) AS line GROUP BY measurement_id
            """,
            lines=self.env["pso.supplier.line"]._sql_live_of(windows, periods=periods),
        )

    def _sql_correction_sums(self, windows):
        """Select the sums of corrections; only the negative ones are proven."""
        return SQL(
            """
            SELECT 'corrections', measurement_id, TRUE, ARRAY[
                COALESCE(SUM(amount) FILTER (WHERE kind = 'total_fte'), 0),
                COALESCE(SUM(amount) FILTER (WHERE kind = 'direct_fte'), 0),
                COALESCE(SUM(LEAST(amount, 0)) FILTER (WHERE kind = 'direct_fte'), 0)
            ]::numeric[]
            FROM pso_correction WHERE measurement_id IN %s
            GROUP BY measurement_id
            """,
            tuple(numbered(windows)),
        )

    def _sums_behind(self, figures):
        """Return the sums of lines that make some figures, as ``_sums_of``.

        Of what is locked, or kept of last night, the figures are all that is known.

        :param figures: as ``_figures`` has them
        """
        total = exact(figures["total_fte"])
        proven = exact(figures["proven_indirect_percentage"])
        return dict.fromkeys(itertools.chain(DAYS, *SUMS.values()), 0) | {
            "total_days": total,
            "direct_days": exact(figures["direct_fte"]),
            "proven_days": exact(figures["proven_direct_percentage"]) * total / 100,
            "pso30_days": exact(figures["pso30_percentage"]) * total / 100,
            "pso30_regular_days": exact(figures.get("pso30_regular_percentage") or 0)
            * total
            / 100,
            "indirect": exact(figures["indirect_fte"]),
            "proven_indirect": proven * total / (100 - proven) if proven < 100 else 0,
            "is_complete": figures["is_complete"],
            "has_corrections": figures.get("has_corrections", False),
            "are_weights_known": figures.get("are_weights_known", True),
        }

    # -- the formula ------------------------------------------------------

    def _figures(self, sums, rules):
        """Compute the figures of one window from the sums of its lines.

        :param sums: as ``_sums`` has them
        :param rules: as ``pso.edition._rules`` has them
        :return: ``{field: value}``, levels as ids
        """
        ladder = self.env["pso.edition"]._ladder(rules)
        total = max(sums["total_days"] + sums["total_correction"], 0)
        direct = max(sums["direct_days"] + sums["direct_correction"], 0)
        proven_direct = max(sums["proven_days"] + sums["unproven_correction"], 0)
        facts = Facts(total, direct, sums["indirect"])
        score = compute(facts, ladder)
        proven = compute(Facts(total, proven_direct, sums["proven_indirect"]), ladder)
        is_complete = sums["is_complete"]
        pso30 = share(sums["pso30_days"], total)
        pso30_regular = share(sums["pso30_regular_days"], total)
        # Whether it is known to be the highest level.
        is_highest = bool(score.level) and not (score.next_level or score.open_levels)
        return {
            "total_fte": float(total),
            "direct_fte": float(direct),
            "direct_percentage": float(score.direct),
            "indirect_fte": float(sums["indirect"]),
            "indirect_percentage": float(score.indirect),
            "indirect_counted_percentage": float(score.counted),
            "total_percentage": float(score.total),
            "level_id": score.level and score.level.id,
            "next_level_id": score.next_level and score.next_level.id,
            "gap_percentage": float(score.gap or 0),
            "gap_fte": float(score.gap_fte or 0),
            "pso30_percentage": float(pso30),
            "pso30_regular_percentage": float(pso30_regular),
            "is_pso30": is_highest and reaches_pso30(pso30, pso30_regular, rules),
            "is_complete": is_complete,
            "has_corrections": sums["has_corrections"],
            "are_weights_known": sums["are_weights_known"],
            "is_level_certain": self._is_certain(sums, score, facts, ladder, rules),
            "proven_direct_percentage": float(proven.direct),
            "proven_indirect_percentage": float(proven.indirect),
            "proven_total_percentage": float(proven.total),
            "proven_level_id": proven.level and proven.level.id,
            "norms": {
                str(level.id): norm if norm is None else float(norm)
                for level, norm in score.norms.items()
            },
        }

    def _is_certain(self, sums, score, facts, ladder, rules):
        """Return whether the level stays, whatever is not known (principle 2)."""
        if not score.open_levels and (sums["is_complete"] or not score.next_level):
            return True
        # Kept since 19.0.5: what was locked before stays as it was.
        if score.level or rules.get("min_fte") is None:
            return False
        return is_none_certain(
            facts,
            ladder,
            exact(rules["min_fte"]),
            sums["unsure_days"],
            not sums["are_weights_known"],
        )

    def _reaches_pso30(self):
        """Return whether PSO 30+ follows from what is shown: level, shares and rules.

        It does not where the rules were changed after a lock that did not keep them, or
        where a higher level is unknown.
        """
        self.ensure_one()
        is_top = bool(self.level_id) and not self.next_level_id
        shares = self.pso30_percentage, self.pso30_regular_percentage
        return is_top and reaches_pso30(*shares, self._rules())
