from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ...tools.context import without_defaults
from ...tools.naming import is_branch, kvk_key, name_key, place_key, vat_key

# A match in one of these says whose entry it is.
SETTLED = ("certain", "confirmed")
BILLS = ("in_invoice", "in_refund", "in_receipt")


class PsoRegisterEntry(models.Model):
    """An organisation as the public register of certified ones has it (section 4).

    The register is public: an entry is of no company, and says what the list said when
    it was imported last. Which vendor it is, a match says, which follows the companies
    of the vendor.
    """

    _name = "pso.register.entry"
    _description = "Organisation in the PSO Register"
    _order = "name, id"
    _rec_names_search = ["name", "company_registry", "place"]

    name = fields.Char(
        string="Organisation", required=True, help="As the register writes it."
    )
    company_registry = fields.Char(
        string="KvK Number", help="Number at the Chamber of Commerce, of the entity."
    )
    vat = fields.Char(string="Tax ID")
    place = fields.Char()
    kind = fields.Selection(
        [("pso", "PSO certificate"), ("sw", "Sheltered-work company")],
        required=True,
        default="pso",
        help="Sheltered-work companies count without a certificate.",
    )
    level_id = fields.Many2one(
        "pso.level",
        index="btree_not_null",
        ondelete="restrict",
        help="The level that the register names.",
    )
    is_pso30 = fields.Boolean(
        string="PSO 30+",
        help="The register says 30+. A list without that column does not say that "
        "somebody is not.",
    )
    number = fields.Char(string="Certificate Number")
    date_start = fields.Date(string="Valid From")
    date_end = fields.Date(string="Valid Until")
    sbi = fields.Char(
        string="SBI Code", help="Code of the trade (Standaard Bedrijfsindeling)."
    )
    trade = fields.Char(help="The trade, in words.")
    products = fields.Char(
        string="Products and Services", help="What the register says it sells."
    )
    category_ids = fields.Many2many(
        "product.category",
        string="Product Categories",
        help="What you could buy there. Yours to keep: an import fills it in once, "
        "where the list names a category of yours, and leaves it alone afterwards.",
    )
    last_seen = fields.Date(readonly=True, help="When it was last in an imported list.")
    left_on = fields.Date(
        readonly=True,
        help="The day of the first import of the whole register that did not have it.",
    )
    source = fields.Char(readonly=True, help="The file that had it last.")
    # By what an entry is recognised; a match of names needs the words as well.
    registry_key = fields.Char(
        compute="_compute_keys", store=True, precompute=True, index="btree_not_null"
    )
    vat_key = fields.Char(compute="_compute_keys", store=True, precompute=True)
    name_key = fields.Char(
        compute="_compute_keys", store=True, precompute=True, index=True
    )
    place_key = fields.Char(compute="_compute_keys", store=True, precompute=True)
    match_ids = fields.One2many(
        "pso.register.match", "entry_id", string="Vendors Found"
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Vendor",
        compute="_compute_partner_id",
        search="_search_partner_id",
        help="The vendor that it is, by its number or because somebody confirmed it.",
    )
    match_state = fields.Selection(
        [
            ("none", "No vendor"),
            ("proposed", "To be confirmed"),
            ("matched", "Vendor"),
        ],
        string="Vendor Found",
        compute="_compute_partner_id",
        search="_search_match_state",
        help="Whether it is one of your vendors, as far as anybody knows.",
    )
    is_bought_from = fields.Boolean(
        string="Bought From",
        compute="_compute_is_bought_from",
        search="_search_is_bought_from",
        help="There is a posted bill of this vendor in one of your companies.",
    )

    _registry_unique = models.UniqueIndex(
        "(registry_key, kind) WHERE registry_key IS NOT NULL",
        "The register has this KvK number already (KvK Number).",
    )
    _dates_in_order = models.Constraint(
        "CHECK (date_end >= date_start)",
        "A certificate cannot end before it starts (Valid Until).",
    )
    _no_level_of_sheltered_work = models.Constraint(
        "CHECK (kind <> 'sw' OR level_id IS NULL)",
        "A sheltered-work company has no level (Level).",
    )

    @api.depends("name", "company_registry", "vat", "place")
    def _compute_keys(self):
        for entry in self:
            entry.registry_key = kvk_key(entry.company_registry) or False
            entry.vat_key = vat_key(entry.vat) or False
            entry.name_key = name_key(entry.name or "")
            entry.place_key = place_key(entry.place)

    @api.constrains("company_registry")
    def _check_company_registry(self):
        for entry in self:
            if entry.company_registry and not entry.registry_key:
                raise ValidationError(self._say_no_kvk(entry.company_registry))

    @api.model
    def _say_no_kvk(self, number):
        """Say why a text is no KvK number."""
        if is_branch(number):
            return self.env._(
                "“%(number)s” is the number of a branch: a KvK number has eight "
                "digits (KvK Number).",
                number=number,
            )
        return self.env._(
            "“%(number)s” is no KvK number: that has eight digits (KvK Number).",
            number=number,
        )

    # -- which vendor it is ----------------------------------------------------

    @api.depends("match_ids.state", "match_ids.partner_id")
    def _compute_partner_id(self):
        for entry in self:
            matches = entry.match_ids
            settled = matches.filtered(lambda match: match.state in SETTLED)
            entry.partner_id = settled[:1].partner_id
            proposed = matches.filtered(lambda match: match.state == "proposed")
            entry.match_state = (
                "matched" if settled else "proposed" if proposed else "none"
            )

    def _search_partner_id(self, operator, value):
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        settled = Domain("state", "in", SETTLED)
        if operator == "in":
            named = [each for each in value if each is not False]
            matched = settled & Domain("partner_id", "in", named)
            domain = Domain("match_ids", "any", matched)
            if False in value:
                domain |= ~Domain("match_ids", "any", settled)
            return domain
        return Domain(
            "match_ids", "any", settled & Domain("partner_id", operator, value)
        )

    def _search_match_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        settled = Domain("match_ids", "any", [("state", "in", SETTLED)])
        proposed = Domain("match_ids", "any", [("state", "=", "proposed")])
        domains = {
            "matched": settled,
            "proposed": ~settled & proposed,
            "none": ~settled & ~proposed,
        }
        return Domain.OR(domains[state] for state in value if state in domains)

    @api.depends("match_ids.state", "match_ids.partner_id")
    @api.depends_context("allowed_company_ids")
    def _compute_is_bought_from(self):
        partners = self.match_ids.filtered(lambda m: m.state in SETTLED).partner_id
        bought = self._bought_from(partners)
        for entry in self:
            settled = entry.match_ids.filtered(lambda match: match.state in SETTLED)
            entry.is_bought_from = bool(settled.partner_id & bought)

    def _search_is_bought_from(self, operator, value):
        if operator != "in":
            return NotImplemented
        matches = self.env["pso.register.match"].search([("state", "in", SETTLED)])
        bought = self._bought_from(matches.partner_id)
        ours = matches.filtered(lambda match: match.partner_id in bought)
        domain = Domain("id", "in", ours.entry_id.ids)
        return Domain.OR(domain if each else ~domain for each in set(map(bool, value)))

    def _bought_from(self, partners):
        """Return those of some vendors of whom a company of the user has a bill."""
        if not partners:
            return partners
        groups = (
            self.env["account.move"]
            .sudo()
            ._read_group(
                [
                    ("commercial_partner_id", "in", partners.ids),
                    ("company_id", "in", self.env.companies.ids),
                    ("move_type", "in", BILLS),
                    ("state", "=", "posted"),
                ],
                ["commercial_partner_id"],
            )
        )
        return partners.browse(partner.id for (partner,) in groups)

    # -- what is done with it --------------------------------------------------

    @without_defaults
    def action_make_vendor(self):
        """Make a vendor of the organisation, with its certificate, and open it.

        :raise UserError: if it is one of the vendors already
        :raise AccessError: who may make no contacts
        """
        self.ensure_one()
        self.check_access("write")
        if self.partner_id:
            raise UserError(
                self.env._(
                    "%(name)s is a vendor already: %(vendor)s.",
                    name=self.name,
                    vendor=self.partner_id.display_name,
                )
            )
        partner = self.env["res.partner"].create(self._vendor_values())
        proposed = self.match_ids.filtered(lambda match: match.state == "proposed")
        proposed.action_refuse()
        self._link(partner)._apply()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": partner.id,
            "views": [[False, "form"]],
        }

    def _vendor_values(self):
        dutch = self.env.ref("base.nl", raise_if_not_found=False)
        return {
            "name": self.name,
            "company_registry": self.company_registry,
            "vat": self.vat,
            "city": self.place,
            "country_id": self.company_registry and dutch and dutch.id,
            "is_company": True,
            "supplier_rank": 1,
        }

    def _link(self, partner):
        """Say that a vendor is this organisation; return the match."""
        return self.env["pso.register.match"].create(
            {"entry_id": self.id, "partner_id": partner.id}
        )

    @api.readonly
    @without_defaults
    def action_link(self):
        """Ask which vendor the organisation is."""
        self.ensure_one()
        self.check_access("write")
        view = self.env.ref("pso_odoo.pso_register_match_view_form_link")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Link to Vendor"),
            "res_model": "pso.register.match",
            "views": [[view.id, "form"]],
            "target": "new",
            "context": {"default_entry_id": self.id},
        }

    @without_defaults
    def action_find(self):
        """Look anew for these organisations among the vendors."""
        self.check_access("write")
        self._find_vendors()
