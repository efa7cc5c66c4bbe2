from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ...tools.context import without_defaults

# The steps of a certification, in their order, each with the date on which it is taken.
STEPS = {
    "measure": "date_measured",
    "quote": "date_quote",
    "application": "date_applied",
    "audit": "date_audit",
    "award": "date_awarded",
}
STATES = [
    ("measure", "Measuring"),
    ("quote", "Quote"),
    ("application", "Application"),
    ("audit", "Audit"),
    ("award", "Award"),
    ("done", "Awarded"),
]
ASPIRANT = "aspirant"


class PsoCertification(models.Model):
    """One round in which a company is certified, from measuring to the award.

    The certificate itself is that of the company's own contact, with its level and the
    days on which it is valid (rule book, sections 1 and 8).
    """

    _name = "pso.certification"
    _description = "PSO Certification of a Company"
    _order = "date_order desc, id desc"

    name = fields.Char(
        compute="_compute_name",
        help="The level and when it was awarded, or the step that is next.",
    )
    active = fields.Boolean(
        default=True, help="Off for a round that was broken off: it is put away."
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
        help="The organisation that is certified.",
    )
    company_partner_id = fields.Many2one(
        related="company_id.partner_id", string="Organisation"
    )
    company_registry = fields.Char(
        related="company_id.company_registry",
        string="KvK Number",
        help="PSO certifies the legal entity with this number.",
    )
    measurement_id = fields.Many2one(
        "pso.measurement",
        index="btree_not_null",
        ondelete="set null",
        domain="[('company_id', '=', company_id)]",
        help="The measured year that the application rests on.",
    )
    level_id = fields.Many2one(
        "pso.level",
        string="Level Applied For",
        ondelete="restrict",
        compute="_compute_level_id",
        store=True,
        readonly=False,
        precompute=True,
        help="That of the measurement, unless you choose another one.",
    )
    responsible_id = fields.Many2one(
        "res.users",
        required=True,
        default=lambda self: self.env.user,
        ondelete="restrict",
        domain="[('share', '=', False)]",
        help="Who sees to it.",
    )
    date_measured = fields.Date(
        string="Measured On", help="When the score of the measured year was known."
    )
    date_quote = fields.Date(
        string="Quote On", help="When the quote of the certifying body came."
    )
    date_applied = fields.Date(
        string="Applied On",
        help="When the certificate was applied for: this day decides the edition.",
    )
    date_audit = fields.Date(
        string="Audit On", help="When the auditor comes, or came; may lie ahead."
    )
    date_awarded = fields.Date(string="Awarded On", help="When the level was awarded.")
    date_order = fields.Date(
        string="Latest Date",
        compute="_compute_date_order",
        store=True,
        help="The latest of its dates.",
    )
    state = fields.Selection(
        STATES,
        string="Next Step",
        compute="_compute_state",
        search="_search_state",
        help="The first step whose date is not there yet, or lies ahead.",
    )
    auditor = fields.Char(
        string="Auditing Organisation",
        help="The certifying body. The organisation, not who comes.",
    )
    notes = fields.Text(
        help="What is agreed with the auditor. Everybody who sees the totals reads it: "
        "name nobody."
    )
    certificate_id = fields.Many2one(
        "pso.certificate",
        index="btree_not_null",
        ondelete="set null",
        domain="[('partner_id', '=', company_partner_id), ('kind', '=', 'pso')]",
        help="What was awarded: a certificate of the company's own contact.",
    )
    awarded_level_id = fields.Many2one(
        related="certificate_id.level_id", string="Level Awarded"
    )
    certificate_start = fields.Date(
        related="certificate_id.date_start", string="Valid From"
    )
    certificate_end = fields.Date(
        related="certificate_id.date_end", string="Valid Until"
    )
    validity = fields.Selection(related="certificate_id.validity")
    edition_id = fields.Many2one(
        "pso.edition",
        compute="_compute_edition_id",
        help="That of the day of the application; until then of today.",
    )
    renewal_note = fields.Char(
        string="Renewals",
        compute="_compute_renewal_note",
        help="How long a certificate is valid, and how often it may be renewed, by the "
        "edition.",
    )

    @api.depends("measurement_id")
    def _compute_level_id(self):
        for round_ in self:
            measured = round_.measurement_id._level_for_all()
            round_.level_id = measured or round_.level_id

    @api.depends(*STEPS.values())
    def _compute_date_order(self):
        for round_ in self:
            dates = [round_[name] for name in STEPS.values() if round_[name]]
            round_.date_order = max(dates, default=False)

    @api.depends(*STEPS.values())
    @api.depends_context("tz")
    def _compute_state(self):
        today = fields.Date.context_today(self)
        for round_ in self:
            round_.state = next(
                (
                    step
                    for step, name in STEPS.items()
                    if not round_[name] or round_[name] > today
                ),
                "done",
            )

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        domains, taken = {}, Domain.TRUE
        for step, name in STEPS.items():
            is_taken = Domain(name, "!=", False) & Domain(name, "<=", today)
            domains[step] = taken & (
                Domain(name, "=", False) | Domain(name, ">", today)
            )
            taken &= is_taken
        domains["done"] = taken
        return Domain.OR(domains[state] for state in value if state in domains)

    @api.depends("level_id", "certificate_id", *STEPS.values())
    @api.depends_context("lang")
    def _compute_name(self):
        for round_ in self:
            certificate = round_.certificate_id.sudo()
            if certificate:
                round_.name = certificate.display_name
            elif round_.level_id:
                round_.name = self.env._(
                    "Certification for %(level)s", level=round_.level_id.name
                )
            else:
                round_.name = self.env._("Certification")

    @api.depends("date_applied")
    @api.depends_context("tz")
    def _compute_edition_id(self):
        editions = self.env["pso.edition"]._all()
        today = fields.Date.context_today(self)
        for round_ in self:
            round_.edition_id = editions._in_force(round_.date_applied or today)

    @api.depends("edition_id", "level_id", "certificate_id")
    @api.depends_context("lang")
    def _compute_renewal_note(self):
        for round_ in self:
            level = round_.awarded_level_id or round_.level_id
            round_.renewal_note = round_.edition_id and round_._renewals_in_words(level)

    def _renewals_in_words(self, level):
        """Say what the edition allows (section 1)."""
        edition = self.edition_id
        if level.code == ASPIRANT:
            return self.env._(
                "By edition %(edition)s an aspirant status may be renewed so often: "
                "%(allowed)s. Renewed so far: %(renewed)s.",
                edition=edition.code,
                allowed=edition.aspirant_renewals,
                renewed=self._aspirant_renewals(),
            )
        return self.env._(
            "By edition %(edition)s a certificate is valid for %(months)s months at "
            "most. To be certified again is voluntary, and may be early.",
            edition=edition.code,
            months=edition.certificate_months,
        )

    def _aspirant_renewals(self):
        """Count how often the aspirant status of the company was renewed in a row."""
        own = self.company_id.partner_id.sudo().pso_certificate_ids
        count = 0
        for certificate in own.sorted("date_start"):
            count = count + 1 if certificate.level_id.code == ASPIRANT else 0
        return max(count - 1, 0)

    # -- what it may be --------------------------------------------------------

    @api.constrains(*STEPS.values())
    def _check_dates_in_order(self):
        for round_ in self:
            dates = [(name, round_[name]) for name in STEPS.values() if round_[name]]
            for (earlier, first), (later, second) in zip(
                dates, dates[1:], strict=False
            ):
                if second < first:
                    raise ValidationError(
                        self.env._(
                            "%(later)s lies before %(earlier)s, which comes first.",
                            later=self._fields[later]._description_string(self.env),
                            earlier=self._fields[earlier]._description_string(self.env),
                        )
                    )

    @api.constrains("company_id", "measurement_id", "certificate_id")
    def _check_of_company(self):
        for round_ in self:
            company = round_.company_id
            measured = round_.measurement_id.sudo().company_id
            if measured and measured != company:
                raise ValidationError(
                    self.env._(
                        "The measurement is of another company than the certification "
                        "(Measurement)."
                    )
                )
            holder = round_.certificate_id.sudo().partner_id
            if holder and holder != company.sudo().partner_id.commercial_partner_id:
                raise ValidationError(
                    self.env._(
                        "The certificate is of another organisation than the company "
                        "(Certificate)."
                    )
                )

    @api.constrains("responsible_id", "company_id")
    def _check_responsible(self):
        for round_ in self:
            user = round_.responsible_id
            if user.id == SUPERUSER_ID:
                continue
            as_user = round_.with_user(user).with_context(
                allowed_company_ids=user.sudo().company_ids.ids
            )
            if not user.sudo().active or not as_user.has_access("read"):
                raise ValidationError(
                    self.env._(
                        "%(user)s may not read this certification (Responsible): "
                        "choose somebody who sees the totals of the company.",
                        user=user.sudo().name,
                    )
                )

    # -- what clients may see ------------------------------------------------------

    shows_shares = fields.Boolean(
        string="Show Shares to Clients",
        copy=False,
        help="Whether the statement for tenders says how large the direct and the "
        "indirect share are: those of the locked measurement, to one decimal, and "
        "only if enough people count that nobody can be deduced.",
    )

    def _shares_to_show(self):
        """Return the shares that clients may see: ``(direct, indirect)``, or None.

        Of a locked measurement alone, so that no change of a fact shows in it, and of
        one in which no small group would be told.
        """
        measurement = self.measurement_id
        if not self.shows_shares or not measurement or not measurement.is_locked:
            return None
        if not measurement.has_figures or self._is_small_group(measurement):
            return None
        return (
            round(measurement.direct_percentage, 1),
            round(measurement.indirect_counted_percentage, 1),
        )

    def _is_small_group(self, measurement):
        """Return whether too few people counted, or too few did not."""
        limit = measurement._small_group_limit()
        if not limit:
            return True
        [(counted, everybody)] = self.env.execute_query(
            SQL(
                """
                SELECT COUNT(DISTINCT key) FILTER (WHERE direct_hour_days > 0),
                    COUNT(DISTINCT key)
                FROM pso_locked_person_line WHERE measurement_id = %s
                """,
                measurement.id,
            )
        )
        return min(counted, everybody - counted) < limit

    def _check_statement(self):
        """See that there is a certificate that a client can rely on today.

        :raise UserError: saying what is in the way
        """
        today = fields.Date.context_today(self)
        for round_ in self:
            certificate = round_.certificate_id
            if not certificate:
                raise UserError(
                    self.env._(
                        "There is no certificate yet: enter what was awarded "
                        "(Certificate)."
                    )
                )
            if certificate.kind != "pso" or certificate.date_start > today:
                raise UserError(
                    self.env._(
                        "%(certificate)s is no PSO certificate that is valid today: no "
                        "client can rely on it yet.",
                        certificate=certificate.display_name,
                    )
                )
            if certificate.date_end < today:
                raise UserError(
                    self.env._(
                        "The certificate ended on %(date)s: no client can rely on it.",
                        date=format_date(self.env, certificate.date_end),
                    )
                )

    # -- the buttons -----------------------------------------------------------------

    @api.readonly
    @without_defaults
    def action_open_levels(self):
        """Open all certificates of the company: its levels over the years."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.actions"]._for_xml_id(
            "pso_odoo.pso_own_level_action"
        )
        action["domain"] = [("partner_id", "=", self.company_partner_id.id)]
        action["context"] = {"default_partner_id": self.company_partner_id.id}
        return action
