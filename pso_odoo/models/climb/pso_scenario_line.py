from odoo import api, fields, models

# What a line of each kind needs to be reckoned with.
NEEDED = {
    "hire": ("people", "hours", "group_id", "form_id"),
    "leave": ("people", "hours", "group_id", "form_id"),
    "form": ("people", "hours", "group_id", "form_id", "to_form_id"),
    "staff": ("fte",),
    "spend": ("partner_id", "amount"),
    "move": ("partner_id", "to_partner_id", "amount"),
    "certificate": ("partner_id", "change"),
    "hours": ("fulltime_hours",),
    "edition": ("edition_id",),
}
PEOPLE = ("hire", "leave", "form", "staff")
PURCHASES = ("spend", "move", "certificate")
# Of what is changed for all people at once.
WHOLE = ("hours", "edition")
# What has no cost of its own.
FREE = (*WHOLE, "certificate")


class PsoScenarioLine(models.Model):
    """One thing that would be otherwise, in numbers and never in names."""

    _name = "pso.scenario.line"
    _description = "PSO Scenario Change"
    _order = "scenario_id, sequence, id"
    _rec_name = "sentence"

    scenario_id = fields.Many2one(
        "pso.scenario", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="scenario_id.company_id")
    currency_id = fields.Many2one(related="scenario_id.company_id.currency_id")
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        [
            ("hire", "Hire of the target group"),
            ("leave", "Somebody of the target group leaves"),
            ("form", "Another form of contract"),
            ("staff", "Other staff grows or shrinks"),
            ("spend", "Spend more or less at a vendor"),
            ("move", "Move spend to another vendor"),
            ("certificate", "Certificate of a vendor"),
            ("hours", "Other full-time hours"),
            ("edition", "Another edition of the rule book"),
        ],
        string="What",
        required=True,
        default="hire",
        help="What would be otherwise.",
    )
    people = fields.Integer(default=1, help="How many people.")
    hours = fields.Float(
        string="Hours a Week", digits=(16, 2), help="Of each of them, by contract."
    )
    group_id = fields.Many2one(
        "pso.target.group",
        string="Target Group",
        ondelete="restrict",
        help="The group they come from.",
    )
    form_id = fields.Many2one(
        "pso.contract.form",
        string="Form of Contract",
        ondelete="restrict",
        help="The form of their contract, now or on coming in.",
    )
    to_form_id = fields.Many2one(
        "pso.contract.form",
        string="Becomes",
        ondelete="restrict",
        help="The form that their contract takes.",
    )
    fte = fields.Float(
        digits=(16, 2),
        help="By how much other staff grows; negative where it shrinks.",
    )
    date_from = fields.Date(
        string="From",
        help="The first day of the change; the whole period where it is empty. Of "
        "purchases the day by which they are judged.",
    )
    date_to = fields.Date(
        string="Until", help="The last day of it; to the end where it is empty."
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Vendor",
        ondelete="restrict",
        index="btree_not_null",
        help="At whom is bought more or less, or who gains or loses a certificate.",
    )
    to_partner_id = fields.Many2one(
        "res.partner",
        string="To Vendor",
        ondelete="restrict",
        index="btree_not_null",
        help="The vendor to whom spend is moved.",
    )
    amount = fields.Monetary(help="Untaxed; negative where less is bought.")
    change = fields.Selection(
        [("gain", "Is won"), ("renew", "Is renewed"), ("lose", "Is lost")],
        string="Certificate",
        help="What becomes of the vendor's certificate.",
    )
    level_id = fields.Many2one(
        "pso.level",
        string="Assumed Level",
        ondelete="restrict",
        help="Of a certificate that is won or renewed.",
    )
    turnover = fields.Monetary(
        string="Assumed Turnover",
        help="Of the vendor in a year, where nothing is known of it.",
    )
    vendor_fte = fields.Float(
        string="Assumed Fte",
        digits=(16, 2),
        help="Of the vendor, where nothing is known of it.",
    )
    vendor_share = fields.Float(
        string="Assumed Direct Share (%)",
        digits=(16, 2),
        help="The vendor's own direct contribution, where nothing is known of it.",
    )
    fulltime_hours = fields.Float(
        string="Full-Time Hours",
        digits=(16, 2),
        help="The hours a week that make one fte.",
    )
    edition_id = fields.Many2one(
        "pso.edition",
        ondelete="restrict",
        help="By whose weights and norms it is held against.",
    )
    note = fields.Char(help="Where a figure is from, or what is taken for granted.")

    def _is_usable(self):
        """Return whether everything is there that a line of its kind needs."""
        self.ensure_one()
        return not self._lacking()

    def _lacking(self):
        """Return the names of the fields that a line of its kind needs, and lacks."""
        needed = NEEDED.get(self.kind, ("kind",))
        return [name for name in needed if not self[name]]

    def _has_assumed(self):
        """Return whether figures of the vendor are assumed, and not registered."""
        return bool(self.turnover)

    def _certified(self):
        """Return the vendor whose certificate or figures a line is about."""
        vendor = self.to_partner_id if self.kind == "move" else self.partner_id
        return vendor._origin.commercial_partner_id

    def _vendors(self):
        """Return the organisations at which these lines change purchases."""
        lines = self.filtered(lambda line: line.kind in PURCHASES)
        vendors = (
            lines.partner_id
            | lines.filtered(lambda line: line.kind == "move").to_partner_id
        )
        return vendors._origin.commercial_partner_id

    @api.onchange("kind")
    def _onchange_kind(self):
        if self.kind == "certificate" and not self.change:
            self.change = "gain"
