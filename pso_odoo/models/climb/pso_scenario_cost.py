from odoo import api, fields, models
from odoo.tools import format_amount

from .pso_scenario_line import FREE


class PsoScenarioLine(models.Model):
    """What a change costs a year, where somebody says so."""

    _inherit = "pso.scenario.line"

    cost = fields.Monetary(
        string="Cost a Year",
        compute="_compute_cost",
        store=True,
        readonly=False,
        help="Of a full year; negative where it saves money. Filled in by the costs "
        "under Configuration, if there are any, and yours to change.",
    )
    is_free = fields.Boolean(
        string="Costs Nothing",
        help="On where a cost of zero is meant, and not just unknown.",
    )

    @api.depends(
        *("kind", "people", "hours", "group_id", "form_id", "to_form_id", "fte"),
        *("partner_id", "to_partner_id", "amount"),
    )
    def _compute_cost(self):
        for line in self:
            known = line._default_cost() if line._is_usable() else None
            line.cost = line.cost if known is None else known

    def _default_cost(self):
        """Return the cost of a year by the company's costs, None if it has none."""
        costs, company = self.env["pso.cost"], self.scenario_id.company_id
        if self.kind == "staff":
            rate = costs._per_fte(
                company, self.group_id.browse(), self.form_id.browse()
            )
            return None if rate is None else rate * self.fte
        if self.kind in ("hire", "leave", "form"):
            return self._default_cost_of_people(costs, company)
        if self.kind in ("spend", "move"):
            extra = costs._extra_price(company, self._certified())
            return None if extra is None else extra * self.amount
        return None

    def _default_cost_of_people(self, costs, company):
        fulltime = company.sudo().pso_fulltime_hours
        fte = self.people * min(self.hours, fulltime) / fulltime
        rate = costs._per_fte(company, self.group_id, self.form_id)
        if self.kind == "form":
            becomes = costs._per_fte(company, self.group_id, self.to_form_id)
            is_known = rate is not None and becomes is not None
            return fte * (becomes - rate) if is_known else None
        if rate is None:
            return None
        return fte * rate if self.kind == "hire" else -fte * rate

    def _lacks_cost(self):
        return not self.cost and not self.is_free and self.kind not in FREE


class PsoScenario(models.Model):
    """What a scenario costs a year."""

    _inherit = "pso.scenario"

    cost = fields.Monetary(
        string="Cost a Year",
        compute="_compute_scenario_cost",
        help="Of all changes together, in a full year.",
    )
    cost_note = fields.Char(
        string="Cost",
        compute="_compute_scenario_cost",
        help="The cost of a year in words, with what is not known of it.",
    )

    @api.depends("line_ids.cost", "line_ids.is_free", "line_ids.kind")
    @api.depends_context("lang")
    def _compute_scenario_cost(self):
        for scenario in self:
            scenario.cost = sum(scenario.line_ids.mapped("cost"))
            lines = scenario.line_ids
            unknown = len(lines.filtered(lambda line: line._lacks_cost()))
            is_known = any(line.cost or line.is_free for line in lines)
            amount = format_amount(self.env, scenario.cost, scenario.currency_id)
            if unknown and not is_known:
                # Zero would say that it costs nothing.
                scenario.cost_note = self.env._(
                    "not given: %(count)s of %(all)s changes",
                    count=unknown,
                    all=len(lines),
                )
            elif unknown:
                scenario.cost_note = self.env._(
                    "%(amount)s (cost not given: %(count)s of %(all)s changes)",
                    amount=amount,
                    count=unknown,
                    all=len(lines),
                )
            else:
                scenario.cost_note = amount
