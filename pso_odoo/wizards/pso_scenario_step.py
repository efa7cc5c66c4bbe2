from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..tools.solver import Missing, cost_per_point

# Heads of one means at most: enough for any step, and soon decided.
MOST_HEADS = 100


class PsoScenarioQuestion(models.TransientModel):
    """The next best step: a question that the company's own costs answer.

    Nobody ticks anything: the means are those whose cost the company has said, and
    which cost something. It is never stored.
    """

    _inherit = "pso.scenario.question"

    def _best_step(self):
        """Say what the next level costs least, or else the cheapest point.

        :return: ``{text, has_costs}``, no text where there is nothing to say
        """
        window, figures = self._base_figures()
        if not figures or not figures["next_level_id"]:
            return {"text": False, "has_costs": True}
        rows = [*self._priced_people(window), *self._priced_vendors(window)]
        if not rows:
            return {"text": False, "has_costs": False}
        self.level_id = figures["next_level_id"]
        self.means_ids = [Command.create(row) for row in rows]
        try:
            asked = self._asked()
            found = self._solve(asked)
        except UserError:
            return {"text": False, "has_costs": True}
        if not isinstance(found, Missing):
            return {"text": self._step_in_words(found), "has_costs": True}
        ranked, _apart = cost_per_point(asked.facts, asked.ladder, asked.given)
        text = bool(ranked) and self._point_in_words(ranked[0])
        return {"text": text, "has_costs": True}

    def _step_in_words(self, found):
        return self.env._(
            "%(level)s costs least by %(mix)s: %(cost)s a year.",
            level=found.score.level.name,
            mix=self.env._(" and ").join(self._said(found)),
            cost=self._money(found.cost),
        )

    def _point_in_words(self, best):
        rows = {row.id: row for row in self.means_ids}
        return self.env._(
            "A point costs least by “%(means)s”: %(cost)s.",
            means=rows[best.key[1]].name,
            cost=self._money(best.per_point),
        )

    # -- what the company has costs for ------------------------------------------

    def _priced_people(self, window):
        """Return hires whose cost is known, as values of means."""
        costs, edition = self.env["pso.cost"], window.edition
        groups = edition.group_rule_ids.filtered(_counts).group_id
        forms = edition.form_rule_ids.filtered(_counts).form_id
        pairs = {
            (cost.group_id, cost.form_id)
            for cost in costs._of(self.company_id, "fte")
            if cost.group_id in groups and cost.form_id in forms
        }
        pairs |= {
            (groups.browse(row["group_id"]), forms.browse(row["form_id"]))
            for row in self._proposed_people(window)
        }
        hours = window.company.sudo().pso_fulltime_hours
        for group, form in sorted(pairs, key=lambda pair: (pair[0].id, pair[1].id)):
            if (costs._per_fte(self.company_id, group, form) or 0) > 0:
                yield {
                    "kind": "people",
                    "group_id": group.id,
                    "form_id": form.id,
                    "hours": hours,
                    "most": MOST_HEADS,
                }

    def _priced_vendors(self, window):
        """Return spend at vendors whose extra price is known, as values of means."""
        costs = self.env["pso.cost"]
        for row in self._proposed_vendors(window):
            vendor = self.env["res.partner"].browse(row["partner_id"])
            extra = costs._extra_price(self.company_id, vendor) or 0
            if row["room"] > 0 and extra > 0:
                yield row | {"is_used": True}


def _counts(rule):
    return rule.is_weight_known and rule.weight > 0
