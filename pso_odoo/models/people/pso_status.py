from contextlib import contextmanager

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, format_date, mute_logger

from ...tools.cells import YEARS
from ..common.sources import ALL_FIELDS

# Whether somebody counts on a day.
STATES = [
    ("counts", "Counts Now"),
    ("future", "Counts Later"),
    ("ended", "Ended"),
    ("not", "Does Not Count"),
]
# Why it may be recorded: GDPR, and articles 22, 23 and 30 of the Dutch act (UAVG).
LEGAL_BASES = [
    ("entitlement", "Law or Collective Agreement (9.2b)"),
    ("reintegration", "Reintegration or Guidance (9.2b)"),
    ("consent", "Explicit Consent (9.2a)"),
    ("public_interest", "Substantial Public Interest (9.2g)"),
    ("interest", "Not Special Data: Legitimate Interest (6.1f)"),
]


class PsoStatus(models.Model):
    """That somebody belongs to a target group, from and until when (section 3).

    This is, or implies, health data: only the PSO HR group sees it, it has no
    chatter, and no message about it reaches anybody else.
    """

    _name = "pso.status"
    _description = "PSO Target-Group Status"
    _inherit = [
        "pso.logged.read.mixin",
        "pso.evidence.mixin",
    ]
    _figures_rest_on = ALL_FIELDS
    _order = "employee_id, date_start desc"
    _known_by = ("employee_id", "date_start")

    _evidence_of = frozenset(
        {
            *("employee_id", "group_id", "form_id", "date_start", "date_end"),
            *("date_event", "date_inflow", "date_inflow_manual"),
        }
    )

    employee_id = fields.Many2one(
        "hr.employee",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('company_id', 'in', allowed_company_ids)]",
        help="Who belongs to the target group. Hired and agency workers, interns and "
        "sheltered workers who count are employees in Odoo too.",
    )
    employee_name = fields.Char(related="employee_id.name")
    company_id = fields.Many2one(
        related="employee_id.company_id",
        store=True,
        index=True,
        precompute=True,
        help="The company whose score this person adds to.",
    )
    group_id = fields.Many2one(
        "pso.target.group",
        string="Target Group",
        required=True,
        index=True,
        ondelete="restrict",
        help="The position from which the person came in. PSO looks at the position at "
        "inflow, not at that of today.",
    )
    form_id = fields.Many2one(
        "pso.contract.form",
        string="Form of Contract",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env["pso.contract.form"].search([], limit=1),
        help="How the person works here. Some forms count for less, and a placement "
        "for three years at most.",
    )
    date_start = fields.Date(
        string="Start",
        required=True,
        help="First day on which this group and this form of contract apply.",
    )
    date_end = fields.Date(
        string="End",
        help="Last day on which they apply; empty for no known end. The end of the "
        "contract and of the counting period are looked at anyway.",
    )
    date_inflow = fields.Date(
        string="Inflow",
        compute="_compute_date_inflow",
        inverse="_inverse_date_inflow",
        help="The day on which the person came in from the target group; the counting "
        "period starts here. Taken over from the preceding status of the same group, "
        "else the start. Fill in another date where somebody came in anew.",
    )
    date_inflow_manual = fields.Date(
        string="Inflow (entered)", help="The inflow as entered, empty where derived."
    )
    date_event = fields.Date(
        string="Event",
        help="For groups that count from an event: the day of leaving school, or of "
        "losing the target-group status.",
    )
    is_zero_hours = fields.Boolean(
        string="Zero-Hours Contract",
        help="Counts for PSO by the contract hours, but not for PSO 30+.",
    )
    legal_basis = fields.Selection(
        LEGAL_BASES,
        help="Why you may record this, with the article of the GDPR; your data "
        "protection officer decides. Law or collective agreement: rights that depend "
        "on health, such as a wage subsidy (UAVG 30.1a). Reintegration or guidance of "
        "people who are ill or disabled (UAVG 30.1b). Explicit consent: seldom free "
        "towards an employer, and can be withdrawn. Substantial public interest: only "
        "where a law says so. Not special data: groups that say nothing about health "
        "or origin.",
    )
    date_informed = fields.Date(
        string="Informed On",
        help="On which day the person was told what is recorded, why, who sees it and "
        "how long it is kept (GDPR art. 13 and 14).",
    )
    proof_kind = fields.Selection(
        selection_add=[
            ("decision", "Decision of UWV or municipality"),
            ("register", "Extract of the target-group register"),
            ("school", "Statement or contract of a school"),
            ("statement", "Statement of an institution or the sender"),
            ("list",),
            ("other",),
        ]
    )
    _dates_in_order = models.Constraint(
        "CHECK (date_end >= date_start)",
        "A target-group status cannot end before it starts (End).",
    )
    # int4range and daterange bring their own gist support: no extension is needed.
    _one_at_a_time = models.Constraint(
        "EXCLUDE USING gist (int4range(employee_id, employee_id, '[]') WITH &&, "
        "daterange(date_start, date_end, '[]') WITH &&) DEFERRABLE",
        "An employee has one target-group status at a time: this one overlaps "
        "another (Start, End).",
    )

    @api.model_create_multi
    def create(self, vals_list):
        defaults = self.default_get(
            ["employee_id", "group_id", "date_start", "date_end"]
        )
        for vals in vals_list:
            self._check_values(defaults | vals, self.browse())
        with self._overlap_as_validation_error():
            return super().create(vals_list)

    def write(self, vals):
        for status in self:
            self._check_values(vals, status)
        with self._overlap_as_validation_error():
            return super().write(vals)

    def _check_values(self, vals, status):
        """Refuse what the database would refuse, which would log the whole row.

        :raise ValidationError: naming the field
        """
        for name in ("employee_id", "group_id", "date_start"):
            if not vals.get(name, status[name]):
                raise ValidationError(
                    self.env._(
                        "A target-group status needs a value in %(field)s.",
                        field=self._fields[name]._description_string(self.env),
                    )
                )
        start = fields.Date.to_date(vals.get("date_start", status.date_start))
        end = fields.Date.to_date(vals.get("date_end", status.date_end))
        if end and end < start:
            raise ValidationError(
                self.env._("A target-group status cannot end before it starts (End).")
            )

    @contextmanager
    def _overlap_as_validation_error(self):
        """Let the check that names the other status speak before the database does."""
        constraint = SQL.identifier("pso_status_one_at_a_time")
        self.env.cr.execute(SQL("SET CONSTRAINTS %s DEFERRED", constraint))
        with mute_logger("odoo.sql_db"):  # it would log whose status this is
            yield
            self.flush_model()
            self.env.cr.execute(SQL("SET CONSTRAINTS %s IMMEDIATE", constraint))

    @api.depends("group_id", "date_start")
    def _compute_display_name(self):
        """Name a status by what is saved, and without the person.

        The name of a record travels further than the record; of what is typed it is not
        yet the name.
        """
        for status in self:
            saved = status._origin
            if not saved:
                status.display_name = self.env._("New status")
                continue
            status.display_name = self.env._(
                "%(group)s from %(date)s",
                group=saved.group_id.name,
                date=format_date(self.env, saved.date_start),
            )

    @api.constrains("employee_id", "company_id")
    def _check_company_of_employee(self):
        """Hold the company to that of the employee, whatever is written by RPC.

        :raise ValidationError: where it is another
        """
        for status in self.sudo():
            if status.company_id != status.employee_id.company_id:
                raise ValidationError(
                    self.env._(
                        "A target-group status is of the company of its employee "
                        "(Company)."
                    )
                )

    @api.constrains("employee_id", "date_start", "date_end")
    def _check_one_at_a_time(self):
        """Say which status is in the way, and nothing of whom: messages are logged.

        The database guards against races.
        """
        names = ("employee_id", "date_start", "date_end")
        rows = self.env.execute_query(
            SQL(
                """
                SELECT status.id, other.id
                FROM pso_status status
                JOIN pso_status other ON other.employee_id = status.employee_id
                    AND other.id <> status.id
                    AND daterange(other.date_start, other.date_end, '[]')
                        && daterange(status.date_start, status.date_end, '[]')
                WHERE status.id = ANY(%(ids)s)
                ORDER BY status.id, other.date_start DESC
                LIMIT 1
                """,
                ids=self.ids,
                to_flush=[self._fields[name] for name in names],
            )
        )
        for status_id, other_id in rows:
            status, other = self.browse((status_id, other_id))
            raise ValidationError(status._overlap_in_words(other))

    def _overlap_in_words(self, other):
        start = format_date(self.env, other.date_start)
        if not other.date_end:
            return self.env._(
                "This employee already has a status from %(start)s without an end, and "
                "has one at a time: give that one an End first, or change Start.",
                start=start,
            )
        return self.env._(
            "This employee already has a status from %(start)s to %(end)s, and has one "
            "at a time: change Start or End of one of them.",
            start=start,
            end=format_date(self.env, other.date_end),
        )

    @api.constrains("date_informed")
    def _check_date_informed(self):
        today = fields.Date.context_today(self)
        if any(
            status.date_informed and status.date_informed > today for status in self
        ):
            raise ValidationError(
                self.env._("Nobody can have been informed in the future (Informed On).")
            )

    @api.onchange("date_start", "date_end", "date_inflow", "date_event")
    def _onchange_dates(self):
        """Ask about a year that is likely mistyped; imported lists refuse it."""
        for name in ("date_start", "date_end", "date_inflow", "date_event"):
            if self[name] and self[name].year not in YEARS:
                return {
                    "warning": {
                        "title": self._fields[name]._description_string(self.env),
                        "message": self.env._(
                            "Is %(date)s right? Leave a date empty that is not known.",
                            date=format_date(self.env, self[name]),
                        ),
                    }
                }

    @api.depends("employee_id", "group_id", "date_start", "date_inflow_manual")
    def _compute_date_inflow(self):
        """Take the entered inflow, else that of the preceding status of the group."""
        earlier = self.search(
            [
                ("employee_id", "in", self.employee_id.ids),
                ("group_id", "in", self.group_id.ids),
            ],
            order="date_start",
        )
        runs = earlier.grouped(lambda s: (s.employee_id, s.group_id))
        for status in self:
            if status.date_inflow_manual or not status.date_start:
                status.date_inflow = status.date_inflow_manual
                continue
            key = (status.employee_id._origin, status.group_id._origin)
            inflow = None
            for other in runs.get(key, ()):
                if other.date_start >= status.date_start or other == status._origin:
                    break
                inflow = other.date_inflow_manual or inflow or other.date_start
            status.date_inflow = inflow or status.date_start

    def _inverse_date_inflow(self):
        """Keep what was entered only where it differs from what is derived."""
        entered = {status: status.date_inflow for status in self}
        self._keep_inflow(False)
        self._compute_date_inflow()
        for status, inflow in entered.items():
            if inflow and inflow != status.date_inflow:
                status._keep_inflow(inflow)

    def _keep_inflow(self, inflow):
        # Whether that withdraws a verification was decided when it was entered.
        for state, statuses in self.grouped("evidence_state").items():
            statuses.write({"date_inflow_manual": inflow, "evidence_state": state})
