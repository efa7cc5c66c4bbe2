from dateutil.relativedelta import relativedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

from ...tools.groups import USER

# What the scheme asks of a plan of action (section 1), in the order of the word SMART.
SMART = ("specific", "measurable", "accepted", "realistic", "time_bound")
# An aspirant has so long to reach step 1.
ASPIRANT_YEARS = 2
ASPIRANT, STEP1 = "aspirant", "step1"


class PsoPlan(models.Model):
    """How a company gets to a higher level, and by when (rule book, section 1).

    The scheme asks one of an aspirant (*plan van aanpak*): SMART, and approved by
    management. It says nothing of a person.
    """

    _name = "pso.plan"
    _description = "PSO Plan of Action"
    _inherit = ["pso.by.buttons.mixin", "mail.thread"]
    _order = "date_deadline desc, id desc"

    name = fields.Char(
        required=True,
        tracking=True,
        help="What the plan is called. Everybody who sees the totals reads it: name "
        "nobody.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
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
        help="The companies whose records are counted: those of the measurement, or "
        "the company with its branches that have no KvK number of their own.",
    )
    measurement_id = fields.Many2one(
        "pso.measurement",
        index="btree_not_null",
        ondelete="set null",
        domain="[('company_id', '=', company_id)]",
        help="The measurement that the plan starts from, if there is one.",
    )
    level_id = fields.Many2one(
        "pso.level",
        string="Level at the Start",
        ondelete="restrict",
        compute="_compute_level_id",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        help="Taken from the measurement when you choose one, of a live one as it was "
        "last night; empty for none yet.",
    )
    level_note = fields.Char(
        compute="_compute_level_note",
        help="Why the level at the start is not filled in.",
    )
    target_level_id = fields.Many2one(
        "pso.level",
        required=True,
        ondelete="restrict",
        tracking=True,
        help="The level to be reached, higher than that at the start.",
    )
    date_start = fields.Date(
        string="Start",
        required=True,
        default=fields.Date.context_today,
        tracking=True,
        help="What is counted since the start is counted from this day on.",
    )
    date_deadline = fields.Date(
        string="Deadline",
        required=True,
        tracking=True,
        help="By when the target level is reached. On the day after it the plan is "
        "closed, and what came of it is kept.",
    )
    responsible_id = fields.Many2one(
        "res.users",
        required=True,
        default=lambda self: self.env.user,
        ondelete="restrict",
        domain=lambda self: self._domain_reader(),
        tracking=True,
        help="Who sees to it that the plan is carried out.",
    )
    smart_specific = fields.Text(
        string="Specific", help="What exactly will be different, and where?"
    )
    smart_measurable = fields.Text(
        string="Measurable", help="By which figures does one see that it is reached?"
    )
    smart_accepted = fields.Text(
        string="Accepted", help="Who was asked, and who has agreed to it?"
    )
    smart_realistic = fields.Text(
        string="Realistic", help="Which means, people and hours are there for it?"
    )
    smart_time_bound = fields.Text(
        string="Time-Bound", help="What is done when, and when is it looked at?"
    )
    action_ids = fields.One2many("pso.plan.action", "plan_id", string="Actions")
    action_count = fields.Integer(compute="_compute_action_count")
    done_count = fields.Integer(compute="_compute_action_count")

    # NULL passes a CHECK: required fields are asked for by themselves.
    _dates_in_order = models.Constraint(
        "CHECK (date_deadline > date_start AND date_start >= DATE '1900-01-01' "
        "AND date_deadline < DATE '3000-01-01')",
        "The deadline of a plan lies after its start, and before 3000 (Deadline).",
    )

    def _domain_reader(self):
        return [
            ("all_group_ids", "in", self.env.ref(USER).ids),
            ("share", "=", False),
        ]

    @api.depends("company_id", "measurement_id")
    def _compute_company_ids(self):
        for plan in self:
            measured = plan.measurement_id.sudo().company_ids
            plan.company_ids = measured or plan.company_id._pso_scope()

    @api.depends("measurement_id")
    def _compute_level_id(self):
        for plan in self:
            plan.level_id = plan.measurement_id._level_for_all() or plan.level_id

    @api.depends("measurement_id", "level_id")
    @api.depends_context("lang")
    def _compute_level_note(self):
        for plan in self:
            is_open = not plan.level_id and plan.measurement_id._lacks_level_for_all()
            plan.level_note = is_open and self.env._(
                "Of a live measurement it is the level of last night, and no night is "
                "kept yet: choose it yourself, or choose the measurement again "
                "tomorrow."
            )

    @api.depends("action_ids.state")
    def _compute_action_count(self):
        for plan in self:
            kept = plan.action_ids.filtered(lambda action: action.state != "dropped")
            plan.action_count = len(kept)
            plan.done_count = len(kept.filtered(lambda action: action.state == "done"))

    # -- what it may be --------------------------------------------------------

    @api.constrains("date_start", "date_deadline")
    def _check_actions_within(self):
        self.action_ids._check_deadline()

    @api.constrains("level_id", "target_level_id")
    def _check_target(self):
        for plan in self:
            start, target = plan.level_id, plan.target_level_id
            if start and target.sequence <= start.sequence:
                raise ValidationError(
                    self.env._(
                        "The target, %(target)s, is not higher than the level at the "
                        "start, %(start)s (Target Level).",
                        target=target.name,
                        start=start.name,
                    )
                )
            if target.code == ASPIRANT:
                raise ValidationError(
                    self.env._(
                        "An aspirant status is where a plan starts, not what it "
                        "reaches (Target Level)."
                    )
                )

    @api.constrains("level_id", "target_level_id", "date_start", "date_deadline")
    def _check_aspirant(self):
        """Hold the plan of an aspirant to what the scheme asks (section 1)."""
        of_aspirants = self.filtered(
            lambda plan: (
                plan.level_id.code == ASPIRANT
                and plan.date_start
                and plan.date_deadline
            )
        )
        for plan in of_aspirants:
            latest = plan.date_start + relativedelta(years=ASPIRANT_YEARS)
            if plan.date_deadline > latest:
                raise ValidationError(
                    self.env._(
                        "An aspirant reaches step 1 within two years: by %(date)s at "
                        "the latest (Deadline).",
                        date=format_date(self.env, latest),
                    )
                )
            step1 = self.env["pso.level"].search([("code", "=", STEP1)], limit=1)
            if step1 and plan.target_level_id.sequence < step1.sequence:
                raise ValidationError(
                    self.env._(
                        "The plan of an aspirant reaches %(level)s at least (Target "
                        "Level).",
                        level=step1.name,
                    )
                )

    @api.constrains("company_id", "measurement_id")
    def _check_company_of_measurement(self):
        for plan in self:
            measured = plan.measurement_id.company_id
            if measured and measured != plan.company_id:
                raise ValidationError(
                    self.env._(
                        "The measurement is of another company than the plan "
                        "(Measurement)."
                    )
                )

    @api.constrains("responsible_id", "company_id", "measurement_id")
    def _check_responsible(self):
        for plan in self:
            plan._check_reader(plan.responsible_id, self.env._("Responsible"))

    def _check_reader(self, user, field):
        """See that a user whom the plan names may read it.

        :raise ValidationError: naming the field, and the way to mend it
        """
        if user.id == SUPERUSER_ID:
            return
        as_user = self.with_user(user).with_context(
            allowed_company_ids=user.sudo().company_ids.ids
        )
        if not user.sudo().active or not as_user.has_access("read"):
            raise ValidationError(
                self.env._(
                    "%(user)s may not read this plan (%(field)s): choose somebody who "
                    "sees the totals of all its companies, or ask an administrator "
                    "for the group PSO Score: Totals.",
                    user=user.sudo().name,
                    field=field,
                )
            )
