from odoo import api, fields, models
from odoo.exceptions import ValidationError


class PsoCost(models.Model):
    """What a year of something costs by default, where the company says so.

    A scenario fills in its costs by these. None is shipped: nothing is invented. All
    that fit add up, so that a subsidy for one group is a negative row of its own.
    """

    _name = "pso.cost"
    _description = "PSO Cost of a Year"
    _order = "company_id, kind, id"
    _rec_name = "note"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="cascade",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(
        [("fte", "One fte"), ("purchases", "Purchases")],
        required=True,
        default="fte",
        help="What costs: an fte in own staff, or purchases at a vendor.",
    )
    group_id = fields.Many2one(
        "pso.target.group",
        string="Target Group",
        ondelete="cascade",
        index="btree_not_null",
        help="For whom it is; of everybody, other staff too, where it is empty.",
    )
    form_id = fields.Many2one(
        "pso.contract.form",
        string="Form of Contract",
        ondelete="cascade",
        index="btree_not_null",
        help="For which form of contract it is; for each where it is empty.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Vendor",
        ondelete="cascade",
        index="btree_not_null",
        help="At whom purchases cost more; at each vendor where it is empty.",
    )
    amount = fields.Monetary(
        string="A Year for One Fte",
        help="In the company's currency; negative for a subsidy.",
    )
    percentage = fields.Float(
        string="Extra Price (%)",
        digits=(16, 2),
        help="What the same costs more at this vendor; negative if it is cheaper.",
    )
    note = fields.Char(help="Where the amount is from.")

    @api.depends("kind", "group_id", "form_id", "partner_id", "note")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for cost in self:
            about = (cost.group_id.name, cost.form_id.name)
            if cost.kind == "purchases":
                about = (cost.partner_id.display_name,)
            parts = (labels.get(cost.kind), *about, cost.note)
            cost.display_name = ", ".join(filter(None, parts))

    @api.constrains("kind", "amount", "percentage")
    def _check_value(self):
        for cost in self:
            if cost.kind == "fte" and not cost.amount:
                raise ValidationError(
                    self.env._(
                        "Say what one fte costs a year, or delete the row (A Year for "
                        "One Fte)."
                    )
                )
            if cost.kind == "purchases" and not cost.percentage:
                raise ValidationError(
                    self.env._(
                        "Say what purchases cost more, or delete the row (Extra Price)."
                    )
                )

    def _per_fte(self, company, group, form):
        """Return what one fte costs a year, None where the company does not say.

        :param group: empty for other staff
        """
        fitting = self._of(company, "fte").filtered(
            lambda cost: cost.group_id in (group, group.browse())
            and cost.form_id in (form, form.browse())
        )
        return sum(fitting.mapped("amount")) if fitting else None

    def _extra_price(self, company, partner):
        """Return what a unit of money costs more at a vendor, None if it is not said.

        The row of the vendor goes before that of all vendors.
        """
        costs = self._of(company, "purchases")
        own = costs.filtered(lambda cost: cost.partner_id == partner)
        fitting = own or costs.filtered(lambda cost: not cost.partner_id)
        return sum(fitting.mapped("percentage")) / 100 if fitting else None

    def _of(self, company, kind):
        return self.sudo().search(
            [("company_id", "=", company._origin.id), ("kind", "=", kind)]
        )
