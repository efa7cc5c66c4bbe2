from markupsafe import Markup

from odoo import models
from odoo.tools import formatLang

from ..tools.solver import (
    NO_DIRECT,
    NORM_UNKNOWN,
    OVER_BUDGET,
    TOO_SMALL,
    UNDECIDED,
    Missing,
)


class PsoScenarioQuestion(models.TransientModel):
    """An answer of the solver in the user's words."""

    _inherit = "pso.scenario.question"

    def _in_words(self, found):
        """Say an answer, or what is missing for one."""
        if isinstance(found, Missing):
            return self._missing_in_words(found)
        score = found.score
        if not score.level:
            head = self.env._(
                "No level is reached: at most %(total)s %%.",
                total=formatLang(self.env, float(score.total)),
            )
        else:
            head = self.env._(
                "%(level)s, with %(total)s %%, for %(cost)s a year.",
                level=score.level.name,
                total=formatLang(self.env, float(score.total)),
                cost=self._money(found.cost),
            )
        text = Markup("<p><strong>%s</strong></p>") % head + self._mix(found)
        if not found.is_proven:
            text += Markup("<p>%s</p>") % self.env._(
                "The search was given up: there may be a cheaper mix, but none below "
                "%(floor)s.",
                floor=self._money(found.floor),
            )
        return text

    def _mix(self, found):
        """List what an answer consists of."""
        said = self._said(found)
        if not said:
            return Markup("<p>%s</p>") % self.env._("Nothing has to change.")
        items = Markup().join(Markup("<li>%s</li>") % each for each in said)
        text = Markup("<ul>%s</ul>") % items
        if any(vals["kind"] in ("spend", "move") for vals in self._lines(found)):
            text += Markup('<p class="o_pso_muted small">%s</p>') % self.env._(
                "Purchases are rounded up to whole euros."
            )
        return text

    def _said(self, found):
        """Say each part of an answer, as the lines of a scenario say it."""
        lines = self.env["pso.scenario.line"]
        aside = self.env["pso.scenario"].new({"company_id": self.company_id.id})
        return [
            lines.new({**vals, "scenario_id": aside}).sentence
            for vals in self._lines(found)
        ]

    def _missing_in_words(self, found):
        level = found.level.name if found.level else ""
        known = ", ".join(each.name for each in found.known_levels)
        sentences = []
        if found.reason == NORM_UNKNOWN:
            sentences.append(
                self.env._(
                    "The norm of %(level)s is not public in this edition, so nobody "
                    "can say what it costs.",
                    level=level,
                )
            )
            if known:
                sentences.append(self.env._("Known are: %(levels)s.", levels=known))
        elif found.reason == TOO_SMALL:
            sentences.append(
                self.env._("Within these bounds the organisation stays too small.")
            )
        elif found.reason == NO_DIRECT:
            sentences.append(
                self.env._(
                    "Without anybody of the target group in own staff there is no "
                    "level."
                )
            )
        elif found.reason == UNDECIDED:
            sentences.append(
                self.env._("The search was given up: give fewer means or bounds.")
            )
        elif found.reason == OVER_BUDGET and found.cheapest:
            sentences.append(
                self.env._(
                    "%(level)s is not reached within the budget: it costs %(cost)s.",
                    level=level,
                    cost=self._money(found.cheapest.cost),
                )
            )
        else:
            sentences.append(
                self.env._("%(level)s is not reached within these bounds.", level=level)
            )
        sentences += self._what_is_missing(found)
        return Markup("<p>%s</p>") % " ".join(sentences)

    def _what_is_missing(self, found):
        """Say how far the means come, and which bound is in the way."""
        if found.points is not None:
            yield self.env._(
                "At best %(points)s points are missing.",
                points=formatLang(self.env, float(found.points)),
            )
        if found.is_capped:
            yield self.env._(
                "Purchases count no further without more direct contribution."
            )
        rows = {row.id: row for row in self.means_ids}
        names = dict.fromkeys(rows[key[1]].name for key in found.binding)
        if names:
            yield self.env._(
                "More of these would help: %(means)s.", means="; ".join(names)
            )

    def _ranking_in_words(self, ranked, means):
        """Show what a point costs by each means, the cheapest first."""
        rows = {row.id: row for row in means}
        priced, apart = ranked
        most = max((float(each.per_point) for each in priced), default=0)
        table = Markup()
        for each in priced:
            width = 100 * max(float(each.per_point), 0) / most if most > 0 else 0
            table += Markup(
                '<div class="mb-2"><div class="d-flex gap-2"><span>%s</span>'
                '<strong class="ms-auto text-nowrap">%s</strong></div>'
                '<div class="progress" style="height: 8px">'
                '<div class="progress-bar" style="width: %.0f%%"></div></div></div>'
            ) % (
                rows[each.key[1]].name,
                self.env._("%(cost)s a point", cost=self._money(each.per_point)),
                width,
            )
        without = [rows[each.key[1]].name for each in apart]
        if without:
            table += Markup('<p class="o_pso_muted">%s</p>') % self.env._(
                "Without a cost, or without gain: %(means)s.", means="; ".join(without)
            )
        return table
