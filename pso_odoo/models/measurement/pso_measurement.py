import re
from datetime import date

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tools import SQL, format_date

from ...tools.context import without_defaults
from .pso_quality_answer import CRITERIA

# Only locking and unlocking write these.
LOCK_FIELDS = frozenset({"state", "locked_by_id", "locked_on", "locked_figures"})
# What the figures rest on and the workbook shows: closed by locking.
CLOSED = {
    "name",
    "company_id",
    "company_ids",
    "date_start",
    "date_end",
    "edition_id",
    "payroll_fte",
    "correction_ids",
    "quality_ids",
}
# A name that follows the period; one that a user typed stays.
DERIVED_NAME = re.compile(r"PSO \d")


class PsoMeasurement(models.Model):
    """The PSO score of a company over a period, under an edition of the rule book.

    While it is live every figure is derived when it is read; locking keeps figures,
    lines and checks as they are. Percentages are 0-100, fte are averages over the
    period (rule book, sections 2 to 5).
    """

    _name = "pso.measurement"
    _description = "PSO Measurement"
    _inherit = ["pso.by.buttons.mixin", "mail.thread"]
    _by_buttons = LOCK_FIELDS
    _order = "date_end desc, id desc"

    name = fields.Char(
        required=True,
        compute="_compute_name",
        store=True,
        readonly=False,
        precompute=True,
        help="Follows the period until you fill in another name.",
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
        required=True,
        # The record rule asks for companies outside the user's: do not hide them.
        bypass_search_access=True,
        ondelete="restrict",
        compute="_compute_company_ids",
        store=True,
        readonly=False,
        precompute=True,
        help="The companies measured together: those with a KvK number of their own, "
        "each with its branches that have none.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_start = fields.Date(
        string="Start",
        required=True,
        default=lambda self: self._default_start(),
        help="First day of the measured year (peiljaar): any twelve months.",
    )
    date_end = fields.Date(
        string="End",
        required=True,
        compute="_compute_date_end",
        store=True,
        readonly=False,
        precompute=True,
        help="Last day of the measured year. Follows the start until the measurement "
        "is saved.",
    )
    edition_id = fields.Many2one(
        "pso.edition",
        required=True,
        ondelete="restrict",
        compute="_compute_edition_id",
        store=True,
        readonly=False,
        precompute=True,
        help="The edition of the rule book. The date of application decides which: the "
        "one in force at the end of the period is filled in.",
    )
    state = fields.Selection(
        [("live", "Live"), ("locked", "Locked")],
        required=True,
        readonly=True,
        default="live",
        copy=False,
        help="Live figures follow the records, locked ones stay as they were.",
    )
    is_locked = fields.Boolean(compute="_compute_is_locked")
    locked_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, ondelete="restrict"
    )
    locked_on = fields.Datetime(readonly=True, copy=False)
    locked_figures = fields.Json(readonly=True, copy=False)

    payroll_fte = fields.Float(
        string="Total Fte by Payroll",
        help="What the payroll says of the same period, to hold the total fte against.",
    )
    payroll_difference = fields.Float(
        compute="_compute_payroll_difference",
        help="Total fte in Odoo less total fte by payroll.",
    )
    note = fields.Html(help="What the auditor or your successor should know.")

    person_line_ids = fields.One2many(
        "pso.person.line",
        "measurement_id",
        string="People",
        readonly=True,
        groups="pso_odoo.group_pso_hr",
        help="Who counts for how much, and why.",
    )
    supplier_line_ids = fields.One2many(
        "pso.supplier.line", "measurement_id", string="Suppliers", readonly=True
    )
    correction_ids = fields.One2many(
        "pso.correction", "measurement_id", string="Corrections", copy=True
    )
    check_ids = fields.One2many(
        "pso.check", "measurement_id", string="Checks", readonly=True
    )
    open_check_ids = fields.One2many(
        "pso.check",
        "measurement_id",
        string="Open Checks",
        domain=[("shown_count", ">", 0)],
        readonly=True,
    )
    quality_ids = fields.One2many(
        "pso.quality.answer",
        "measurement_id",
        string="Quality Criteria",
        copy=True,
        default=lambda self: [
            Command.create({"criterion": criterion}) for criterion, _label in CRITERIA
        ],
    )
    open_check_count = fields.Integer(compute="_compute_open_check_count")

    # pso.person.line tells lines apart by their day in the period: 4096 at most.
    _period_in_order = models.Constraint(
        "CHECK (date_end >= date_start AND date_end - date_start < 4095 "
        "AND date_start >= DATE '1900-01-01' AND date_end < DATE '3000-01-01')",
        "The period of a measurement ends on or after its start, spans at most eleven "
        "years and lies between 1900 and 2999 (Start, End).",
    )
    _payroll_fte_positive = models.Constraint(
        "CHECK (payroll_fte >= 0 AND payroll_fte < 1e9)",
        "Total fte by payroll is a number of zero or more.",
    )

    # -- defaults and other computed fields -------------------------------

    def _default_start(self):
        """Return the first day of a calendar year.

        It is the last full one, or this one where that is measured already.
        """
        year = fields.Date.context_today(self).year - 1
        is_measured = self.search_count(
            [
                ("company_id", "=", self.env.company.id),
                ("date_start", "=", date(year, 1, 1)),
                ("date_end", "=", date(year, 12, 31)),
            ],
            limit=1,
        )
        return date(year + 1 if is_measured else year, 1, 1)

    @api.depends("date_start")
    def _compute_date_end(self):
        """Propose twelve months from the start; what is saved stays."""
        for measurement in self:
            start = measurement.date_start
            if measurement._origin or not start or start.year == date.max.year:
                measurement.date_end = measurement.date_end
            else:
                measurement.date_end = start + relativedelta(years=1, days=-1)

    @api.depends("date_start", "date_end", "company_id")
    def _compute_name(self):
        for measurement in self:
            start, end = measurement.date_start, measurement.date_end
            is_own = measurement.name and not DERIVED_NAME.match(measurement.name)
            if not start or not end or is_own:
                measurement.name = measurement.name
            elif (start.month, start.day, end.month, end.day) == (1, 1, 12, 31) and (
                start.year == end.year
            ):
                measurement.name = self.env._("PSO %(year)s", year=start.year)
            else:
                measurement.name = self.env._(
                    "PSO %(start)s to %(end)s",
                    start=format_date(self.env, start),
                    end=format_date(self.env, end),
                )

    @api.depends("name")
    def _compute_display_name(self):
        """Name a measurement by what is saved, not by what is typed.

        The web client draws a form with a new title before a date that is typed has
        come back, and goes on showing the date before.
        """
        for measurement in self:
            measurement.display_name = measurement._origin.name

    @api.depends("company_id")
    def _compute_company_ids(self):
        for measurement in self:
            measurement.company_ids |= measurement.company_id._pso_scope()

    @api.depends("date_end")
    def _compute_edition_id(self):
        for measurement in self:
            if measurement.date_end and not measurement._origin.edition_id:
                measurement.edition_id = self.env["pso.edition"]._at(
                    measurement.date_end
                )

    @api.depends("state")
    def _compute_is_locked(self):
        for measurement in self:
            measurement.is_locked = measurement.state == "locked"

    @api.depends("payroll_fte", "total_fte")
    @api.depends_context("uid")
    def _compute_payroll_difference(self):
        for measurement in self:
            measurement.payroll_difference = (
                measurement.payroll_fte
                and measurement.total_fte - measurement.payroll_fte
            )

    @api.depends("check_ids")
    @api.depends_context("uid")
    def _compute_open_check_count(self):
        counts = dict(
            self.env["pso.check"]._read_group(
                [("measurement_id", "in", self.ids), ("shown_count", ">", 0)],
                ["measurement_id"],
                ["__count"],
            )
        )
        for measurement in self:
            measurement.open_check_count = counts.get(measurement._origin, 0)

    # -- constraints ------------------------------------------------------

    @api.constrains("company_id", "company_ids")
    def _check_scope(self):
        for measurement in self:
            if measurement.company_id not in measurement.company_ids:
                raise ValidationError(
                    self.env._(
                        "The scope of %(measurement)s lacks its own company (Scope).",
                        measurement=measurement.name,
                    )
                )
            if len(measurement.sudo().company_ids.currency_id) > 1:
                raise ValidationError(
                    self.env._(
                        "The companies of %(measurement)s have different currencies "
                        "(Scope): measure them apart.",
                        measurement=measurement.name,
                    )
                )
            if (
                not self.env.su
                and measurement.sudo().company_ids - self.env.user.company_ids
            ):
                raise ValidationError(
                    self.env._(
                        "You can only measure companies that you may work in (Scope)."
                    )
                )

    # -- what may change --------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        measurements = super().create(vals_list)
        self._forget_figures()
        return measurements

    def write(self, vals):
        self._check_by_buttons(vals)
        touches_closed = not CLOSED.isdisjoint(vals)
        if touches_closed:
            self._check_may_change(vals)
        else:
            self._refuse_if_reserved()
        result = super().write(vals)
        if touches_closed:
            self._forget_figures()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_locked(self):
        self._check_is_live()

    def _check_may_change(self, vals):
        """Refuse values for what the figures rest on, where they are closed.

        :raise UserError: if one of the measurements is locked, or about to be
        """
        self._check_is_live()

    def _by_buttons_message(self, names):
        return self.env._("A measurement is locked and unlocked by its buttons alone.")

    def _check_is_live(self):
        """Refuse to go on with a measurement that is locked, or about to be.

        :raise UserError: naming it
        """
        self._refuse_if_reserved()
        if self._origin:
            # A change, and not just a look: Odoo tries again who has not seen that it
            # was locked since, and who locks it without having seen this change.
            self.env.cr.execute(
                SQL(
                    "UPDATE pso_measurement SET write_date = %s WHERE id IN %s",
                    self.env.cr.now(),
                    self._origin._ids,
                )
            )
        for measurement in self:
            if measurement.is_locked:
                raise UserError(
                    self.env._(
                        "%(measurement)s is locked: unlock it before you change or "
                        "delete it.",
                        measurement=measurement.name,
                    )
                )

    # -- the records behind the figures -----------------------------------

    @api.readonly
    @without_defaults
    def action_open_people(self):
        """Open the target group of this measurement, by person (PSO HR group)."""
        return self._action_lines("pso_odoo.pso_person_line_action")

    @api.readonly
    @without_defaults
    def action_open_suppliers(self):
        """Open the suppliers of this measurement, by year."""
        return self._action_lines("pso_odoo.pso_supplier_line_action")

    @api.readonly
    @without_defaults
    def action_open_missing(self):
        """Open what the auditor would ask for and not find."""
        context = {"create": False}
        return self._action_lines("pso_odoo.pso_missing_proof_action", context)

    def _action_lines(self, xmlid, context=None):
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.actions"]._for_xml_id(xmlid)
        action["domain"] = [("measurement_id", "=", self.id)]
        if context:
            action["context"] = context
        action["display_name"] = f"{self.name}: {action['name']}"
        return action
