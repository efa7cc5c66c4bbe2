from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools import SQL, float_round, formatLang
from odoo.tools.date_utils import end_of

from ..models.chain.pso_request import REASONS
from ..tools.context import without_defaults
from ..tools.groups import PURCHASE
from ..tools.labels import reckoned_amount

# What is proposed is looked through by somebody.
MOST_LINES = 500
CRITERIA = ("has_prospects", "has_ending", "has_missing_figures", "has_missing_proof")


class PsoCampaignChoosing(models.TransientModel):
    """Which vendors to ask, by what it brings.

    Of the vendors without certificate the fewest at whom a share is bought; of the
    others those whose certificate ends, or of whom figures or proof are missing.
    """

    _name = "pso.campaign.choosing"
    _description = "Vendors to Ask for PSO"

    campaign_id = fields.Many2one(
        "pso.campaign",
        ondelete="cascade",
        domain="[('company_id', '=', company_id), ('state', '!=', 'closed')]",
        help="To which the vendors are added; a new one if it is empty.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        compute="_compute_company_id",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('id', 'in', allowed_company_ids)]",
        ondelete="cascade",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    name = fields.Char(
        string="New Campaign",
        default=lambda self: self._default_name(),
        help="What the new campaign is called among yourselves.",
    )
    picked_ids = fields.Many2many(
        "res.partner",
        string="Picked Vendors",
        help="Those picked from a list, which are asked whatever they bring.",
    )
    picked_reason = fields.Selection(REASONS, string="Why They Are Asked")
    has_prospects = fields.Boolean(
        string="Vendors without certificate",
        default=True,
        help="Organisations that never had one, from whom you bought in the last 12 "
        "months.",
    )
    share = fields.Float(
        string="Share to Cover (%)",
        default=80,
        digits=(16, 0),
        help="The fewest vendors are proposed that make up this share of what was "
        "bought without a certificate.",
    )
    has_ending = fields.Boolean(
        string="Certificates that end",
        default=True,
        help="Vendors whose certificate ends by then, or has ended, without a next "
        "one.",
    )
    date_until = fields.Date(
        string="End by",
        default=lambda self: end_of(fields.Date.context_today(self), "year"),
        help="Certificates that end by this day are asked for.",
    )
    has_missing_figures = fields.Boolean(
        string="Missing figures",
        default=True,
        help="Certified vendors without turnover, fte and direct share of last year.",
    )
    has_missing_proof = fields.Boolean(
        string="Missing proof",
        default=True,
        help="Certified vendors whose certificate nobody has received.",
    )
    line_ids = fields.One2many(
        "pso.campaign.choosing.line",
        "choosing_id",
        string="Vendors",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
        help="Take out who is not to be asked.",
    )
    sentence = fields.Char(
        compute="_compute_line_ids",
        store=True,
        help="How much of the purchases without certificate these vendors cover.",
    )

    def _default_name(self):
        year = fields.Date.context_today(self).year
        return self.env._("PSO certificates %(year)s", year=year)

    @api.depends("campaign_id")
    def _compute_company_id(self):
        for choosing in self:
            choosing.company_id = (
                choosing.campaign_id.company_id
                or choosing.company_id
                or self.env.company
            )

    # -- who is proposed -----------------------------------------------------------

    @api.depends(
        *("campaign_id", "company_id", "picked_ids", "picked_reason"),
        *("share", "date_until", *CRITERIA),
    )
    def _compute_line_ids(self):
        for choosing in self:
            rows, sentence = choosing._proposed()
            choosing.line_ids = [Command.clear(), *map(Command.create, rows)]
            choosing.sentence = sentence

    def _proposed(self):
        """Return the lines that are proposed, as values, and what they make up."""
        asked = self.env["pso.campaign"]._asked_partners(self.company_id._origin)
        if self.picked_ids:
            picked = self.picked_ids._origin
            return self._rows_of_picked(picked - asked), self._about_picked(
                picked & asked
            )
        prospects, sentence = self._proposed_prospects(asked)
        certified = self._proposed_certified(asked)
        return [*prospects, *certified][:MOST_LINES], sentence

    def _companies(self):
        """Return the companies whose purchases are looked at: the user's of the scope.

        Empty where the user may not work in the company itself.
        """
        company = self.company_id._origin
        return (company._pso_scope() & self.env.companies) if company else company

    def _rows_of_picked(self, vendors):
        bought = self._bought()
        rows = [
            {
                "partner_id": vendor.id,
                "reason": self.picked_reason or REASONS[0][0],
                "amount": bought.get(vendor.id, 0),
            }
            for vendor in vendors
        ]
        return sorted(rows, key=lambda row: (-row["amount"], row["partner_id"]))

    def _bought(self):
        """Return what was bought in the last 12 months without certificate."""
        found = self._prospects()
        amounts = {}
        for row in found:
            partner = row.partner_id.id
            amounts[partner] = amounts.get(partner, 0) + row.amount
        return amounts

    def _about_picked(self, asked):
        if not asked:
            return False
        return self.env._(
            "%(vendors)s: asked already, and left out.",
            vendors=", ".join(asked.mapped("display_name")),
        )

    def _prospects(self):
        companies = self._companies()
        return (
            self.env["pso.vendor.prospect"]
            .with_context(allowed_company_ids=companies.ids, pso_days=None)
            .search([("company_id", "in", companies.ids)])
        )

    def _proposed_prospects(self, asked):
        """Return the fewest vendors that make up the share, and that in words."""
        if not self.has_prospects:
            return [], False
        scope = self.company_id._origin._pso_scope()
        owners = scope | scope.browse(False)
        amounts = self._bought()
        order = sorted(amounts, key=lambda partner: (-amounts[partner], partner))
        total, covered, rows, skipped = sum(amounts.values()), 0, [], 0
        for vendor in self.env["res.partner"].browse(order):
            if covered * 100 >= total * self.share:
                break
            covered += amounts[vendor.id]
            if vendor in asked or (
                vendor.company_id and vendor.company_id not in owners
            ):
                skipped += 1
                continue
            rows.append(
                {
                    "partner_id": vendor.id,
                    "reason": "no_certificate",
                    "amount": amounts[vendor.id],
                    "covered": covered * 100 / total,
                }
            )
        return rows, total and self._in_words(len(rows), skipped, covered, total)

    def _in_words(self, count, skipped, covered, total):
        def money(amount):
            return reckoned_amount(self.env, amount, self.currency_id)

        sentence = self.env._(
            "These %(count)s vendors cover %(share)s %% of what was bought without a "
            "certificate in the last 12 months: %(covered)s of %(total)s.",
            count=count + skipped,
            share=formatLang(
                self.env,
                float_round(covered * 100 / total, precision_digits=1),
                digits=1,
            ),
            covered=money(covered),
            total=money(total),
        )
        if not skipped:
            return sentence
        already = self.env._(
            "%(count)s of them are asked already and left out.", count=skipped
        )
        return f"{sentence} {already}"

    def _proposed_certified(self, asked):
        """Return the certified vendors of whom something ends or is missing."""
        if not any(self[name] for name in CRITERIA[1:]) or not self._companies():
            return []
        year = self.campaign_id.year or fields.Date.context_today(self).year - 1
        found = []
        rows = self.env.execute_query(self._sql_certified(year))
        for partner, amount, end, state, has_figures in rows:
            reasons = {
                "certificate_ends": self.has_ending
                and self.date_until
                and end
                and end <= self.date_until,
                "no_proof": self.has_missing_proof and state == "missing",
                "no_figures": self.has_missing_figures and not has_figures,
            }
            reason = next((name for name, is_so in reasons.items() if is_so), None)
            if reason and partner not in asked._ids:
                found.append(
                    {
                        "partner_id": partner,
                        "reason": reason,
                        "amount": amount,
                        "date_end": end,
                    }
                )
        return found

    def _sql_certified(self, year):
        """Select who ever had a certificate and sold in the last 12 months.

        Of each the certificate that ends last, and whether there are figures.
        """
        measurements = self.env["pso.measurement"].sudo()
        lines = self.env["pso.supplier.line"].sudo()
        company = self.company_id._origin
        window = replace(measurements._rolling(company), companies=self._companies())
        return SQL(
            """
            WITH bought AS (
                SELECT partner_id, SUM(amount_bills + amount_outside) AS amount
                FROM (%(lines)s) AS line GROUP BY partner_id
            ),
            last AS (
                SELECT DISTINCT ON (partner_id) partner_id, date_end, evidence_state
                FROM pso_certificate
                ORDER BY partner_id, COALESCE(date_end, 'infinity') DESC, id DESC
            )
            SELECT vendor.id, bought.amount, last.date_end, last.evidence_state,
                EXISTS (SELECT FROM pso_supplier_figure figure
                    WHERE figure.partner_id = vendor.id AND figure.year = %(year)s)
            FROM bought JOIN last ON last.partner_id = bought.partner_id
            JOIN res_partner vendor ON vendor.id = bought.partner_id
            WHERE bought.amount > 0 AND vendor.is_company
                AND (vendor.company_id IS NULL OR vendor.company_id IN %(scope)s)
            ORDER BY bought.amount DESC, vendor.id %(flush)s
            """,
            year=year,
            lines=lines._sql_for(window),
            scope=company._pso_scope()._ids,
            flush=lines._sql_flush(),
        )

    # -- what comes of it ------------------------------------------------------------

    @api.model
    def _open(self, company, vals):
        """Propose vendors for a company in a dialog.

        :raise AccessError: for who does not keep certificates
        """
        if not self.env.user.has_group(PURCHASE):
            raise AccessError(
                self.env._("Certificates are asked for by users of PSO Purchases.")
            )
        choosing = self.create({"company_id": company.id, **vals})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Ask for Certificate"),
            "res_model": self._name,
            "res_id": choosing.id,
            "views": [[False, "form"]],
            "target": "new",
        }

    @api.model
    def _open_picked(self, company, vendors, reason):
        """Ask vendors that somebody picked: in the newest open campaign, or a new one.

        :raise UserError: if there are none
        """
        vendors = vendors - company._pso_scope().partner_id
        if not vendors:
            raise UserError(self.env._("Choose vendors to ask first."))
        campaign = self.env["pso.campaign"].search(
            [("company_id", "=", company.id), ("state", "!=", "closed")], limit=1
        )
        return self._open(
            company,
            {
                "campaign_id": campaign.id,
                "picked_ids": [Command.set(vendors.ids)],
                "picked_reason": reason,
            },
        )

    @without_defaults
    def action_add(self):
        """Add the vendors to the campaign, and show them before anything is sent.

        :raise UserError: if there are none
        """
        self.ensure_one()
        if not self.line_ids:
            raise UserError(self.env._("There is no vendor left to ask."))
        campaign = self.campaign_id or self.env["pso.campaign"].create(
            {
                "name": self.name or self._default_name(),
                "company_id": self.company_id.id,
            }
        )
        known = campaign.request_ids.partner_id
        lines = self.line_ids.filtered(lambda line: line.partner_id not in known)
        self.env["pso.request"].create(
            [
                {
                    "campaign_id": campaign.id,
                    "partner_id": line.partner_id.id,
                    "reason": line.reason,
                }
                for line in lines
            ]
        )
        here = (self.env.context.get("active_model"), self.env.context.get("active_id"))
        if here == (campaign._name, campaign.id):
            # The campaign is open below the dialog: not a second time on top of it.
            return {"type": "ir.actions.act_window_close"}
        return {
            "type": "ir.actions.act_window",
            "res_model": "pso.campaign",
            "res_id": campaign.id,
            "views": [[False, "form"]],
        }


class PsoCampaignChoosingLine(models.TransientModel):
    """A vendor that is proposed to be asked."""

    _name = "pso.campaign.choosing.line"
    _description = "Vendor Proposed to Be Asked"
    _order = "id"

    choosing_id = fields.Many2one(
        "pso.campaign.choosing", required=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="choosing_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner",
        string="Vendor",
        required=True,
        ondelete="cascade",
        index=True,
        domain="[('is_company', '=', True)]",
    )
    reason = fields.Selection(REASONS, required=True, default=REASONS[0][0])
    amount = fields.Monetary(
        string="Bought",
        readonly=True,
        help="Untaxed bills of the last 12 months less refunds.",
    )
    covered = fields.Float(
        string="Together (%)",
        digits=(16, 1),
        readonly=True,
        aggregator=None,
        help="How much of the purchases without certificate this vendor and those "
        "above it make up.",
    )
    date_end = fields.Date(
        string="Certificate Until",
        readonly=True,
        help="Last day of the vendor's last certificate.",
    )
    email = fields.Char(related="partner_id.email", string="E-Mail")
