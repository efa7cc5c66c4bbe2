from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.climb.pso_scenario_line import PURCHASES
from ..tools.score import exact
from ..tools.solver import Money, People, Won

MOST_HEADS = 10_000


class PsoScenarioMeans(models.TransientModel):
    """Something that may be used to climb: people, money at a vendor, a certificate."""

    _name = "pso.scenario.means"
    _description = "Means to Reach a PSO Level"
    _order = "kind, id"

    question_id = fields.Many2one(
        "pso.scenario.question", required=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="question_id.currency_id")
    is_used = fields.Boolean(
        string="May Be Used", default=True, help="On where the answer may use it."
    )
    kind = fields.Selection(
        [
            ("people", "Hire people"),
            ("money", "Spend at a vendor"),
            ("won", "Vendor wins a certificate"),
        ],
        required=True,
        default="people",
        help="What may be done.",
    )
    name = fields.Char(compute="_compute_name", help="The means, in words.")
    group_id = fields.Many2one(
        "pso.target.group", string="Target Group", ondelete="cascade"
    )
    form_id = fields.Many2one(
        "pso.contract.form", string="Form of Contract", ondelete="cascade"
    )
    hours = fields.Float(string="Hours a Week", digits=(16, 2))
    least = fields.Integer(help="At least so many people.")
    most = fields.Integer(string="People at Most", help="At most so many people.")
    partner_id = fields.Many2one("res.partner", string="Vendor", ondelete="cascade")
    room = fields.Monetary(
        string="Money at Most", help="Never more than counts at this vendor."
    )
    level_id = fields.Many2one("pso.level", string="Assumed Level", ondelete="cascade")
    turnover = fields.Monetary(string="Assumed Turnover")
    vendor_fte = fields.Float(string="Assumed Fte", digits=(16, 2))
    vendor_share = fields.Float(string="Assumed Direct Share (%)", digits=(16, 2))
    cost = fields.Monetary(
        string="Cost a Year",
        compute="_compute_cost",
        store=True,
        readonly=False,
        precompute=True,
        help="Of one person, or of winning the certificate.",
    )
    extra_price = fields.Float(
        string="Extra Price (%)",
        digits=(16, 2),
        compute="_compute_cost",
        store=True,
        readonly=False,
        precompute=True,
        help="What a unit of money costs more here than elsewhere.",
    )
    is_free = fields.Boolean(
        string="Costs Nothing", help="On where a cost of zero is meant."
    )

    @api.depends("kind", "group_id", "form_id", "hours", "partner_id")
    @api.depends_context("lang")
    def _compute_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for row in self:
            about = (row.partner_id.display_name,)
            if row.kind == "people":
                about = (row.group_id.name, row.form_id.name)
            row.name = ": ".join(
                filter(None, (labels.get(row.kind), ", ".join(filter(None, about))))
            )

    @api.depends("kind", "group_id", "form_id", "hours", "partner_id")
    def _compute_cost(self):
        costs = self.env["pso.cost"]
        for row in self:
            company = row.question_id.company_id
            row.cost, row.extra_price = row.cost, row.extra_price
            if row.kind == "people" and row.group_id and row.form_id:
                rate = costs._per_fte(company, row.group_id, row.form_id)
                fulltime = company.sudo().pso_fulltime_hours
                if rate is not None:
                    row.cost = rate * min(row.hours, fulltime) / fulltime
            elif row.kind == "money" and row.partner_id:
                extra = costs._extra_price(company, row.partner_id)
                if extra is not None:
                    row.extra_price = 100 * extra

    def _said_cost(self):
        """Return what one of it costs, zero where it is not said."""
        return self.extra_price if self.kind == "money" else self.cost

    def _refuse(self, why, *names):
        labels = [self._fields[name]._description_string(self.env) for name in names]
        raise UserError(
            self.env._(
                "“%(means)s”: %(why)s (%(fields)s).",
                means=self.name,
                why=why,
                fields=", ".join(labels),
            )
        )

    def _check_means(self):
        """Refuse what cannot be reckoned with, at its field.

        :raise UserError: naming the means, what is wrong, and the fields
        """
        for row in self:
            needed = {
                "people": ("group_id", "form_id", "hours", "most"),
                "money": ("partner_id", "room"),
                "won": ("partner_id", "level_id", "turnover"),
            }[row.kind]
            missing = [name for name in needed if not row[name]]
            if missing:
                row._refuse(self.env._("this is missing"), *missing)
            for name in ("least", "most", "hours", "room", "turnover", "vendor_fte"):
                if row[name] < 0:
                    row._refuse(self.env._("a number of zero or more is wanted"), name)
            if row.least > row.most:
                row._refuse(self.env._("the least is more than the most"), "least")
            if row.most > MOST_HEADS:
                row._refuse(
                    self.env._("that is more than can be reckoned with"), "most"
                )
            if row.kind == "won" and row.cost < 0:
                row._refuse(self.env._("a number of zero or more is wanted"), "cost")
            row._check_vendor()
            if not 0 <= row.vendor_share <= 100:
                row._refuse(self.env._("a share is at most 100"), "vendor_share")

    def _check_vendor(self):
        """Refuse who can be no vendor, as the changes of a scenario do."""
        vendor = self.partner_id.commercial_partner_id
        if self.kind == "people" or not vendor:
            return
        base = self.question_id._base()
        if why := base._why_no_vendors(base._window(), vendor):
            self._refuse(why, "partner_id")

    # -- for the solver ---------------------------------------------------------------

    def _line(self, count):
        """Return the change of a scenario that so much of it is, as values."""
        if self.kind == "people":
            return {
                "kind": "hire",
                "people": int(count),
                "hours": self.hours,
                "group_id": self.group_id.id,
                "form_id": self.form_id.id,
                "date_from": self.question_id.date_from,
                "cost": float(count) * self.cost,
                "is_free": self.is_free,
            }
        assumed = {
            "partner_id": self.partner_id.id,
            "turnover": self.turnover,
            "vendor_fte": self.vendor_fte,
            "vendor_share": self.vendor_share,
        }
        if self.kind == "won":
            return {
                "kind": "certificate",
                "change": "gain",
                "level_id": self.level_id.id,
                "cost": self.cost,
                **assumed,
            }
        return {
            "kind": "spend",
            "amount": float(count),
            "cost": float(count) * self.extra_price / 100,
            "is_free": self.is_free,
            **assumed,
        }

    def _for_solver(self, window):
        """Return what one of each makes of the facts, found as of a change.

        All people by one look, and all vendors by one.

        :return: means of the solver, in the order of the rows
        """
        lines = {
            row: self.env["pso.scenario.line"].sudo().new(row._line(1)) for row in self
        }
        people = self.filtered(lambda row: row.kind == "people")
        given = {
            **people._people_for_solver(window, lines),
            **(self - people)._vendors_for_solver(window, lines),
        }
        return [given[row] for row in self]

    def _people_for_solver(self, window, lines):
        if not self:
            return {}
        base = self.question_id._base().sudo()
        scenarios = self.env["pso.scenario"].sudo()
        hours = base._asked(window, base.line_ids)[1]
        asked = scenarios.line_ids.concat(*(lines[row] for row in self))
        effects = scenarios._people_effects(window, asked, hours)
        given = {}
        for row in self:
            sums, _reasons = effects[lines[row]]
            given[row] = People(
                (row.kind, row.id),
                sums.get("total_days", 0),
                sums.get("direct_days", 0),
                row.least,
                row.most,
                exact(row.cost),
            )
        return given

    def _vendors_for_solver(self, window, lines):
        if not self:
            return {}
        base = self.question_id._base().sudo()
        all_lines = base.line_ids.concat(*(lines[row] for row in self))
        purchases = all_lines.filtered(lambda line: line.kind in PURCHASES)
        books = base._plain_books(window, purchases)
        by_vendor = books.by_vendor(purchases._vendors().ids)
        given = {}
        for row in self:
            own = by_vendor[lines[row]._certified().id].duplicate()
            given[row] = row._vendor_for_solver(window, lines, own)
        return given

    def _vendor_for_solver(self, window, lines, books):
        base, won = self.question_id._base().sudo(), self._won_here()
        before = base.line_ids | lines[self]
        if self.kind == "money" and won:
            before |= lines[won]
        rate, room, effect = base._room(window, before, lines[self], books)
        key = (self.kind, self.id)
        if self.kind == "won":
            return Won(key, max(effect, 0), exact(self.cost))
        return Money(
            key,
            rate,
            min(room, exact(self.room)),
            exact(self.extra_price) / 100,
            ("won", won.id) if won else None,
        )

    def _won_here(self):
        """Return the certificate that this vendor may win, if that is a means too."""
        vendor = self.partner_id.commercial_partner_id
        return self.question_id.means_ids.filtered(
            lambda row: row.is_used
            and row.kind == "won"
            and row.partner_id.commercial_partner_id == vendor
        )[:1]
