from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..models.measurement.figures import FORMULA_FACTS
from ..tools.context import without_defaults
from ..tools.labels import reckoned_amount
from ..tools.score import Facts, Ladder, exact
from ..tools.solver import Missing, cheapest, cost_per_point, farthest

MOST_VENDORS = 5
MOST_PROSPECTS = 3
CHEAPEST, FARTHEST = "cheapest", "farthest"


class Asked(NamedTuple):
    """What the solver is asked about: where it starts, and the means there are.

    :param means: the rows that the user ticked
    :param given: the same, as the solver takes them
    """

    facts: Facts
    ladder: Ladder
    means: models.BaseModel
    given: list


class PsoScenarioQuestion(models.TransientModel):
    """Two questions, answered exactly: the cheapest way to a level, and how far a
    budget reaches.

    The user says which means there are, within which bounds and at what cost. What one
    of each makes of the facts is found as of a change of a scenario.
    """

    _name = "pso.scenario.question"
    _description = "Question on the PSO Score"

    scenario_id = fields.Many2one(
        "pso.scenario",
        ondelete="cascade",
        help="The scenario that the answer goes on from.",
    )
    measurement_id = fields.Many2one(
        "pso.measurement",
        ondelete="cascade",
        help="The measurement that the answer goes on from.",
    )
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        precompute=True,
        ondelete="cascade",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    question = fields.Selection(
        [
            (CHEAPEST, "What does a level cost least?"),
            (FARTHEST, "What is the most that a budget reaches?"),
        ],
        required=True,
        default=CHEAPEST,
        help="What is asked.",
    )
    level_id = fields.Many2one(
        "pso.level",
        ondelete="cascade",
        help="The level that is to be reached, or a higher one.",
    )
    budget = fields.Monetary(help="Money a year, at most.")
    date_from = fields.Date(
        string="Hires from",
        help="The first day of the people who are hired; the whole period where it is "
        "empty.",
    )
    means_ids = fields.One2many(
        "pso.scenario.means",
        "question_id",
        help="What may be used, within which bounds, and at what cost.",
    )
    answer = fields.Html(readonly=True, help="The answer, in words.")
    ranking = fields.Html(
        string="Cost per Point",
        readonly=True,
        help="What one point of the total costs by each means alone.",
    )
    is_answered = fields.Boolean(
        readonly=True, help="On where the answer can become a scenario."
    )

    # -- what is asked of ------------------------------------------------------------

    def _base(self):
        """Return the scenario that an answer goes on from, or a new one.

        That of the last twelve months, where it goes on from nothing else.
        """
        self.ensure_one()
        if self.scenario_id:
            return self.scenario_id._origin
        return self.env["pso.scenario"].new(self._new_base())

    def _new_base(self):
        if self.measurement_id:
            return {
                "measurement_id": self.measurement_id.id,
                "start_kind": "measurement",
            }
        return {"company_id": self.company_id.id, "start_kind": "rolling"}

    @api.depends("scenario_id", "measurement_id")
    def _compute_company_id(self):
        for question in self:
            source = question.scenario_id or question.measurement_id
            question.company_id = (
                source.company_id or question.company_id or self.env.company
            )

    @api.model
    def _open(self, vals):
        """Make a question with proposed means, and open it.

        Never the groups that the company has are proposed: that would tell who is here.

        :param vals: what it goes on from, a scenario or a measurement
        """
        question = self.create(vals)
        window, figures = question._base_figures()
        if figures:
            question.level_id = figures["next_level_id"]
            rows = [
                *question._proposed_people(window),
                *question._proposed_vendors(window),
                *question._proposed_prospects(window),
            ]
            question.means_ids = [Command.create(row) for row in rows]
        return question._reopen()

    def _base_figures(self):
        """Return window and figures of the base, none where it has none."""
        base = self._base()
        return base._window(), base.sudo()._outcome().figures

    def _proposed_people(self, window):
        edition = window.edition
        forms = edition.form_rule_ids.filtered(
            lambda rule: rule.is_regular and rule.is_weight_known
        ).form_id
        families = {}
        for rule in edition.group_rule_ids.sorted(lambda rule: -rule.weight):
            if rule.is_weight_known and rule.weight:
                families.setdefault(rule.group_id.family, rule.group_id)
        hours = window.company.sudo().pso_fulltime_hours
        for group in families.values():
            yield {
                "kind": "people",
                "group_id": group.id,
                "form_id": forms[:1].id,
                "hours": hours,
                "most": 5,
                "is_used": False,
            }

    def _proposed_vendors(self, window):
        offers = self.env["pso.supplier.line"].sudo()._offers(window)
        # A vendor of a company of the scope may be of none in which the user works.
        partners = self.env["res.partner"].browse(offer.partner_id for offer in offers)
        seen = set(partners._filtered_access("read").ids)
        offers = [offer for offer in offers if offer.partner_id in seen]
        for offer in offers[:MOST_VENDORS]:
            yield {
                "kind": "money",
                "partner_id": offer.partner_id,
                "room": float(offer.room),
                "is_used": False,
            }

    def _proposed_prospects(self, window):
        prospects = self.env["pso.vendor.prospect"].with_context(
            pso_days=[window.start, window.end]
        )
        found = prospects.search(
            [("company_id", "in", window.companies.ids)], limit=MOST_PROSPECTS
        )
        for vendor in found.partner_id._filtered_access("read"):
            yield {"kind": "won", "partner_id": vendor.id, "is_used": False}

    # -- the answer --------------------------------------------------------------------

    @without_defaults
    def action_ask(self):
        """Answer the question, and show the answer in the same dialog.

        :raise UserError: where something is not said that it takes
        """
        self.ensure_one()
        self.check_access("write")
        asked = self._asked()
        found = self._solve(asked)
        ranked = cost_per_point(asked.facts, asked.ladder, asked.given)
        self.write(
            {
                "answer": self._in_words(found),
                "ranking": self._ranking_in_words(ranked, asked.means),
                "is_answered": not isinstance(found, Missing),
            }
        )
        return self._reopen()

    @without_defaults
    def action_take(self):
        """Make a scenario of the answer, and open it.

        :raise UserError: where there is no answer to take
        """
        self.ensure_one()
        self.check_access("write")
        found = self._solve(self._asked())
        if isinstance(found, Missing):
            raise UserError(self.env._("There is no answer that reaches the level."))
        lines = [Command.create(vals) for vals in self._lines(found)]
        name = self._answer_name(found)
        if self.scenario_id:
            scenario = self.scenario_id.copy({"name": name})
            scenario.line_ids = lines
        else:
            scenario = self.env["pso.scenario"].create(
                {**self._new_base(), "name": name, "line_ids": lines}
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": "pso.scenario",
            "res_id": scenario.id,
            "views": [[False, "form"]],
        }

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Ask"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [[False, "form"]],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def _facts(self):
        """Return window and facts of the base, exactly.

        :raise UserError: where the base has no figures, saying why
        """
        base = self._base().sudo()
        outcome = base._outcome()
        if not outcome.figures:
            raise UserError(outcome.obstacle)
        facts = Facts(*(exact(outcome.figures[name]) for name in FORMULA_FACTS))
        return outcome.window, facts

    def _asked(self):
        """Return what the solver is asked about, as ``Asked``.

        :raise UserError: naming what has to be said first
        """
        window, facts = self._facts()
        if self.date_from and not window.start <= self.date_from <= window.end:
            raise UserError(
                self.env._("Hires begin on a day of the period (Hires from).")
            )
        if self.budget < 0:
            raise UserError(self.env._("A budget is zero or more (Budget)."))
        means = self._means()
        if not means:
            raise UserError(
                self.env._("Tick at least one means that may be used (Means).")
            )
        without_cost = [
            row.name for row in means if not row.is_free and not row._said_cost()
        ]
        if without_cost:
            raise UserError(
                self.env._(
                    "Say what these cost, or tick Costs Nothing: %(means)s.",
                    means="; ".join(without_cost),
                )
            )
        ladder = self._base().sudo()._ladder(window)
        return Asked(facts, ladder, means, means._for_solver(window))

    def _solve(self, asked):
        """Ask the solver.

        :return: its ``Answer``, or ``Missing``
        :raise UserError: naming what has to be said first
        """
        facts, ladder, _means, given = asked
        if self.question == FARTHEST:
            return farthest(facts, ladder, given, exact(self.budget))
        if not self.level_id:
            raise UserError(self.env._("Say which level is to be reached (Level)."))
        level = self.level_id.sudo()
        budget = exact(self.budget) if self.budget else None
        if level not in dict(ladder.rungs):
            raise UserError(
                self.env._(
                    "%(level)s does not follow from a score: choose another level "
                    "(Level).",
                    level=level.name,
                )
            )
        return cheapest(facts, ladder, level, given, budget)

    def _means(self):
        means = self.means_ids.filtered("is_used")
        means._check_means()
        return means

    def _lines(self, found):
        """Return the changes of an answer, as values of scenario lines."""
        rows = {row.id: row for row in self.means_ids}
        lines = []
        for key, count in found.counts.items():
            if count:
                lines.append(rows[key[1]]._line(count))
        # Certificates first: spend is judged by them.
        return sorted(lines, key=lambda vals: vals["kind"] != "certificate")

    def _answer_name(self, found):
        level = found.score.level
        return self.env._(
            "%(level)s for %(cost)s",
            level=level.name if level else self.env._("Below the norms"),
            cost=self._money(found.cost),
        )

    def _money(self, amount):
        return reckoned_amount(self.env, amount, self.currency_id)
