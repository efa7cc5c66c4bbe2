from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

# What is counted: from facts about persons, which only the PSO Target Group is told;
# from other records; and by hand.
OF_PERSONS = ("hires", "places", "stayed")
OF_RECORDS = ("positions", "tasks", "share", "vendors")
BY_HAND = ("talks", "other")
KINDS = [
    ("hires", "Hires of the target group"),
    ("places", "Learning places filled"),
    ("stayed", "Students who stayed"),
    ("positions", "Positions open to the target group"),
    ("tasks", "Tasks carved out into new functions"),
    ("share", "Share of social purchases (%)"),
    ("vendors", "Vendors won"),
    ("talks", "Talks held"),
    ("other", "Something else, by hand"),
]
STATES = [("open", "To do"), ("done", "Done"), ("dropped", "Dropped")]
MOST = 1_000_000_000


class PsoPlanAction(models.Model):
    """What somebody does for a plan, and by what one sees that it helps.

    Nothing of a person stands in it.
    """

    _name = "pso.plan.action"
    _description = "PSO Action of a Plan"
    _inherit = ["pso.by.buttons.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date_deadline, sequence, id"
    _has_counted_numbers = True

    plan_id = fields.Many2one(
        "pso.plan", required=True, index=True, ondelete="cascade", readonly=False
    )
    company_id = fields.Many2one(related="plan_id.company_id")
    plan_state = fields.Selection(related="plan_id.state", string="State of the Plan")
    sequence = fields.Integer(default=10)
    name = fields.Char(
        string="Action",
        required=True,
        help="What is done. Everybody who sees the totals reads it: name nobody.",
    )
    kind = fields.Selection(
        KINDS,
        string="Measure",
        required=True,
        default="other",
        help="By what the progress is seen. What is counted since the start is counted "
        "from the records; of people only the PSO Target Group is told.",
    )
    owner_id = fields.Many2one(
        "res.users",
        required=True,
        default=lambda self: self.env.user,
        index=True,
        ondelete="restrict",
        domain=lambda self: self.env["pso.plan"]._domain_reader(),
        help="Who does it. Once the plan is approved it is an activity of this user.",
    )
    date_deadline = fields.Date(
        string="Deadline",
        required=True,
        compute="_compute_date_deadline",
        store=True,
        readonly=False,
        precompute=True,
        help="By when it is done; the deadline of the plan unless you fill in another.",
    )
    start_value = fields.Float(
        string="At the Start",
        compute="_compute_start_value",
        store=True,
        readonly=False,
        precompute=True,
        aggregator=None,
        help="How much there was when the action was added.",
    )
    target_value = fields.Float(
        string="Target", required=True, default=1, aggregator=None
    )
    manual_value = fields.Float(
        string="Reached, by Hand",
        aggregator=None,
        help="How much there is by now, where no record tells it.",
    )
    state = fields.Selection(
        STATES, required=True, default="open", readonly=True, copy=False
    )

    _target_beyond_start = models.Constraint(
        "CHECK (target_value > start_value)",
        "The target of an action is more than there was at the start (Target).",
    )
    _values_sensible = models.Constraint(
        f"CHECK (start_value BETWEEN 0 AND {MOST} AND target_value <= {MOST} "
        f"AND manual_value BETWEEN 0 AND {MOST})",
        "What an action counts is a number of zero or more (At the Start, Target, "
        "Reached).",
    )
    _share_at_most_all = models.Constraint(
        "CHECK (kind <> 'share' OR target_value <= 100)",
        "A share is 100 % at most (Target).",
    )

    @api.depends("plan_id")
    def _compute_date_deadline(self):
        for action in self:
            action.date_deadline = action.date_deadline or action.plan_id.date_deadline

    @api.depends("kind", "plan_id")
    def _compute_start_value(self):
        """Count what there is now, where the count does not begin with the plan."""
        for action in self:
            action.start_value = action._counted_at_start()

    def _counted_at_start(self):
        """Return how much there is of what is counted from before the plan, too."""
        return 0

    # -- what it may be --------------------------------------------------------

    @api.constrains("date_deadline", "plan_id")
    def _check_deadline(self):
        for action in self:
            plan = action.plan_id
            # A date that is missing is asked for by itself.
            if not (plan.date_start and action.date_deadline and plan.date_deadline):
                continue
            if not plan.date_start <= action.date_deadline <= plan.date_deadline:
                raise ValidationError(
                    self.env._(
                        "The deadline of an action lies within its plan, from "
                        "%(start)s to %(end)s (Deadline).",
                        start=format_date(self.env, plan.date_start),
                        end=format_date(self.env, plan.date_deadline),
                    )
                )

    @api.constrains("owner_id", "plan_id")
    def _check_owner(self):
        for action in self:
            action.plan_id._check_reader(action.owner_id, self.env._("Owner"))
