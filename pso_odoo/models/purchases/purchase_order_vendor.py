from odoo import models
from odoo.exceptions import UserError
from odoo.tools import OrderedSet

# What core sets by the vendor, and what by the fiscal position that it has.
FOLLOWING = ("partner_id", "fiscal_position_id")


class PurchaseOrder(models.Model):
    """An order that gets another vendor."""

    _inherit = "purchase.order"

    def _pso_choose_vendor(self, vendor):
        """Give a draft to another vendor, with all that follows when a user does so.

        Terms, currency, taxes and prices become those of the vendor. As there, a price
        that was typed stays.

        :raise UserError: if vendors are no longer asked for it
        """
        self.ensure_one()
        self.check_access("write")
        if self.state not in ("draft", "sent"):
            raise UserError(
                self.env._(
                    "%(order)s is confirmed: its vendor stays as it is.",
                    order=self.name,
                )
            )
        self.partner_id = vendor
        for name in FOLLOWING:
            self._apply_onchange_methods(name, {"warnings": OrderedSet()})
