from odoo import api, fields, models


class PsoPersonLineMixin(models.AbstractModel):
    """What one person adds, over days on which nothing changes (section 3).

    A *staff* line is a stretch of employment: it adds to the total fte. A *target
    group* line is a status within such a stretch: it adds to the direct fte, and
    corrects the total where its form of contract is not part of it.

    The sums are kept in hours a week x days, in decimals, which are exact: divided
    once, by the full-time hours and the days of the period, they make the fte.
    """

    _name = "pso.person.line.mixin"
    _description = "Person in a PSO Measurement"
    _inherit = ["pso.line.mixin"]
    _order = "measurement_id, key, date_from, kind desc"

    kind = fields.Selection(
        [("staff", "Staff"), ("group", "Target group")], required=True, readonly=True
    )
    employee_id = fields.Many2one(
        "hr.employee", readonly=True, index="btree_not_null", ondelete="set null"
    )
    key = fields.Char(
        readonly=True,
        help="Stands for the person in exports; the same every year.",
    )
    company_id = fields.Many2one("res.company", readonly=True, ondelete="restrict")
    department_id = fields.Many2one(
        "hr.department",
        readonly=True,
        ondelete="set null",
        help="Of these days, not of today.",
    )
    work_location_id = fields.Many2one(
        "hr.work.location",
        readonly=True,
        ondelete="set null",
        help="Of these days, not of today.",
    )
    version_id = fields.Many2one("hr.version", readonly=True, ondelete="set null")
    status_id = fields.Many2one("pso.status", readonly=True, ondelete="set null")
    group_id = fields.Many2one("pso.target.group", readonly=True, ondelete="restrict")
    form_id = fields.Many2one("pso.contract.form", readonly=True, ondelete="restrict")
    date_from = fields.Date(string="From", readonly=True)
    date_to = fields.Date(string="To", readonly=True)
    days = fields.Integer(readonly=True)
    hours = fields.Float(string="Hours a Week", readonly=True, aggregator=None)
    fulltime_hours = fields.Float(
        string="Full-Time Hours", readonly=True, aggregator=None
    )
    inflow = fields.Date(string="Inflow or Event", readonly=True)
    counted_from = fields.Date(readonly=True)
    counted_to = fields.Date(string="Counted Until", readonly=True)
    counted_days = fields.Integer(readonly=True)
    group_weight = fields.Float(readonly=True, aggregator=None)
    form_weight = fields.Float(readonly=True, aggregator=None)
    is_rule_known = fields.Boolean(
        string="Rule Known",
        readonly=True,
        help="Off where a weight or a counting period is not public.",
    )
    is_rule_confirmed = fields.Boolean(string="Rule Confirmed", readonly=True)
    is_verified = fields.Boolean(string="Proof Verified", readonly=True)
    reason = fields.Selection(
        [
            ("counts", "Counts"),
            ("not_in_size", "Does not count in the total fte"),
            ("no_hours", "No contract hours"),
            ("no_rule", "Group or form of contract not in this edition"),
            ("event_missing", "Date of the event is missing"),
            ("no_contract", "No contract dates"),
            ("weight_unknown", "Weight is not public"),
            ("no_weight", "Weight is zero"),
            ("not_started", "Counting period had not started"),
            ("period_ended", "Counting period of the group has ended"),
            ("form_ended", "Longest period of the form of contract has ended"),
            ("partly", "Counts for part of these days"),
            ("other_job", "Counts for what another job leaves of one fte"),
        ],
        string="Why",
        readonly=True,
    )
    # NUMERIC columns, which SQL adds up without rounding.
    total_hour_days = fields.Float(digits=0, readonly=True)
    direct_hour_days = fields.Float(digits=0, readonly=True)
    proven_hour_days = fields.Float(digits=0, readonly=True)
    pso30_hour_days = fields.Float(string="PSO 30+ Hour Days", digits=0, readonly=True)
    pso30_regular_hour_days = fields.Float(
        string="PSO 30+ Regular Hour Days", digits=0, readonly=True
    )
    total_fte = fields.Float(readonly=True)
    direct_fte = fields.Float(readonly=True)

    @api.depends("key")
    @api.depends_context("lang")
    def _compute_display_name(self):
        """Name nobody: the name of a record travels further than the record."""
        for line in self:
            line.display_name = self.env._("Person %(key)s", key=line.key)
