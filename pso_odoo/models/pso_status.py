from contextlib import contextmanager

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_date, mute_logger


class PsoStatus(models.Model):
    """That somebody belongs to a target group, from and until when (section 3).

    This is, or implies, health data: only the PSO HR group sees it, it has no
    chatter, and no message about it reaches anybody else.
    """

    _name = "pso.status"
    _description = "PSO Target-Group Status"
    _inherit = ["pso.evidence.mixin", "pso.source.mixin"]
    _order = "employee_id, date_start desc"

    _evidence_of = frozenset(
        {"employee_id", "group_id", "form_id", "date_start", "date_end"}
    )

    employee_id = fields.Many2one(
        "hr.employee",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('company_id', 'in', allowed_company_ids)]",
    )
    company_id = fields.Many2one(
        related="employee_id.company_id", store=True, index=True, precompute=True
    )
    group_id = fields.Many2one(
        "pso.target.group",
        string="Target Group",
        required=True,
        index=True,
        ondelete="restrict",
    )
    form_id = fields.Many2one(
        "pso.contract.form",
        string="Form of Contract",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env["pso.contract.form"].search([], limit=1),
    )
    date_start = fields.Date(
        string="Start",
        required=True,
        help="First day on which this group and this form of contract apply.",
    )
    date_end = fields.Date(
        string="End", help="Last day on which they apply; empty for no known end."
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
        string="Zero-Hours Contract", help="Does not count for PSO 30+."
    )
    needs_event = fields.Boolean(compute="_compute_counting")
    counted_from = fields.Date(compute="_compute_counting")
    counted_until = fields.Date(
        compute="_compute_counting",
        help="Last day on which this status counts, under the edition in force today.",
    )
    counting_note = fields.Char(
        string="Counts",
        compute="_compute_counting",
        help="From when until when this status counts, and why.",
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
        for vals in vals_list:
            self._check_values(vals, self.browse())
        with self._overlap_said_in_words():
            return super().create(vals_list)

    def write(self, vals):
        for status in self:
            self._check_values(vals, status)
        with self._overlap_said_in_words():
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
    def _overlap_said_in_words(self):
        """Let the check that names the other status speak before the database does."""
        constraint = SQL.identifier("pso_status_one_at_a_time")
        self.env.cr.execute(SQL("SET CONSTRAINTS %s DEFERRED", constraint))
        yield
        with mute_logger("odoo.sql_db"):  # it would log whose status this is
            self.flush_model()
            self.env.cr.execute(SQL("SET CONSTRAINTS %s IMMEDIATE", constraint))

    @api.depends("group_id", "date_start")
    def _compute_display_name(self):
        """Without the person: the name of a record travels further than the record."""
        for status in self:
            status.display_name = self.env._(
                "%(group)s from %(date)s",
                group=status.group_id.name or "",
                date=format_date(self.env, status.date_start),
            )

    @api.constrains("employee_id", "date_start", "date_end")
    def _check_one_at_a_time(self):
        """Say which status is in the way, and nothing of whom: messages are logged.

        The database guards against races.
        """
        for status in self:
            others = Domain("employee_id", "=", status.employee_id.id) & Domain(
                "id", "!=", status.id
            )
            others &= Domain("date_end", "=", False) | Domain(
                "date_end", ">=", status.date_start
            )
            if status.date_end:
                others &= Domain("date_start", "<=", status.date_end)
            if other := self.search(others, limit=1):
                raise ValidationError(
                    self.env._(
                        "This employee already has a status from %(start)s to %(end)s, "
                        "and has one at a time: change Start or End of one of them.",
                        start=format_date(self.env, other.date_start),
                        end=format_date(self.env, other.date_end)
                        or self.env._("no end"),
                    )
                )

    @api.depends("employee_id", "group_id", "date_start", "date_inflow_manual")
    def _compute_date_inflow(self):
        """The entered inflow, else that of the preceding status of the same group."""
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
        self.date_inflow_manual = False
        self._compute_date_inflow()
        for status, inflow in entered.items():
            if inflow and inflow != status.date_inflow:
                status.date_inflow_manual = inflow

    @api.depends(
        "employee_id",
        "group_id",
        "form_id",
        "date_start",
        "date_end",
        "date_inflow_manual",
        "date_event",
    )
    def _compute_counting(self):
        """When the status counts under today's edition, in dates and in words."""
        edition = self.env["pso.edition"]._at(fields.Date.context_today(self))
        rules = {rule.group_id: rule for rule in edition.group_rule_ids}
        periods = {
            period.status_id: period
            for period in self.env["pso.status.period"].search(
                [("edition_id", "=", edition.id), ("status_id", "in", self.ids)]
            )
        }
        for status in self:
            rule = rules.get(status.group_id._origin)
            period = periods.get(status, self.env["pso.status.period"])
            status.needs_event = rule and rule.counting_from == "event"
            status.counted_from = period.counted_from
            status.counted_until = period.counted_until
            status.counting_note = period._explanation() if period else False

    def _sql_inflow(self):
        """SQL: all statuses with their inflow and the start of the run of their form.

        The inflow is entered, or that of the preceding status of the same group, or
        the start (section 3). A run is an unbroken row of statuses of one form: the
        longest period of a form is counted from its first day.
        """
        return SQL(
            """
            SELECT run.*,
                FIRST_VALUE(COALESCE(date_inflow_manual, date_start)) OVER (
                    PARTITION BY employee_id, group_id, entered ORDER BY date_start
                ) AS inflow,
                FIRST_VALUE(date_start) OVER (
                    PARTITION BY employee_id, run_number ORDER BY date_start
                ) AS run_start
            FROM (
                SELECT step.*,
                    COUNT(date_inflow_manual) OVER (
                        PARTITION BY employee_id, group_id ORDER BY date_start
                    ) AS entered,
                    SUM(CASE WHEN continues THEN 0 ELSE 1 END) OVER (
                        PARTITION BY employee_id ORDER BY date_start
                    ) AS run_number
                FROM (
                    SELECT status.*,
                        LAG(form_id) OVER employee = form_id
                        AND LAG(date_end) OVER employee + 1 = date_start AS continues
                    FROM pso_status status
                    WINDOW employee AS (PARTITION BY employee_id ORDER BY date_start)
                ) step
            ) run
            """
        )
