from odoo import api, fields, models

from ...tools.context import without_defaults

# What somebody knows of a match, before what was found.
SUREST = ("confirmed", "refused", "certain", "proposed")


class PsoRegisterMatch(models.Model):
    """That an organisation in the register is one of our vendors, or may be.

    What was found by a number is certain as long as the number stands there; what was
    found by a name waits until somebody confirms it, and what was refused is not
    proposed again. It is seen by who sees the vendor.
    """

    _name = "pso.register.match"
    _description = "Vendor Found in the PSO Register"
    _inherit = ["pso.commercial.partner.mixin"]
    _order = "entry_id, confidence desc, id"
    _rec_names_search = ["entry_id.name", "partner_id.name"]

    entry_id = fields.Many2one(
        "pso.register.entry",
        string="In the Register",
        required=True,
        index=True,
        ondelete="cascade",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Vendor",
        required=True,
        index=True,
        ondelete="cascade",
        help="The legal entity; a contact stands for its company.",
    )
    kind = fields.Selection(
        [
            ("kvk", "KvK number"),
            ("vat", "Tax ID"),
            ("name", "Name"),
            ("other", "Name, with another KvK number"),
            ("hand", "By hand"),
        ],
        string="Found By",
        required=True,
        default="hand",
        readonly=True,
        help="Of the same name with another KvK number it is another legal entity, "
        "which the certificate does not cover, unless one of the numbers is wrong.",
    )
    confidence = fields.Integer(
        string="Confidence (%)",
        default=100,
        readonly=True,
        aggregator=None,
        help="How alike names and places are. Whether it is the same organisation "
        "somebody has to know.",
    )
    state = fields.Selection(
        [
            ("proposed", "To be confirmed"),
            ("certain", "By number"),
            ("confirmed", "Confirmed"),
            ("refused", "Another organisation"),
        ],
        required=True,
        default="confirmed",
        help="By its number a vendor is found for certain; by its name somebody "
        "confirms it, and a refused one is not proposed again.",
    )
    entry_registry = fields.Char(
        related="entry_id.company_registry",
        string="KvK Number in the Register",
        help="Number at the Chamber of Commerce, as the register has it.",
    )
    entry_place = fields.Char(related="entry_id.place", string="Place in the Register")
    partner_registry = fields.Char(
        related="partner_id.company_registry",
        string="KvK Number of the Vendor",
        help="Number at the Chamber of Commerce, as the vendor's card has it.",
    )
    partner_place = fields.Char(related="partner_id.city", string="Place of the Vendor")

    _entry_partner_unique = models.UniqueIndex(
        "(entry_id, partner_id)",
        "This vendor and this organisation are matched already (Vendor).",
    )

    @api.depends("entry_id.name", "partner_id.name")
    def _compute_display_name(self):
        for match in self:
            names = (match.entry_id.name, match.partner_id.name)
            match.display_name = " = ".join(name for name in names if name)

    def _join(self):
        """Keep of matches of vendors that are merged the surest one of each entry."""
        for matches in self.grouped("entry_id").values():
            matches.sorted(lambda each: SUREST.index(each.state))[1:].unlink()

    @without_defaults
    def action_confirm(self):
        """Record that these vendors are the organisations of the register."""
        self.write({"state": "confirmed"})

    @without_defaults
    def action_refuse(self):
        """Record that these are other organisations, so that nobody asks again."""
        self.write({"state": "refused"})
