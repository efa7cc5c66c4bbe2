import secrets

import pytz

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, email_normalize

# What a branch takes over from the company it is a branch of.
INHERITED = (
    "pso_fulltime_hours",
    "pso_count_without_contract",
    "pso_small_group",
    "pso_status_months",
    "pso_names_months",
    "pso_log_months",
    "pso_bundle_bills",
)
# What figures, or how long statuses are kept, rest on.
RESTS_ON = {"pso_fulltime_hours", "pso_count_without_contract", "pso_status_months"}


class ResCompany(models.Model):
    _inherit = "res.company"

    _figures_rest_on = RESTS_ON

    pso_fulltime_hours = fields.Float(
        string="PSO Full-Time Hours",
        default=40,
        prefetch="pso",
        help="Hours a week that make one fte: 40, or the norm of the collective "
        "agreement.",
    )
    pso_count_without_contract = fields.Boolean(
        string="Count Target Group without Contract Dates",
        prefetch="pso",
        help="Whether people without contract dates in Odoo count for the target "
        "group. They always count in the total fte.",
    )
    pso_small_group = fields.Integer(
        string="Smallest PSO Group Shown",
        default=5,
        prefetch="pso",
        help="Departments and work locations are shown apart where at least this many "
        "people count for the target group and as many do not; the others are put "
        "together.",
    )
    # The trend looks back 36 months, and a certificate that rests on a measured year is
    # valid for 24 (section 1); how long to keep is the company's decision (assumption).
    pso_status_months = fields.Integer(
        string="Keep PSO Statuses (months)",
        default=36,
        prefetch="pso",
        help="How long after somebody has stopped counting, or has left, a "
        "target-group status is kept with its files; then it is deleted. 36 covers the "
        "measured year, the two years of the certificate and the rolling score: an "
        "assumption, for your data protection officer to confirm.",
    )
    pso_names_months = fields.Integer(
        string="Keep PSO Names (months)",
        default=36,
        prefetch="pso",
        help="How long after its period a locked measurement still shows who its lines "
        "are of; then the names go, and figures and keys stay. 36 is an assumption: "
        "names are needed until the certificate has ended.",
    )
    pso_log_months = fields.Integer(
        string="Keep PSO Log (months)",
        default=36,
        prefetch="pso",
        help="How long it is kept who looked at names, exported, locked and erased. 36 "
        "is an assumption.",
    )
    pso_seal_email = fields.Char(
        string="Mail PSO Digests To",
        prefetch="pso",
        help="An address outside this Odoo, such as the auditor's: the digest of each "
        "new seal is mailed there, with measurement and number, and nothing of "
        "persons. Who forges a seal afterwards cannot change what was mailed.",
    )
    pso_bundle_bills = fields.Integer(
        string="Bills per Supplier in the PSO Evidence Bundle",
        default=1,
        prefetch="pso",
        help="How many of the largest bills of each supplier are in the evidence "
        "bundle as they came in. Verifiers ask for the largest one; 0 leaves bills "
        "out.",
    )
    # Behind the keys in exports: who does not know it cannot find out whose key it is.
    pso_secret = fields.Char(
        string="PSO Secret",
        default=lambda self: secrets.token_hex(16),
        copy=False,
        groups=fields.NO_ACCESS,
        prefetch="pso",
    )

    _pso_fulltime_hours_range = models.Constraint(
        "CHECK (pso_fulltime_hours > 0 AND pso_fulltime_hours <= 168)",
        "PSO full-time hours lie above 0 and up to 168 a week.",
    )
    # Of a group of one, who reads it knows everything.
    _pso_small_group_range = models.Constraint(
        "CHECK (pso_small_group >= 2)",
        "The smallest PSO group shown has at least 2 people.",
    )

    # No data of persons without an end; what an audit may still ask for stays.
    _pso_status_months_range = models.Constraint(
        "CHECK (pso_status_months BETWEEN 12 AND 120)",
        "PSO statuses are kept for 12 to 120 months (Keep PSO Statuses).",
    )
    _pso_names_months_range = models.Constraint(
        "CHECK (pso_names_months BETWEEN 12 AND 120)",
        "Names in locked PSO measurements are kept for 12 to 120 months (Keep PSO "
        "Names).",
    )
    _pso_log_months_range = models.Constraint(
        "CHECK (pso_log_months BETWEEN 12 AND 120)",
        "The PSO log is kept for 12 to 120 months (Keep PSO Log).",
    )

    # More than these nobody looks at, and each may have to be printed.
    _pso_bundle_bills_range = models.Constraint(
        "CHECK (pso_bundle_bills BETWEEN 0 AND 100)",
        "The PSO evidence bundle has 0 to 100 bills per supplier.",
    )

    @api.constrains("pso_seal_email")
    def _check_pso_seal_email(self):
        """Refuse what no mail reaches: nobody would learn that none arrives."""
        for company in self:
            address = company.pso_seal_email
            if address and not email_normalize(address):
                raise ValidationError(
                    self.env._(
                        "“%(address)s” is not one e-mail address (Mail PSO Digests "
                        "To).",
                        address=address,
                    )
                )

    def _pso_timezone(self):
        """Return the name of the time zone in which a moment is a day of this company.

        That of its schedule; else the first of its country's, and of those of the
        companies it is a branch of; UTC where nothing is known.
        """
        company = self.sudo()
        if timezone := company.resource_calendar_id.tz:
            return timezone
        while company:
            if zones := pytz.country_timezones.get(company.country_id.code or ""):
                return zones[0]
            company = company.parent_id
        return "UTC"

    def _sql_pso_timezones(self):
        """List the rows ``(company id, time zone)`` of all companies, for SQL."""
        companies = self.sudo().search([("active", "in", (True, False))])
        return SQL(", ").join(
            SQL("(%s, %s)", company.id, company._pso_timezone())
            for company in companies
        )

    def _pso_complete_demo(self):
        """Give a demo company what addons ask for that may be installed beside ours.

        Inventory makes no warehouse for a company that is made by data, and without one
        there are no purchase orders.
        """
        if "stock.warehouse" not in self.env:
            return
        warehouses = self.env["stock.warehouse"]
        for company in self:
            if not warehouses.search_count([("company_id", "=", company.id)], limit=1):
                warehouses.create({"company_id": company.id})

    # -- branches ------------------------------------------------------------

    def _pso_branches(self):
        """Return the branches below these that have no KvK number of their own.

        Such a branch is no legal entity: the scheme certifies the company with it.
        """
        branches = self.sudo().child_ids.filtered(
            lambda branch: not branch.company_registry
        )
        below = branches._pso_branches() if branches else branches
        return (branches | below).with_env(self.env)

    def _pso_scope(self):
        """Return what a measurement of this company takes in, for the user.

        Those that one may not work in are left out, which a check says.
        """
        if self.env.uid == SUPERUSER_ID:
            return self | self._pso_branches()
        # Core keeps these for the user: who works in one company asks no query.
        others = self.browse(self.env.user._get_company_ids()) - self
        return self | others.filtered(lambda company: company._pso_is_branch_of(self))

    def _pso_is_branch_of(self, head):
        """Return whether a company is above this, with no KvK number on the way."""
        company = self.sudo()
        while company.parent_id and not company.company_registry:
            company = company.parent_id
            if company in head:
                return True
        return False

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        for company, vals in zip(companies, vals_list, strict=True):
            head = company.sudo().parent_id
            values = {name: head[name] for name in INHERITED if name not in vals}
            if head:
                company.write(values)
        return companies

    def _pso_write_branches(self, before):
        """Let branches follow that had the values that this company had.

        :param before: ``{company: {setting: value}}`` of those that were written
        """
        for company, values in before.items():
            for branch in company._pso_branches().sudo():
                changed = {
                    name: company[name]
                    for name, value in values.items()
                    if branch[name] == value != company[name]
                }
                if changed:
                    branch.write(changed)

    def write(self, vals):
        settings = [name for name in INHERITED if name in vals]
        before = {
            company: {name: company[name] for name in settings}
            for company in (self if settings else ())
        }
        result = super().write(vals)
        self._pso_write_branches(before)
        return result
