from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ...tools.context import without_defaults

MOST_COMPARED = 5


class PsoScenario(models.Model):
    """What if: the score as it would be, if some things were otherwise.

    It starts from a measurement or from the year to today, and changes what its lines
    say. It knows nothing of persons: lines speak of numbers by group, form and hours.
    """

    _name = "pso.scenario"
    _description = "PSO Scenario"
    _order = "id desc"

    name = fields.Char(required=True, help="What this scenario is about.")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        compute="_compute_company_id",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="cascade",
        help="The organisation that is certified.",
    )
    company_ids = fields.Many2many(
        "res.company",
        string="Scope",
        # The record rule asks for companies outside the user's: do not hide them.
        bypass_search_access=True,
        ondelete="restrict",
        compute="_compute_company_ids",
        store=True,
        help="Whose totals it shows: the companies of its measurement, also when that "
        "is gone.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    start_kind = fields.Selection(
        [("measurement", "A measurement"), ("rolling", "The last twelve months")],
        string="Starts from",
        required=True,
        default="measurement",
        help="The figures that the lines change: those of a measurement, live or "
        "locked, or those of the year to today.",
    )
    measurement_id = fields.Many2one(
        "pso.measurement",
        index="btree_not_null",
        ondelete="set null",
        help="A live one is followed, a locked one stays as it is.",
    )
    line_ids = fields.One2many(
        "pso.scenario.line", "scenario_id", string="Changes", copy=True
    )
    line_count = fields.Integer(compute="_compute_line_count")
    compare_ids = fields.Many2many(
        "pso.scenario",
        "pso_scenario_compare_rel",
        "scenario_id",
        "other_id",
        string="Compare with",
        domain="[('company_id', '=', company_id), ('id', '!=', id)]",
        help="Other scenarios that are shown beside this one, five at most.",
    )
    note = fields.Html(help="What it is for, and what it takes for granted.")
    is_shown = fields.Boolean(
        string="On the Dashboard",
        copy=False,
        help="Its line is drawn into the outlook of the dashboard; one scenario of a "
        "company at a time.",
    )

    _one_shown = models.UniqueIndex(
        "(company_id) WHERE is_shown IS TRUE",
        "Another scenario of this company is on the dashboard already: take that off "
        "first (On the Dashboard).",
    )

    @api.depends("measurement_id")
    def _compute_company_id(self):
        for scenario in self:
            scenario.company_id = (
                scenario.measurement_id.company_id
                or scenario.company_id
                or self.env.company
            )

    @api.depends("start_kind", "company_id", "measurement_id.company_ids")
    def _compute_company_ids(self):
        for scenario in self:
            if scenario.start_kind == "rolling":
                scenario.company_ids = scenario.company_id
                continue
            measured = scenario.measurement_id.sudo().company_ids
            # Of a measurement that is gone those that it had: what is left of the
            # scenario still speaks of them.
            scenario.company_ids = (
                measured or scenario.company_ids or scenario.company_id
            )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_scope(vals)
        # Nor may they come in as a default, which a caller can put into the context.
        context = dict(self.env.context)
        context.pop("default_company_ids", None)
        plain = self.with_env(self.env(context=context))
        return super(PsoScenario, plain).create(vals_list).with_env(self.env)

    def write(self, vals):
        self._check_scope(vals)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_planned(self):
        self.env["pso.plan"]._check_none_rests_on(self, "scenario_id")

    def _check_scope(self, vals):
        """Refuse companies that somebody chooses: who reads a scenario rests on them.

        :raise AccessError: naming what they follow from
        """
        if "company_ids" in vals and not self.env.su:
            raise AccessError(
                self.env._(
                    "The companies of a scenario are those of its measurement, or its "
                    "own: choose another of these (Scope)."
                )
            )

    @api.depends("line_ids")
    def _compute_line_count(self):
        for scenario in self:
            scenario.line_count = len(scenario.line_ids)

    @api.constrains("start_kind", "measurement_id", "company_id")
    def _check_start(self):
        for scenario in self:
            if scenario.start_kind != "measurement":
                continue
            if not scenario.measurement_id:
                raise ValidationError(scenario._missing_start())
            if scenario.measurement_id.company_id != scenario.company_id:
                raise ValidationError(
                    self.env._(
                        "“%(scenario)s” is of another company than its measurement "
                        "(Measurement).",
                        scenario=scenario.name,
                    )
                )

    @api.constrains("compare_ids")
    def _check_compared(self):
        for scenario in self:
            if len(scenario.compare_ids) > MOST_COMPARED:
                raise ValidationError(
                    self.env._(
                        "Compare with at most %(count)s others (Compare with).",
                        count=MOST_COMPARED,
                    )
                )

    def _missing_start(self):
        """Say that a scenario has no start, and the way out."""
        return self.env._(
            "“%(scenario)s” has no measurement to start from: it was deleted, or none "
            "was chosen. Choose one, or start from the last twelve months "
            "(Measurement).",
            scenario=self.name,
        )

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        for scenario, vals in zip(self, vals_list, strict=True):
            if "name" not in (default or {}):
                vals["name"] = self.env._("%(name)s (copy)", name=scenario.name)
        return vals_list

    def _window(self):
        """Return the window that a scenario starts from, none if it has no start.

        As superuser: what it starts from is told as totals alone.
        """
        self.ensure_one()
        measurements = self.env["pso.measurement"].sudo()
        if self.start_kind == "measurement":
            start = self.measurement_id._origin
            return start and start.sudo()._window()
        today = fields.Date.context_today(self)
        if not self.company_id or not self.env["pso.edition"].sudo()._at(today):
            return None
        return measurements._rolling(self.company_id._origin)

    @without_defaults
    def action_show(self):
        """Draw this scenario into the outlook of the dashboard, in place of another.

        :raise AccessError: for who may not write scenarios
        """
        self.ensure_one()
        self.check_access("write")
        others = self.sudo().with_context(active_test=False)
        shown = others.search(
            [("company_id", "=", self.company_id.id), ("is_shown", "=", True)]
        )
        shown.is_shown = False
        # Before the other one, or the index would refuse both.
        shown.flush_recordset(["is_shown"])
        self.is_shown = True

    @without_defaults
    def action_hide(self):
        """Take this scenario off the dashboard.

        :raise AccessError: for who may not write scenarios
        """
        self.check_access("write")
        self.is_shown = False

    @api.readonly
    @without_defaults
    def action_open_start(self):
        """Open the measurement that this scenario starts from."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "pso.measurement",
            "res_id": self.measurement_id.id,
            "views": [[False, "form"]],
        }
