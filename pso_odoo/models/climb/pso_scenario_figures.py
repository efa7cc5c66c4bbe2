from dataclasses import replace
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.labels import selection_label
from ..measurement.figures import FIGURES
from ..measurement.window import Periods, Window
from .pso_scenario_line import PEOPLE, PURCHASES

LINE_FACTS = (
    *("kind", "sequence", "people", "hours", "group_id", "form_id", "to_form_id"),
    *("fte", "date_from", "date_to", "partner_id", "to_partner_id", "amount"),
    *("change", "level_id", "turnover", "vendor_fte", "vendor_share"),
    *("fulltime_hours", "edition_id"),
)
START = (
    *("start_kind", "measurement_id", "company_id"),
    *(f"measurement_id.{name}" for name in ("state", "date_start", "date_end")),
    *(f"measurement_id.{name}" for name in ("edition_id", "company_ids")),
)
DERIVED = (*FIGURES, "has_figures", "figures_note", "change_percentage", "ladder")
EFFECTS = ("effect_total", "effect_direct", "effect_indirect", "effect_note")


class Outcome(NamedTuple):
    """What comes of a scenario.

    :param window: what it is of, under the edition that is asked
    :param start: figures of the start, as ``pso.measurement._figures`` has them
    :param figures: those of the scenario; none where they cannot be said
    :param effects: ``{line: ({sum: fte}, reasons)}``
    :param obstacle: why they cannot be said
    """

    window: Window | None
    start: dict | None
    figures: dict | None
    effects: dict
    obstacle: str | None = None


class PsoScenario(models.Model):
    """The figures of a scenario: what a measurement would derive of other facts.

    The sums of the start, what the changes add to them, and then the formula that all
    figures are made by. Who can change facts about persons gets those of last night, as
    the start is told to him.
    """

    _inherit = "pso.scenario"

    vars().update(
        {
            name: figure.field(compute="_compute_scenario", compute_sudo=True)
            for name, figure in FIGURES.items()
        }
    )
    reckoned = fields.Json(
        compute="_compute_reckoned",
        compute_sudo=True,
        groups=fields.NO_ACCESS,
        help="What comes of it, for all that is told of it: reckoned once.",
    )
    has_figures = fields.Boolean(
        compute="_compute_scenario",
        compute_sudo=True,
        help="Off where the scenario cannot be reckoned.",
    )
    figures_note = fields.Char(
        string="As of",
        compute="_compute_scenario",
        compute_sudo=True,
        help="Why there are no figures, or of which day they are.",
    )
    change_percentage = fields.Float(
        string="More than the Start (points)",
        compute="_compute_scenario",
        compute_sudo=True,
        digits=(16, 2),
        help="The total contribution less that of the start.",
    )
    ladder = fields.Json(
        compute="_compute_scenario",
        compute_sudo=True,
        help="The scenario on the ladder of norms, for the picture of it.",
    )

    @api.depends(*START, *(f"line_ids.{name}" for name in LINE_FACTS))
    @api.depends_context("uid", "lang")
    def _compute_reckoned(self):
        for scenario in self:
            outcome = scenario._outcome()
            scenario.reckoned = {
                "start": outcome.start,
                "figures": outcome.figures,
                "effects": [
                    _told(outcome.effects.get(line)) for line in scenario.line_ids
                ],
                "note": outcome.obstacle or scenario._as_of(outcome.window),
                "edition": outcome.window and outcome.window.edition.id,
                "end": outcome.window and fields.Date.to_string(outcome.window.end),
            }

    @api.depends("reckoned")
    @api.depends_context("uid", "lang")
    def _compute_scenario(self):
        measurements = self.env["pso.measurement"].sudo()
        for scenario in self:
            reckoned = scenario.reckoned
            figures = reckoned["figures"] or {}
            for name in FIGURES:
                scenario[name] = figures.get(name, False)
            scenario.has_figures = bool(figures)
            scenario.figures_note = reckoned["note"]
            scenario.change_percentage = figures and (
                figures["total_percentage"] - reckoned["start"]["total_percentage"]
            )
            edition = self.env["pso.edition"].sudo().browse(reckoned["edition"] or ())
            scenario.ladder = figures and measurements._ladder_picture(figures, edition)

    def _as_of(self, window):
        """Say of which day the figures are, for who is told those of last night."""
        measurements = self.env["pso.measurement"].sudo()
        if window.measurement.is_locked or not measurements._sees_kept():
            return False
        date, _figures = measurements._kept([window], "figures").get(
            window, (None, None)
        )
        return self.env["pso.snapshot"]._explanation(date)

    # -- what comes of it ----------------------------------------------------------

    def _outcome(self):
        """Reckon one scenario as it is typed: see ``Outcome``."""
        self.ensure_one()
        window = self._window()
        if not window:
            obstacle = self._missing_start()
            if self.start_kind == "rolling":
                obstacle = self.env._("No edition of the rule book is in use.")
            return Outcome(None, None, None, {}, obstacle)
        lines = self.line_ids.filtered(lambda line: line._is_usable())
        measurements = self.env["pso.measurement"].sudo()
        if window.measurement.is_locked or measurements._sees_kept():
            return self._outcome_of_kept(window, lines)
        sums = measurements._sums([window])[window]
        start = measurements._figures(sums, window.edition._rules())
        asked, fulltime_hours = self._asked(window, lines)
        if asked != window or fulltime_hours:
            periods = Periods.of([asked])._replace(
                fulltime_hours=fulltime_hours and SQL("%s::float", fulltime_hours)
            )
            sums = measurements._sums([asked], periods)[asked]
        effects = self._effects(asked, lines, fulltime_hours)
        figures = measurements._figures(_added(sums, effects), asked.edition._rules())
        return Outcome(asked, start, figures, effects)

    def _outcome_of_kept(self, window, lines):
        """Reckon a scenario from figures that are kept: locked, or of last night."""
        measurements = self.env["pso.measurement"].sudo()
        start = measurements._figures_now(window)
        is_locked = window.measurement.is_locked
        if not is_locked and not measurements._kept([window], "figures"):
            # Nothing is kept yet: the note says from when on there is.
            return Outcome(window, start, None, {}, self._as_of(window))
        if not set(lines.mapped("kind")).isdisjoint({"hours", "edition"}):
            obstacle = self.env._(
                "Other full-time hours, or another edition, are reckoned from the "
                "records as they are now. This scenario starts from figures that are "
                "kept."
            )
            return Outcome(window, start, None, {}, obstacle)
        effects = self._effects(window, lines)
        if not any(any(sums.values()) for sums, _reasons in effects.values()):
            # Divided anew, a kept figure might differ in its last digit.
            return Outcome(window, start, start, effects)
        sums = _added(measurements._sums_behind(start), effects)
        figures = measurements._figures(sums, self._rules_of(window))
        return Outcome(window, start, figures, effects)

    def _ladder(self, window):
        """Return the ladder that the figures of a window are held against."""
        window, _hours = self._asked(window, self.line_ids)
        return self.env["pso.edition"]._ladder(self._rules_of(window))

    def _rules_of(self, window):
        """Return the rules of a window: the edition's, or as they were at the lock."""
        measurement = window.measurement
        return (
            measurement._rules() if measurement.is_locked else window.edition._rules()
        )

    def _asked(self, window, lines):
        """Return the window under the edition that is asked, and the full-time hours.

        The last change of each kind decides.
        """
        edition = lines.filtered(lambda line: line.kind == "edition")[-1:].edition_id
        hours = lines.filtered(lambda line: line.kind == "hours")[-1:].fulltime_hours
        if edition:
            window = replace(window, edition=edition._origin.sudo())
        return window, hours or None

    def _effects(self, window, lines, fulltime_hours=None):
        people = lines.filtered(lambda line: line.kind in PEOPLE)
        purchases = lines.filtered(lambda line: line.kind in PURCHASES)
        return {
            **self._people_effects(window, people, fulltime_hours),
            **self._purchase_effects(window, purchases),
        }


class PsoScenarioLine(models.Model):
    """What one change makes of the fte."""

    _inherit = "pso.scenario.line"

    effect_total = fields.Float(
        string="Organisation (fte)",
        compute="_compute_effect",
        compute_sudo=True,
        digits=(16, 2),
        help="By how much the organisation grows, averaged over the period.",
    )
    effect_direct = fields.Float(
        string="Direct (fte)",
        compute="_compute_effect",
        compute_sudo=True,
        digits=(16, 2),
        help="Weighted fte of the target group, averaged over the period.",
    )
    effect_indirect = fields.Float(
        string="Indirect (fte)",
        compute="_compute_effect",
        compute_sudo=True,
        digits=(16, 2),
        help="What changes of the purchases at certified suppliers, as fte.",
    )
    effect_note = fields.Char(
        string="Counts",
        compute="_compute_effect",
        compute_sudo=True,
        help="Why the change does not count, or not wholly.",
    )

    @api.depends("scenario_id.reckoned")
    @api.depends_context("uid", "lang")
    def _compute_effect(self):
        for line in self:
            scenario = line.scenario_id
            reckoned = scenario.reckoned if scenario else {"effects": [], "end": None}
            effects = zip(scenario.line_ids, reckoned["effects"], strict=False)
            sums, reasons = dict(effects).get(line) or ({}, [])
            line.effect_total = sums.get("total_days", 0)
            line.effect_direct = sums.get("direct_days", 0)
            line.effect_indirect = sums.get("indirect", 0)
            line.effect_note = line._counts_note(reasons, reckoned["end"])

    def _counts_note(self, reasons, end):
        """Say why a change does not count, in the words of the lines that count.

        Where all is well: that its figures are assumed, if they are.

        :param end: the last day of the period, as text; None without a start
        """
        model = "pso.supplier.line" if self.kind in PURCHASES else "pso.person.line"
        texts = {
            selection_label(self.env[model], "reason", reason)
            for reason in reasons
            if reason != "counts"
        }
        if end and self.date_from and fields.Date.to_string(self.date_from) > end:
            texts = {self.env._("Begins after the period: see the outlook")}
        if self._has_assumed():
            texts.add(self.env._("Figures of the vendor are assumed"))
        return "; ".join(sorted(texts))


def _told(effect):
    """Return an effect as JSON takes it; none where a change cannot be reckoned."""
    if effect is None:
        return None
    sums, reasons = effect
    return {name: float(fte) for name, fte in sums.items()}, reasons


def _added(sums, effects):
    """Return sums with what changes add to them."""
    result = dict(sums)
    for added, reasons in effects.values():
        for name, fte in added.items():
            result[name] += fte
        result["is_complete"] &= not {"weight_unknown", "no_figures"} & set(reasons)
        result["are_weights_known"] &= "weight_unknown" not in reasons
    for name in ("proven_days", "proven_indirect", "indirect"):
        result[name] = max(result[name], 0)
    return result
