from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import ormcache

from ...tools.groups import PURCHASE

# What decides on the categories in which a certified vendor is expected.
RULE = {"pso_certified_vendor", "parent_id"}


class ProductCategory(models.Model):
    """What is bought, and whether a certified vendor is expected for it.

    Each company says so for itself: a category is shared by all of them.
    """

    _inherit = "product.category"

    pso_certified_vendor = fields.Selection(
        [("expected", "Expected"), ("not_expected", "Not expected")],
        string="PSO-Certified Vendor",
        company_dependent=True,
        groups=PURCHASE,
        help="Whether a vendor with a valid PSO certificate is expected for these "
        "products in this company. Who chooses another is asked for a reason. Empty: "
        "as for the parent category.",
    )
    pso_is_certified_expected = fields.Boolean(
        string="PSO-Certified Vendor Expected",
        compute="_compute_pso_is_certified_expected",
        compute_sudo=True,
        recursive=True,
        groups="base.group_user",
        help="By what this category says, else its parent; a branch follows the "
        "company that it is a branch of.",
    )

    @api.depends("pso_certified_vendor", "parent_id.pso_is_certified_expected")
    @api.depends_context("company")
    def _compute_pso_is_certified_expected(self):
        branch_first = self.env.company.sudo().parent_ids[::-1]
        for category in self:
            said = (
                category.with_company(company).pso_certified_vendor
                for company in branch_first
            )
            rule = next(filter(None, said), None)
            category.pso_is_certified_expected = (
                rule == "expected"
                if rule
                else category.parent_id.pso_is_certified_expected
            )

    @api.model
    @ormcache("company_id")
    def _pso_expecting(self, company_id):
        """Return the ids of the categories in which a company expects a certified one.

        Kept in memory: where there is no such category nobody pays for the question.
        """
        categories = self.with_user(SUPERUSER_ID).with_company(company_id)
        said = categories.union(
            *(
                categories.with_company(company).search(
                    [("pso_certified_vendor", "!=", False)]
                )
                for company in categories.env.company.parent_ids
            )
        ).with_company(company_id)
        below = said.search([("id", "child_of", said.ids)]) if said else said
        return frozenset(below.filtered("pso_is_certified_expected")._ids)

    @api.model_create_multi
    def create(self, vals_list):
        categories = super().create(vals_list)
        self._pso_forget(set().union(*vals_list))
        return categories

    def write(self, vals):
        result = super().write(vals)
        self._pso_forget(vals.keys())
        return result

    def _pso_forget(self, names):
        """Drop what is kept in memory if fields of these names decide on it."""
        if not RULE.isdisjoint(names):
            self.env.registry.clear_cache()
