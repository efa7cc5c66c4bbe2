import itertools
import logging
import re

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tools import SQL, format_date, formatLang, ormcache

from .. import columns
from ..context import without_defaults
from ..progress import Progress
from ..score import (
    TOLERANCE,
    Facts,
    compute,
    exact,
    gap_indirect,
    is_none_certain,
    norm_at,
    share,
    spend_for,
)

_logger = logging.getLogger(__name__)

# What a person line adds up, in days of so many hours; some by the weight of the rules.
DAYS = (
    "total_days",
    "direct_days",
    "proven_days",
    "pso30_days",
    "pso30_regular_days",
    "unsure_days",
)
WEIGHTED = {"direct_days", "proven_days"}
# What other lines, and corrections, add up in fte.
SUMS = {
    "suppliers": ("indirect", "proven_indirect"),
    "corrections": ("total_correction", "direct_correction", "unproven_correction"),
}
COMPUTED = {"compute": "_compute_figures", "compute_sudo": True}
FIGURES = (
    "total_fte",
    "direct_fte",
    "direct_percentage",
    "indirect_fte",
    "indirect_percentage",
    "indirect_counted_percentage",
    "total_percentage",
    "level_id",
    "next_level_id",
    "gap_percentage",
    "gap_fte",
    "pso30_percentage",
    "pso30_regular_percentage",
    "is_pso30",
    "is_complete",
    "is_level_certain",
    "proven_direct_percentage",
    "proven_indirect_percentage",
    "proven_total_percentage",
    "proven_level_id",
    "norms",
)
DERIVED = (
    *FIGURES,
    *("gap_amount", "ladder", "payroll_difference", "next_step"),
    *("person_line_ids", "supplier_line_ids", "check_ids", "open_check_ids"),
    "open_check_count",
)
# What is derived line by line. The checks first: they count the lines, live and locked.
LINES = ("pso.check", "pso.person.line", "pso.supplier.line")
# Only locking and unlocking write these.
LOCK_FIELDS = {
    "state",
    "locked_by_id",
    "locked_on",
    "locked_figures",
    "audit_count",
}
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
# What the formula is fed with.
FACTS = ("total_fte", "direct_fte", "indirect_fte")
NO_GAP = {"amount": None, "suppliers": []}
BEST_OFFERS = 3
VIRTUAL_NUMBERS = itertools.count(1)
CRITERIA = ("work", "integration", "development", "guidance")


class PsoMeasurement(models.Model):
    """The PSO score of a company over a period, under an edition of the rule book.

    While it is live every figure is derived when it is read; locking keeps figures,
    lines and checks as they are. Percentages are 0-100, fte are averages over the
    period (rule book, sections 2 to 5).
    """

    _name = "pso.measurement"
    _description = "PSO Measurement"
    _inherit = [
        "mail.thread",
        "pso.seal.mixin",
        "pso.audited.mixin",
        "pso.snapshot.mixin",
        "pso.sampled.mixin",
    ]
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
        default=lambda self: self._default_period()[0],
        help="First day of the measured year (peiljaar): any twelve months.",
    )
    date_end = fields.Date(
        string="End",
        required=True,
        default=lambda self: self._default_period()[1],
        help="Last day of the measured year.",
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

    total_fte = fields.Float(
        **COMPUTED,
        help="All fte of the organisation, unweighted, averaged over the period.",
    )
    direct_fte = fields.Float(
        **COMPUTED,
        help="Weighted fte of the target group in own staff.",
    )
    direct_percentage = fields.Float(
        **COMPUTED, string="Direct (%)", help="Direct social contribution."
    )
    indirect_fte = fields.Float(
        **COMPUTED,
        help="Purchases at certified suppliers, as fte.",
    )
    indirect_percentage = fields.Float(
        **COMPUTED, string="Indirect (%)", help="Indirect social contribution."
    )
    indirect_counted_percentage = fields.Float(
        **COMPUTED,
        string="Indirect Counted (%)",
        help="The indirect contribution as far as it counts: at most the largest "
        "indirect share of the total.",
    )
    total_percentage = fields.Float(
        **COMPUTED,
        string="Total (%)",
        help="Direct plus counted indirect contribution.",
    )
    level_id = fields.Many2one(
        "pso.level",
        **COMPUTED,
        help="The highest level whose norm at this size is reached. Without own staff "
        "of the target group there is none.",
    )
    next_level_id = fields.Many2one(
        "pso.level",
        **COMPUTED,
        help="The lowest level above it with a known norm.",
    )
    gap_percentage = fields.Float(
        **COMPUTED, string="Gap (points)", help="Points missing for the next level."
    )
    gap_fte = fields.Float(
        **COMPUTED,
        string="Gap (fte)",
        help="The fewest fte of weight 1, hired on top for the whole period, with "
        "which the next level is reached.",
    )
    pso30_percentage = fields.Float(
        **COMPUTED, string="PSO 30+ (%)", help="Target group that counts for PSO 30+."
    )
    pso30_regular_percentage = fields.Float(
        **COMPUTED,
        string="PSO 30+ on Regular Contracts (%)",
        help="The part of it on regular contracts.",
    )
    is_pso30 = fields.Boolean(
        string="PSO 30+",
        **COMPUTED,
        help="The highest level, with at least 30% target group, of which a fifth on "
        "regular contracts.",
    )
    is_complete = fields.Boolean(
        string="Complete",
        **COMPUTED,
        help="Off where a figure is a lower bound: a weight is not public, or a "
        "supplier lacks figures or an exchange rate.",
    )
    is_level_certain = fields.Boolean(
        string="Level Certain",
        **COMPUTED,
        help="Off where a higher level might be reached: its norm is not public, or "
        "the figures are not complete. On where there certainly is none: without a "
        "direct contribution, or below the smallest size.",
    )
    proven_direct_percentage = fields.Float(
        **COMPUTED,
        string="Proven Direct (%)",
        help="The direct contribution of people whose proof is verified.",
    )
    proven_indirect_percentage = fields.Float(
        **COMPUTED,
        string="Proven Indirect (%)",
        help="The indirect contribution by certificates that are verified.",
    )
    proven_total_percentage = fields.Float(
        **COMPUTED,
        string="Proven Total (%)",
        help="The same from verified statuses and certificates alone.",
    )
    proven_level_id = fields.Many2one(
        "pso.level",
        **COMPUTED,
        help="The level that the proven figures alone reach.",
    )
    norms = fields.Json(
        string="Norms at this Size",
        **COMPUTED,
        help="The norm at this size by level, or null.",
    )
    gap_amount = fields.Monetary(
        string="Gap (purchases)",
        compute="_compute_gap_amount",
        help="The least amount, bought on top at the certified suppliers that bring "
        "most fte for the money, with which the next level is reached. Empty where "
        "purchases alone do not reach it.",
    )
    ladder = fields.Json(
        compute="_compute_ladder",
        help="The score on the ladder of norms, for the picture of it.",
    )
    next_step = fields.Char(compute="_compute_next_step", help="What is best done now.")

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
        default=lambda self: [Command.create({"criterion": c}) for c in CRITERIA],
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

    def _register_hook(self):
        """Tell the server's log which columns of core have lost their fields."""
        super()._register_hook()
        for complaint in columns.complaints(self.env):
            _logger.warning("PSO: %s", complaint)

    # -- defaults and other computed fields ----------------------------------

    @api.model
    def _default_period(self):
        """The last full calendar year."""
        year = fields.Date.context_today(self).year - 1
        return fields.Date.to_date(f"{year}-01-01"), fields.Date.to_date(
            f"{year}-12-31"
        )

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
        """As saved: a title that follows a date that is typed stops its field.

        The web client draws a form with a new title before the date has come back, and
        goes on showing the date before.
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

    @api.depends(*FIGURES)
    @api.depends_context("uid")
    def _compute_gap_amount(self):
        # As the figures: what is being edited shows that of what is saved.
        for measurement in self:
            saved = measurement._origin
            measurement.gap_amount = saved and saved._gap_purchases()["amount"]

    @api.depends(*FIGURES)
    @api.depends_context("uid", "lang")
    def _compute_ladder(self):
        for measurement in self:
            figures = {name: measurement[name] for name in FIGURES}
            measurement.ladder = measurement._ladder_picture(figures)

    @api.depends("state", "open_check_ids", "quality_ids.answer", "date_end")
    @api.depends_context("uid", "lang", "tz")
    def _compute_next_step(self):
        for measurement in self:
            is_told = bool(measurement._origin) and measurement.has_figures
            measurement.next_step = is_told and measurement._next_step()

    def _next_step(self):
        """One sentence: what brings this measurement to its certificate."""
        if self.is_locked:
            return self.env._("Download the workbook and hand it to the auditor.")
        severities = self.open_check_ids.mapped("severity")
        if errors := severities.count("error"):
            return self.env._(
                "Solve the errors under Checks first (%(count)s).",
                count=errors,
            )
        if warnings := severities.count("warning"):
            return self.env._(
                "Look at the warnings under Checks (%(count)s).", count=warnings
            )
        if self.date_end >= fields.Date.context_today(self):
            return self.env._(
                "The period runs until %(date)s: keep statuses and certificates up to "
                "date.",
                date=format_date(self.env, self.date_end),
            )
        if "open" in self.quality_ids.mapped("answer"):
            return self.env._("Answer the questions under Quality.")
        if self._sees_kept():
            return self.env._(
                "Ask a coordinator who cannot change employees to lock it."
            )
        return self.env._("Lock the measurement, then download the workbook.")

    def _norm_text(self, level, norm):
        """A norm in words: an organisation may also be too small to have one.

        :param level: a rung, as the edition has it
        """
        if norm is not None:
            return formatLang(self.env, norm)
        return "–" if level["points"] else self.env._("unknown")

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

    # -- constraints ---------------------------------------------------------

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

    # -- what may change -----------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_lock_fields(vals)
        # Nor may they come in as defaults, which a caller can put into the context.
        defaults = {f"default_{name}": False for name in LOCK_FIELDS - {"state"}}
        plain = self.with_context(**defaults, default_state="live")
        measurements = super(PsoMeasurement, plain).create(vals_list)
        self._forget_figures()
        return measurements

    def write(self, vals):
        self._check_lock_fields(vals)
        touches_closed = not CLOSED.isdisjoint(vals)
        if touches_closed:
            self._check_is_live()
            self._check_chain(vals)
        else:
            self._refuse_if_reserved()
        result = super().write(vals)
        if touches_closed:
            self._forget_figures()
        return result

    def unlink(self):
        """One that was locked before leaves its seals, and one that it is gone."""
        self.check_access("unlink")
        sealed = self.filtered("revision").sudo()
        sealed._check_is_live()
        sealed._seal("delete")
        return super().unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_locked(self):
        self._check_is_live()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_reviewed(self):
        """:raise UserError: if there is a file review of one, which somebody else may
        be preparing, or which was drawn and stays
        """
        samples = self.env["pso.sample"].sudo()
        reviews = samples.search([("measurement_id", "in", self.ids)])
        for sample in reviews.sorted(lambda sample: sample.state == "draft"):
            names = {
                "measurement": sample.measurement_id.name,
                "sample": sample.display_name,
            }
            if sample.state == "draft":
                raise UserError(
                    self.env._(
                        "%(measurement)s has a file review: %(sample)s. Somebody with "
                        "access to the target group has to delete that first.",
                        **names,
                    )
                )
            raise UserError(
                self.env._(
                    "%(measurement)s cannot be deleted: the files of %(sample)s were "
                    "drawn from it, and a draw stays.",
                    **names,
                )
            )

    def _check_lock_fields(self, vals):
        """:raise AccessError: if somebody writes what only locking may write"""
        if not self.env.su and not LOCK_FIELDS.isdisjoint(vals):
            raise AccessError(
                self.env._("A measurement is locked and unlocked by its buttons alone.")
            )

    def _check_chain(self, vals):
        """:raise UserError: if one with seals would leave the company they are of"""
        for measurement in self:
            company = measurement.company_id
            if (
                measurement.revision
                and vals.get("company_id", company.id) != company.id
            ):
                raise UserError(
                    self.env._(
                        "%(measurement)s was locked before, and its seals are those of "
                        "%(company)s: make a new measurement for another company "
                        "(Company).",
                        measurement=measurement.name,
                        company=company.name,
                    )
                )

    def _check_is_live(self):
        """:raise UserError: if one of the measurements is locked, or about to be"""
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

    @api.model
    def _forget_figures(self):
        """Drop figures read earlier in this transaction: what they rest on changed."""
        read = self.env.transaction.field_data
        if not any(map(read.get, self._derived_fields())):
            return  # as in most of the work that changes what they rest on
        self.invalidate_model(DERIVED, flush=False)
        self.env["res.company"].invalidate_model(["pso_persons"], flush=False)
        for model in (*LINES, "pso.status.period"):
            self.env[model].invalidate_model(flush=False)
        self.env["pso.status"]._forget_counting()

    @api.model
    @ormcache()
    def _derived_fields(self):
        """All fields that ``_forget_figures`` drops.

        The cache goes with the registry, as the fields do.
        """
        models = (self.env[model] for model in (*LINES, "pso.status.period"))
        fields = [field for model in models for field in model._fields.values()]
        fields += [self._fields[name] for name in DERIVED]
        fields.append(self.env["res.company"]._fields["pso_persons"])
        return (*fields, *self.env["pso.status"]._counting_fields())

    # -- measurements that nobody made ---------------------------------------

    @api.model
    def _virtual(self, companies, start, end, edition):
        """A measurement in memory alone: its figures are derived as those of others.

        :param companies: the scope, the main company first
        """
        return self.new(
            {
                "name": "",
                "company_id": companies[:1].id,
                "company_ids": [Command.set(companies.ids)],
                "date_start": start,
                "date_end": end,
                "edition_id": edition.id,
                "state": "live",
                "payroll_fte": 0,
                "correction_ids": [],
            },
            # Two new records with the same reference would be one and the same.
            ref=next(VIRTUAL_NUMBERS),
        )

    def _number(self):
        """What stands for this measurement in SQL: below zero for a virtual one."""
        self.ensure_one()
        return self._origin.id or -self.id.ref

    def _by_number(self):
        return {measurement._number(): measurement for measurement in self}

    def _sql_tables(self):
        """SQL: what a query over the lines of these measurements begins with.

        A virtual measurement is in no table: common table expressions of the same
        names stand in for the tables, so that the very same SQL derives its lines.
        """
        if not self or self._origin:
            return SQL()
        measurements = [
            SQL(
                "(%s, %s, %s, %s, %s, 'live', 0.0::float)",
                measurement._number(),
                measurement.company_id._origin.id,
                measurement.edition_id._origin.id,
                measurement.date_start,
                measurement.date_end,
            )
            for measurement in self
        ]
        scope = [
            SQL("(%s, %s)", measurement._number(), company._origin.id)
            for measurement in self
            for company in measurement.company_ids
        ]
        return SQL(
            """
            WITH pso_measurement (
                id, company_id, edition_id, date_start, date_end, state, payroll_fte
            ) AS (VALUES %(measurements)s),
            pso_measurement_res_company_rel (pso_measurement_id, res_company_id)
                AS (VALUES %(scope)s)
            """,
            measurements=SQL(", ").join(measurements),
            scope=SQL(", ").join(scope),
        )

    # -- the figures ---------------------------------------------------------

    @api.depends(
        "state",
        "locked_figures",
        "date_start",
        "date_end",
        "edition_id",
        "company_ids",
        "correction_ids.kind",
        "correction_ids.amount",
    )
    @api.depends_context("uid")
    def _compute_figures(self):
        """All figures of locked measurements as kept, of live ones from their lines.

        Totals are for everybody who may read the measurement, whoever may see the
        lines that make them: they are read as superuser.
        """
        # What is being edited shows the figures of what is saved.
        live = self._origin.filtered(lambda m: m.state == "live")
        figures = live.sudo()._live_figures()
        for measurement in self:
            values = figures.get(measurement._origin) or measurement.locked_figures
            values = values or {}
            for name in FIGURES:
                measurement[name] = values.get(name, False)

    def _live_figures(self):
        """The figures of live measurements, as values to keep or to show.

        :return: ``{measurement: {field: value}}``, levels as ids
        """
        if not self:
            return {}
        if self._sees_kept():
            return self._kept_figures()
        sums = self._sums()
        return {
            measurement: measurement._figures(sums[measurement]) for measurement in self
        }

    @api.model
    def _figure_names(self):
        return FIGURES

    def _figures_now(self):
        """The figures of one measurement, virtual or not, as values."""
        self.ensure_one()
        if self.is_locked:
            return self.locked_figures
        return self.sudo()._live_figures()[self]

    def _sums(self):
        """What lines and corrections of live measurements add up to, in fte.

        Days are added up by hours and weights, and those multiplied and divided as
        fractions: nothing is rounded.

        :return: ``{measurement: {sum: fte}}``, and whether all weights and figures
            are known
        """
        rows = self._rows_of_sums()
        numbered = self._by_number()
        sums = {
            measurement: dict.fromkeys(itertools.chain(DAYS, *SUMS.values()), 0)
            | {"is_complete": True, "has_corrections": False}
            | {"are_weights_known": True}
            for measurement in self
        }
        for part, number, is_known, values in rows:
            measurement = numbered[number]
            total = sums[measurement]
            total["is_complete"] &= is_known
            total["are_weights_known"] &= is_known or part != "group"
            total["has_corrections"] |= part == "corrections"
            for name, value in measurement._parts(part, values):
                total[name] += value
        return sums

    def _rows_of_sums(self):
        """The rows that ``_sums`` adds up, mostly from one statement.

        Who has several jobs has to be known before the statement is made. Hardly
        anybody has: so it is made as if nobody had, asks for that too, and is made
        again where there is somebody.
        """
        company = self.env.company.sudo()
        if company._pso_knows_persons():
            return self.env.execute_query(self._sql_sums())
        company._pso_learn_persons([])
        try:
            rows = self.env.execute_query(
                SQL("%s UNION ALL %s", self._sql_sums(), self._sql_persons())
            )
        except BaseException:
            company.invalidate_recordset(["pso_persons"], flush=False)
            raise
        marks = [list(map(int, row[3])) for row in rows if row[0] == "persons"]
        if company._pso_learn_persons(marks):
            return self.env.execute_query(self._sql_sums())
        return rows

    def _sql_sums(self):
        return SQL(
            "%(tables)s %(staff)s UNION ALL %(group)s UNION ALL %(suppliers)s "
            "UNION ALL %(corrections)s",
            tables=self._sql_tables(),
            staff=self._sql_staff_sums(),
            group=self._sql_group_sums(),
            suppliers=self._sql_supplier_sums(),
            corrections=self._sql_correction_sums(),
        )

    def _sql_persons(self):
        return SQL(
            "SELECT 'persons', 0, TRUE, employees::numeric[] FROM (%s) AS mark",
            self.env["hr.employee"]._sql_pso_marks(),
        )

    def _parts(self, part, values):
        """The fte of a row of sums, as ``(name, fraction)``."""
        if part in SUMS:
            return zip(SUMS[part], map(exact, values), strict=True)
        fulltime_hours, hours, weight, *days = map(exact, values)
        fte = hours / (fulltime_hours * self._days())
        return (
            (name, fte * count * (weight if name in WEIGHTED else 1))
            for name, count in zip(DAYS[: len(days)], days, strict=True)
        )

    def _sql_staff_sums(self):
        people = self.env["pso.person.line"]
        return SQL(
            """
            SELECT 'staff', measurement_id, TRUE,
                ARRAY[fulltime_hours::numeric, fte_hours::numeric, 0, SUM(total_days)]
            FROM (%s) AS line GROUP BY measurement_id, fulltime_hours, fte_hours
            """,
            people._sql_live_of(self, people._sql_staff),
        )

    def _sql_group_sums(self):
        people = self.env["pso.person.line"]
        return SQL(
            """
            SELECT 'group', measurement_id, BOOL_AND(reason <> 'weight_unknown'),
                ARRAY[fulltime_hours::numeric, fte_hours::numeric, weight, %(days)s]
            FROM (%(lines)s) AS line
            GROUP BY measurement_id, fulltime_hours, fte_hours, weight
            """,
            days=SQL(", ").join(SQL("SUM(%s)", SQL.identifier(name)) for name in DAYS),
            lines=people._sql_live_of(self, people._sql_group),
        )

    def _sql_supplier_sums(self):
        return SQL(
            """
            SELECT 'suppliers', measurement_id,
                BOOL_AND(reason NOT IN ('no_figures', 'no_rate')),
                ARRAY[SUM(indirect_fte), SUM(proven_fte)]
            FROM (%(lines)s) AS line GROUP BY measurement_id
            """,
            lines=self.env["pso.supplier.line"]._sql_live_of(self),
        )

    def _sql_correction_sums(self):
        """SQL: corrections by hand, of which only the negative ones are proven."""
        return SQL(
            """
            SELECT 'corrections', measurement_id, TRUE, ARRAY[
                COALESCE(SUM(amount) FILTER (WHERE kind = 'total_fte'), 0),
                COALESCE(SUM(amount) FILTER (WHERE kind = 'direct_fte'), 0),
                COALESCE(SUM(LEAST(amount, 0)) FILTER (WHERE kind = 'direct_fte'), 0)
            ]::numeric[]
            FROM pso_correction WHERE measurement_id IN %(measurements)s
            GROUP BY measurement_id
            """,
            measurements=tuple(measurement._number() for measurement in self),
        )

    def _days(self):
        return (self.date_end - self.date_start).days + 1

    def _figures(self, sums):
        """The figures of one measurement from the sums of its lines.

        :param sums: as ``_sums`` has them
        :return: ``{field: value}``, levels as ids
        """
        self.ensure_one()
        rules = self._rules()
        ladder = self.edition_id._ladder(rules)
        total = max(sums["total_days"] + sums["total_correction"], 0)
        direct = max(sums["direct_days"] + sums["direct_correction"], 0)
        proven_direct = max(sums["proven_days"] + sums["unproven_correction"], 0)
        facts = Facts(total, direct, sums["indirect"])
        score = compute(facts, ladder)
        proven = compute(Facts(total, proven_direct, sums["proven_indirect"]), ladder)
        is_complete = sums["is_complete"]
        pso30 = share(sums["pso30_days"], total)
        pso30_regular = share(sums["pso30_regular_days"], total)
        return {
            "total_fte": float(total),
            "direct_fte": float(direct),
            "direct_percentage": float(score.direct),
            "indirect_fte": float(sums["indirect"]),
            "indirect_percentage": float(score.indirect),
            "indirect_counted_percentage": float(score.counted),
            "total_percentage": float(score.total),
            "level_id": score.level and score.level.id,
            "next_level_id": score.next_level and score.next_level.id,
            "gap_percentage": float(score.gap or 0),
            "gap_fte": float(score.gap_fte or 0),
            "pso30_percentage": float(pso30),
            "pso30_regular_percentage": float(pso30_regular),
            "is_pso30": self._is_pso30(score, pso30, pso30_regular, rules),
            "is_complete": is_complete,
            "has_corrections": sums["has_corrections"],
            "are_weights_known": sums["are_weights_known"],
            "is_level_certain": self._is_certain(sums, score, facts, ladder, rules),
            "proven_direct_percentage": float(proven.direct),
            "proven_indirect_percentage": float(proven.indirect),
            "proven_total_percentage": float(proven.total),
            "proven_level_id": proven.level and proven.level.id,
            "norms": {
                str(level.id): norm if norm is None else float(norm)
                for level, norm in score.norms.items()
            },
        }

    def _is_certain(self, sums, score, facts, ladder, rules):
        """Whether the level stays what it is, whatever is not known (principle 2)."""
        if not score.open_levels and (sums["is_complete"] or not score.next_level):
            return True
        # Kept since 19.0.5: what was locked before stays as it was.
        if score.level or rules.get("min_fte") is None:
            return False
        return is_none_certain(
            facts,
            ladder,
            exact(rules["min_fte"]),
            sums["unsure_days"],
            not sums["are_weights_known"],
        )

    def _is_pso30(self, score, percentage, regular_percentage, rules):
        """PSO 30+ is a read-out within the highest level, known or not (section 5)."""
        return (
            bool(score.level)
            and not score.next_level
            and not score.open_levels
            and percentage >= rules["pso30_min_percentage"] - TOLERANCE
            and regular_percentage >= rules["pso30_min_regular_percentage"] - TOLERANCE
        )

    def _rules(self):
        """What the score is held against: of the edition, or as it was when locked."""
        self.ensure_one()
        today = self.edition_id._rules()
        if not self.is_locked:
            return today
        return self.locked_figures.get("rules") or self._rules_of_old_lock(today)

    def _rules_of_old_lock(self, today):
        """The same where the lock is of a version that did not keep them.

        If the edition has changed since, the norms of the submitted size are all that
        is known of then.
        """
        size = exact(self.locked_figures["total_fte"])
        now = {
            level: norm_at(points, size)
            for level, points in self.edition_id._ladder(today).rungs
        }
        then = dict(self._norms_at_size(self.locked_figures["norms"]))
        if list(now) == list(then) and all(
            _is_same(norm, now[level]) for level, norm in then.items()
        ):
            return today
        rungs = [
            [level.id, [] if norm is None else [[0, norm]]]
            for level, norm in then.items()
        ]
        return today | {"rungs": rungs}

    def _norms_at_size(self, norms=None):
        """The ladder at the size of this measurement, from the lowest level up.

        :return: ``[(level, percentage or None)]``, None where the norm is unknown
        """
        self.ensure_one()
        norms = norms or self.norms or {}
        levels = self.env["pso.level"].browse(map(int, norms)).sorted()
        return [(level, norms[str(level.id)]) for level in levels]

    def _ladder_rows(self, norms=None):
        """The levels and their norms at this size, ready to be shown."""
        norms = norms or self.norms or {}
        return [
            {
                "id": level["id"],
                "code": level["code"],
                "name": level["name"],
                "percentage": norms[str(level["id"])],
                "text": self._norm_text(level, norms[str(level["id"])]),
            }
            for level in self._rungs(norms)
        ]

    def _rungs(self, norms):
        """The rungs that some norms are of, as the edition has them."""
        rungs = {str(rung["id"]): rung for rung in self.edition_id.rungs or ()}
        if norms.keys() <= rungs.keys():
            return [rung for key, rung in rungs.items() if key in norms]
        # The ladder of the edition was changed after this was locked.
        return [
            {"id": level.id, "code": level.code, "name": level.name, "points": []}
            | rungs.get(str(level.id), {})
            for level, _norm in self._norms_at_size(norms)
        ]

    def _ladder_picture(self, figures):
        """What the picture of the ladder shows: percentages, and levels by name."""
        rows = self._ladder_rows(figures["norms"])
        levels = {row["id"]: row for row in rows}

        def level(value):
            row = levels.get(value if isinstance(value, int) else value and value.id)
            return row and {name: row[name] for name in ("id", "name", "code")}

        return {
            "rows": rows,
            "direct": figures["direct_percentage"],
            "counted": figures["indirect_counted_percentage"],
            "total": figures["total_percentage"],
            "proven_direct": figures["proven_direct_percentage"],
            "proven_counted": figures["proven_total_percentage"]
            - figures["proven_direct_percentage"],
            "proven_total": figures["proven_total_percentage"],
            "level": level(figures["level_id"]) or False,
            "next_level": level(figures["next_level_id"]) or False,
        }

    def _trend(self):
        """The rolling score over the 24 months to the end of the period."""
        self.ensure_one()
        if self.is_locked:
            return self.locked_figures.get("trend", [])
        return self.sudo().env["pso.trend"]._until(self.sudo())

    # -- the distance in money -----------------------------------------------

    def _gap_purchases(self, figures=None, offers=None):
        """What to buy at the best suppliers to reach the next level by that alone.

        :param figures, offers: as ``_figures_now`` and ``_offers`` have them, for who
            knows them already
        :return: ``{amount, suppliers: [{id, name, amount}]}`` in the company's
            currency, an amount None where it cannot be reached so; each supplier with
            the amount that would do at him alone
        """
        self.ensure_one()
        if self.is_locked:
            return self.locked_figures.get("gap_purchases", NO_GAP)
        if self._sees_kept():
            return self._kept_part("gap") or NO_GAP
        if figures is None:
            figures = {name: self[name] for name in FACTS}
            figures["next_level_id"] = self.next_level_id.id
        fte = self._gap_indirect(figures)
        if not fte:
            return NO_GAP
        if offers is None:
            offers = self.sudo()._offers()
        offers = [(offer, exact(offer.amount), exact(offer.room)) for offer in offers]
        amount = spend_for(fte, [(rate, room) for _offer, rate, room in offers])
        return {
            "amount": amount and float(amount),
            "suppliers": [
                {
                    "id": offer.partner_id,
                    "name": offer.name,
                    "amount": float(fte / rate) if rate * room >= fte else None,
                }
                for offer, rate, room in offers[:BEST_OFFERS]
            ],
        }

    def _gap_indirect(self, figures):
        """Fte of purchases to the next level, None where they alone do not reach it."""
        ladder = self.edition_id._ladder()
        facts = Facts(*(exact(figures[name]) for name in FACTS))
        points = {level.id: points for level, points in ladder.rungs}
        return gap_indirect(
            facts, points.get(figures["next_level_id"]), ladder.indirect_max_share
        )

    def _offers(self):
        """The suppliers that count today, as ``pso.to.do`` has them, the best first."""
        offers = self._sql_offers(fields.Date.context_today(self))
        return self.env["pso.to.do"]._rows(self, [offers])["offer"]

    def _sql_offers(self, today):
        """SQL: the suppliers that count today, with their fte for the money.

        What is bought above a supplier's turnover of the year counts for nothing, nor
        does what makes good refunds of more than was bought in the period.
        """
        day = max(self.date_start, min(today, self.date_end))
        return SQL(
            """
            SELECT 'offer' AS part, offer.partner_id, offer.partner_id, offer.name,
                NULL, NULL, offer.rate,
                GREATEST(offer.turnover - COALESCE(bought.amount, 0), 0)
            FROM (
                SELECT supplier.partner_id, partner.complete_name AS name,
                    figure.turnover,
                    figure.fte * figure.direct_percentage / (100 * figure.turnover)
                    AS rate
                FROM (SELECT DISTINCT partner_id FROM pso_certificate) AS supplier
                JOIN res_partner partner ON partner.id = supplier.partner_id
                    AND COALESCE(partner.company_id IN (%(scope)s), TRUE)
                JOIN res_company company ON company.id = %(company)s
                JOIN LATERAL (%(certificate)s) AS certificate ON TRUE
                JOIN LATERAL (%(figure)s) AS figure ON figure.turnover > 0
                WHERE supplier.partner_id NOT IN (
                    SELECT partner_id FROM res_company WHERE id IN (%(scope)s))
            ) AS offer
            LEFT JOIN (
                SELECT partner_id, SUM(amount) FILTER (WHERE year = %(year)s) AS amount,
                    SUM(amount_bills + amount_corrections) AS balance
                FROM (%(lines)s) AS line GROUP BY partner_id
            ) AS bought ON bought.partner_id = offer.partner_id
            WHERE offer.rate > 0 AND COALESCE(bought.balance, 0) >= 0
            """,
            scope=SQL(
                "SELECT res_company_id FROM pso_measurement_res_company_rel "
                "WHERE pso_measurement_id = %s",
                self._number(),
            ),
            lines=self.env["pso.supplier.line"]._sql_for(self),
            year=day.year,
            company=self.company_id._origin.id,
            certificate=self.env["pso.certificate"]._sql_at(
                SQL("supplier.partner_id"),
                SQL("%s::date", day),
                SQL("%s", self.edition_id.aspirant_supplier_counts),
            ),
            figure=self.env["pso.supplier.figure"]._sql_at(
                SQL("supplier.partner_id"), SQL("%s", day.year), SQL("company")
            ),
        )

    # -- the records behind the figures --------------------------------------

    @api.readonly
    @without_defaults
    def action_open_people(self):
        """The target group of this measurement, person by person (PSO HR group)."""
        return self._action_lines("pso_odoo.pso_person_line_action")

    @api.readonly
    @without_defaults
    def action_open_suppliers(self):
        """The suppliers of this measurement."""
        return self._action_lines("pso_odoo.pso_supplier_line_action")

    @api.readonly
    @without_defaults
    def action_open_missing(self):
        """What the auditor would ask for and not find."""
        context = {"create": False}
        return self._action_lines("pso_odoo.pso_missing_proof_action", context)

    @api.readonly
    @without_defaults
    def action_open_samples(self):
        """The file reviews of this measurement."""
        context = {"default_measurement_id": self.id}
        return self._action_lines("pso_odoo.pso_sample_action", context)

    def _action_lines(self, xmlid, context=None):
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.actions"]._for_xml_id(xmlid)
        action["domain"] = [("measurement_id", "=", self.id)]
        if context:
            action["context"] = context
        action["display_name"] = f"{self.name}: {action['name']}"
        return action

    # -- locking -------------------------------------------------------------

    @without_defaults
    def action_lock(self):
        """Freeze figures, lines and checks as they are now.

        Nobody waits for it: it holds the measurement alone, and who wants that too is
        refused at once.

        :raise UserError: if a supplier's turnover cannot be converted, or somebody else
            is changing a measurement
        :raise AccessError: for who is told figures of last night alone
        """
        self.check_access("write")
        self._refuse_kept(self.filtered(lambda m: not m.is_locked))
        self._reserve()
        live = self.filtered(lambda m: not m.is_locked)
        self.env["pso.seal"]._reserve(live.company_id)
        for measurement in live:
            measurement._check_rates()
            measurement.sudo()._lock()

    def _reserve(self):
        """Keep others from changing these measurements until the transaction ends.

        :raise UserError: at once, if somebody else is changing one of them
        """
        self._refuse_busy(self - self.try_lock_for_update())

    def _refuse_if_reserved(self):
        """:raise UserError: at once, while somebody else locks or unlocks one of them

        What others change at the same time is no obstacle.
        """
        if not self._origin:
            return
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM pso_measurement WHERE id IN %s "
                "FOR KEY SHARE SKIP LOCKED",
                self._origin._ids,
            )
        )
        free = self.browse(measurement_id for (measurement_id,) in rows)
        self._refuse_busy((self._origin - free).exists())

    def _refuse_busy(self, busy):
        if busy:
            raise UserError(
                self.env._(
                    "%(measurements)s: somebody else is locking, unlocking or changing "
                    "this right now. Try again in a moment.",
                    measurements=", ".join(busy.mapped("name")),
                )
            )

    def _lock(self):
        progress = Progress(self)
        figures = self._live_figures()[self]
        figures["rules"] = self._rules()
        figures["gap_purchases"] = self._gap_purchases(figures)
        progress.tell(self.env._("Trend"), 0.1)
        figures["trend"] = self._trend()
        labels = (self.env._("Checks"), self.env._("People"), self.env._("Suppliers"))
        for model, label, done in zip(LINES, labels, (0.3, 0.5, 0.9), strict=True):
            progress.tell(label, done)
            self.env[model]._freeze(self)
        self.write(
            {
                "state": "locked",
                "locked_by_id": self.env.uid,
                "locked_on": fields.Datetime.now(),
                "locked_figures": figures,
            }
        )
        self._forget_figures()
        progress.tell(self.env._("Seal"), 0.95)
        self._seal("lock")
        self.message_post(
            body=self.env._(
                "Locked at %(total)s %% (%(level)s).",
                total=formatLang(self.env, figures["total_percentage"]),
                level=self.level_id.name or self.env._("no level"),
            )
        )

    @without_defaults
    def action_unlock(self):
        """Go live again; the trace of it stays with the measurement.

        :raise AccessError: for who is told figures of last night alone
        """
        self.check_access("write")
        self._refuse_kept(self.filtered("is_locked"))
        self._reserve()
        locked = self.filtered("is_locked").sudo()
        self.env["pso.seal"]._reserve(locked.company_id)
        for measurement in locked:
            measurement._seal("unlock")
            measurement.env["pso.locked.index"]._forget(measurement)
            for model in LINES:
                measurement.env[model]._thaw(measurement)
            measurement.message_post(
                body=self.env._(
                    "Unlocked. It was locked on %(date)s by %(user)s at %(total)s %%.",
                    date=format_date(self.env, measurement.locked_on),
                    user=measurement.locked_by_id.name,
                    total=formatLang(
                        self.env, measurement.locked_figures["total_percentage"]
                    ),
                )
            )
            measurement.write(
                {
                    "state": "live",
                    "locked_by_id": False,
                    "locked_on": False,
                    "locked_figures": False,
                    "audit_count": 0,
                }
            )
        self._forget_figures()

    @api.readonly
    @without_defaults
    def action_verify_seal(self):
        """Show whether this measurement is as it was sealed, or what is not.

        :raise AccessError: for who may not read it, or only totals
        """
        self.ensure_one()
        self.check_access("read")
        self.env["pso.seal"].check_access("read")
        scope = self.env._(
            "%(measurement)s, revision %(revision)s, seal %(number)s",
            measurement=self.name,
            revision=self.revision,
            number=self.seal_number,
        )
        found = self.env["pso.seal"].sudo()._verify_chain(self.company_id.id)
        for name, each in self.sudo()._verify_samples():
            found += each.about(name)
        return self.env["pso.seal.verification"]._show(
            found + self.sudo()._verify_seal(), scope, self._seal_digest()
        )

    def _check_rates(self):
        """:raise UserError: if a turnover lacks the rate to convert it"""
        # As superuser: a vendor may be one of a company that is not switched on.
        lines = self.env["pso.supplier.line"].sudo()
        line = lines.search(
            [("measurement_id", "in", self.ids), ("reason", "=", "no_rate")], limit=1
        )
        if line:
            raise UserError(
                self.env._(
                    "The turnover of %(supplier)s over %(year)s is in %(currency)s, "
                    "and there is no exchange rate for it on 31 December %(year)s. Add "
                    "the rate, or enter the turnover in %(own)s.",
                    supplier=line.partner_id.display_name,
                    year=line.figure_id.year,
                    currency=line.figure_id.currency_id.name,
                    own=line.measurement_id.currency_id.name,
                )
            )


def _is_same(norm, other):
    if norm is None or other is None:
        return norm is other
    return abs(norm - other) < TOLERANCE
