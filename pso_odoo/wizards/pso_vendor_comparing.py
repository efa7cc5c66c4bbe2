from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.date_utils import start_of

from ..models.purchases.account_move import PURCHASE_TYPES

# So many documents of the past are looked through for a last price.
LOOKED_THROUGH = 500
RATE_OF = 10_000


class Wanted(NamedTuple):
    """What is to be bought: a product in a quantity, for an order if there is one."""

    product: models.BaseModel
    quantity: float
    uom: models.BaseModel
    order: models.BaseModel


class Offer(NamedTuple):
    """What a vendor asks for a unit, in the company's currency, and how we know."""

    partner: models.BaseModel
    price: float
    source: str


class PsoVendorComparison(models.TransientModel):
    """Who can deliver, at which price, and what it would add."""

    _inherit = "pso.vendor.comparison"

    @api.model
    def _open(self, company, wanted, title):
        """Compare the vendors of what is wanted, and open that.

        Prices are read with the rights of the user.

        :param wanted: list of ``Wanted``
        :raise AccessError: for who sees no figures of vendors
        :raise UserError: if nobody is known who delivers it
        """
        self.check_access("read")
        rows = [
            values
            for each in wanted
            for values in self.with_company(company)._rows_of(each, company)
        ]
        if not rows:
            raise UserError(
                self.env._(
                    "Nobody is known who delivers this: fill in vendors on the product "
                    "(page Purchase)."
                )
            )
        # Who may compare makes nothing else: the rows are made for him.
        records = self.sudo().create(rows)
        action = self.env["ir.actions.actions"]._for_xml_id(
            "pso_odoo.pso_vendor_comparison_action"
        )
        products = {each.product for each in wanted}
        action["domain"] = [("id", "in", records.ids)]
        action["context"] = {"search_default_group_product": len(products) > 1}
        action["display_name"] = title
        return action

    @api.model
    def _rows_of(self, wanted, company):
        """Return the values of the rows about one product, the best first."""
        offers = self._offers(wanted, company)
        vendors = self._vendors_of(offers, company)
        today = fields.Date.context_today(self)
        rows = []
        for offer in offers:
            entity = offer.partner.commercial_partner_id
            certified, bought = vendors[entity]
            amount = offer.price * wanted.quantity
            room = certified.room if certified.figure_year else amount
            counting = max(min(amount, room), 0)
            rows.append(
                {
                    "order_id": wanted.order.id,
                    "product_id": wanted.product.id,
                    "company_id": company.id,
                    "partner_id": offer.partner.id,
                    "quantity": wanted.quantity,
                    "uom_id": wanted.uom.id,
                    "price_unit": offer.price,
                    "price_source": offer.source,
                    "amount": amount,
                    "pso_standing": self._standing_of(entity, today),
                    "date_end": certified.date_end,
                    "fte_rate": certified.fte_rate,
                    "figure_year": certified.figure_year,
                    "fte": certified.fte_rate * counting / RATE_OF,
                    "bought": bought,
                    "room": certified.room if certified.figure_year else 0,
                }
            )
        return self._ranked(rows)

    @api.model
    def _standing_of(self, entity, today):
        return entity.sudo().pso_certificate_ids._standing(today)[0]

    @api.model
    def _ranked(self, rows):
        """Mark the cheapest and the one with the most fte, and put them first."""
        prices = [row["price_unit"] for row in rows if row["price_source"] != "none"]
        lowest = min(prices, default=None)
        most = max((row["fte"] for row in rows), default=0)
        for row in rows:
            known = row["price_source"] != "none"
            is_cheapest = known and row["price_unit"] == lowest and len(prices) > 1
            is_best = 0 < most == row["fte"]
            row["mark"] = (
                ("both" if is_best else "price") if is_cheapest else (is_best and "fte")
            )
        rows.sort(
            key=lambda row: (not row["mark"], -row["fte_rate"], row["price_unit"])
        )
        return [{**row, "sequence": place} for place, row in enumerate(rows)]

    @api.model
    def _vendors_of(self, offers, company):
        """Return what is known of vendors: ``{entity: (certified vendor, bought)}``."""
        entities = self.env["res.partner"].union(
            *(offer.partner.commercial_partner_id for offer in offers)
        )
        mine = [("partner_id", "in", entities.ids), ("company_id", "=", company.id)]
        certified = self.env["pso.certified.vendor"].search(mine)
        by_entity = certified.grouped("partner_id")
        year = start_of(fields.Date.context_today(self), "year")
        bought = dict(
            self.env["pso.purchase.report"]._read_group(
                [*mine, ("date", ">=", year)], ["partner_id"], ["amount:sum"]
            )
        )
        return {
            entity: (by_entity.get(entity, certified.browse()), bought.get(entity, 0))
            for entity in entities
        }

    # -- who delivers it, and at which price ---------------------------------------

    @api.model
    def _offers(self, wanted, company):
        """Return one offer a vendor: of its list, else of the past; by entity once.

        A draft says itself what its own vendor asks.
        """
        offers = {}
        found = [
            *self._own_offers(wanted, company),
            *self._listed_offers(wanted, company),
            *self._ordered_offers(wanted, company),
            *self._billed_offers(wanted, company),
        ]
        for offer in found:
            entity = offer.partner.commercial_partner_id
            known = offers.get(entity)
            if not known or known.source == "none":
                offers[entity] = offer
        return list(offers.values())

    @api.model
    def _own_offers(self, wanted, company):
        """Return what the order says itself."""
        order = wanted.order
        if not order.partner_id:
            return
        lines = order.order_line.filtered(
            lambda line: (
                line.product_id == wanted.product
                and line.product_uom_id == wanted.uom
                and line.price_unit
            )
        )
        quantity = sum(lines.mapped("product_qty"))
        price = sum(lines.mapped("price_subtotal")) / quantity if quantity else 0
        price /= order.currency_rate or 1
        yield Offer(order.partner_id, price, "order" if lines else "none")

    @api.model
    def _listed_offers(self, wanted, company):
        """Return the prices on the product that hold for the quantity, by vendor.

        A vendor that asks for a larger quantity is there too, with that price.
        """
        product = wanted.product.with_company(company)
        today = fields.Date.context_today(self)
        params = {"order_id": wanted.order}
        options = {"date": today, "uom_id": wanted.uom, "params": params}
        anybody = product._get_filtered_sellers(quantity=None, **options)
        for partner in anybody.partner_id:
            seller = product._select_seller(
                partner_id=partner, quantity=wanted.quantity, **options
            )
            source = "list" if seller else "minimum"
            if not seller:
                larger = anybody.filtered(lambda s, p=partner: s.partner_id == p)
                seller = larger.sorted("min_qty")[:1]
            price = seller.product_uom_id._compute_price(
                seller.price_discounted, wanted.uom
            )
            price = seller.currency_id._convert(
                price, company.currency_id, company, today, round=False
            )
            yield Offer(partner, price, source if price else "none")

    @api.model
    def _ordered_offers(self, wanted, company):
        """Return the price of the last confirmed order at each vendor."""
        lines = self.env["purchase.order.line"]
        if not lines.has_access("read"):
            return
        found = lines.search(
            [
                ("product_id", "=", wanted.product.id),
                ("company_id", "=", company.id),
                ("order_id.state", "=", "purchase"),
                ("order_id", "!=", wanted.order.id),
                ("partner_id.active", "=", True),
                ("product_qty", ">", 0),
            ],
            order="id desc",
            limit=LOOKED_THROUGH,
        )
        for line in found:
            price = line.price_subtotal / line.product_qty
            price /= line.order_id.currency_rate or 1
            price = line.product_uom_id._compute_price(price, wanted.uom)
            yield Offer(line.partner_id, price, "ordered")

    @api.model
    def _billed_offers(self, wanted, company):
        """Return the price of the last posted bill of each vendor."""
        lines = self.env["account.move.line"]
        if not lines.has_access("read"):
            return
        found = lines.search(
            [
                ("product_id", "=", wanted.product.id),
                ("company_id", "=", company.id),
                ("parent_state", "=", "posted"),
                ("move_id.move_type", "in", PURCHASE_TYPES),
                ("partner_id.active", "=", True),
                ("display_type", "=", "product"),
                ("quantity", ">", 0),
                ("balance", ">", 0),
            ],
            order="date desc, id desc",
            limit=LOOKED_THROUGH,
        )
        for line in found:
            uom = line.product_uom_id or wanted.uom
            price = uom._compute_price(line.balance / line.quantity, wanted.uom)
            yield Offer(line.partner_id, price, "billed")
