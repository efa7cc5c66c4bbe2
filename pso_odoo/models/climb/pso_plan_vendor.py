from markupsafe import Markup

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import format_amount, format_date

from ..purchases.account_move import PURCHASE_TYPES

LINK = Markup('<a href="/odoo/pso.plan/%s">%s</a>: %s')


class PsoPlan(models.Model):
    """What a running plan does at vendors, for who looks at one of them."""

    _inherit = "pso.plan"

    def _running_at(self, vendors, companies):
        """Return what running plans do at these organisations.

        With the rights of the user, in one search for all of them: nothing is looked
        for where he may not read plans.

        :return: ``{organisation: [(plan, line of its scenario)]}``
        """
        plans = self.sudo(False)
        if not vendors or not plans.has_access("read"):
            return {}
        named = Domain("partner_id.commercial_partner_id", "in", vendors.ids) | Domain(
            "to_partner_id.commercial_partner_id", "in", vendors.ids
        )
        plans = plans.search(
            [
                ("state", "=", "approved"),
                ("company_id", "in", companies.ids),
                ("date_deadline", ">=", fields.Date.context_today(self)),
                ("scenario_id.line_ids", "any", named),
            ]
        )
        found = {}
        for plan in plans:
            for line in plan.scenario_id.line_ids:
                # Others that it names may be of a company that the user is not in now.
                named = set(line.sudo()._vendors().ids)
                for vendor in vendors:
                    if vendor.id in named:
                        found.setdefault(vendor, []).append((plan, line))
        return found

    def _named_in_links(self, named):
        """Say what running plans do at one organisation, each as a link.

        :param named: ``[(plan, line)]`` of ``_running_at``
        :return: markup, False for nothing
        """
        links = [
            LINK % (plan.id, plan.name, plan._in_the_plan(line)) for plan, line in named
        ]
        return Markup("<br/>").join(links) or False

    def _in_the_plan(self, line):
        """Say what a line of the scenario is, with what has been bought by now."""
        if line.kind not in ("spend", "move"):
            return line.sentence
        return self.env._(
            "%(change)s (bought there since %(start)s: %(amount)s)",
            change=line.sentence,
            start=format_date(self.env, self.date_start),
            amount=format_amount(
                self.env,
                self._bought_at(line.sudo()._certified()),
                self.company_id.currency_id,
            ),
        )

    def _bought_at(self, vendor):
        """Return what was bought at an organisation since the plan began, untaxed.

        In the scope of the plan, posted, less refunds.
        """
        moves = self.env["account.move"].sudo()
        today = fields.Date.context_today(self)
        rows = moves._read_group(
            [
                ("company_id", "in", self.sudo().company_ids.ids),
                ("commercial_partner_id", "=", vendor.id),
                ("state", "=", "posted"),
                ("move_type", "in", PURCHASE_TYPES),
                ("invoice_date", ">=", self.date_start),
            ],
            ["company_id"],
            ["amount_untaxed_signed:sum"],
        )
        return sum(
            company.currency_id._convert(
                -amount, self.company_id.currency_id, self.company_id, today
            )
            for company, amount in rows
        )
