from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..models.chain.res_company import REMINDER_SETTINGS, ROLES
from ..models.common.res_company import INHERITED
from ..tools.context import without_defaults
from ..tools.registry import is_kvk

# What a coordinator sets of a company.
SETTINGS = (*INHERITED, "pso_seal_email", *REMINDER_SETTINGS)
OF_PURCHASES, OF_PEOPLE, OF_OWN = ROLES
FROM_COMPANY = {
    "compute": "_compute_settings",
    "compute_sudo": False,
    "store": True,
    "readonly": False,
    "precompute": True,
}


class PsoCompanySettings(models.TransientModel):
    """What a PSO coordinator, who is no administrator, sets of a company."""

    _name = "pso.company.settings"
    _description = "PSO Settings of a Company"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        domain="[('id', 'in', allowed_company_ids)]",
        help="The company that these values are of; each is measured with its own.",
    )
    company_registry = fields.Char(
        string="KvK Number",
        **FROM_COMPANY,
        help="Number of the company at the Chamber of Commerce. PSO certifies legal "
        "entities with a number of their own. Once filled in, an administrator changes "
        "it.",
    )
    has_registry = fields.Boolean(
        compute="_compute_has_registry", help="The company has a KvK number already."
    )
    pso_fulltime_hours = fields.Float(
        string="Full-Time Hours",
        **FROM_COMPANY,
        help="Hours a week that make one fte for PSO: 40, or the norm of the "
        "collective agreement.",
    )
    pso_count_without_contract = fields.Boolean(
        string="Count Target Group without Contract Dates",
        **FROM_COMPANY,
        help="Whether people without contract dates in Odoo count for the target "
        "group, for companies that keep contracts elsewhere. They always count in the "
        "total fte.",
    )
    pso_small_group = fields.Integer(
        string="Smallest Group Shown",
        **FROM_COMPANY,
        help="The dashboard shows a department or work location apart only where at "
        "least this many people count for the target group and as many do not, so that "
        "nobody can be deduced. Only an administrator lowers it.",
    )
    pso_status_months = fields.Integer(
        string="Keep Statuses (months)",
        **FROM_COMPANY,
        help="How long after somebody has stopped counting, or has left, a "
        "target-group status is kept with its files; then it is deleted, and cannot be "
        "brought back. 36 covers the measured year and the two years of its "
        "certificate: an assumption, for your data protection officer to confirm.",
    )
    pso_names_months = fields.Integer(
        string="Keep Names (months)",
        **FROM_COMPANY,
        help="How long after its period a locked measurement still shows who its lines "
        "are of; then the names go, and figures and keys stay. 36 is an assumption.",
    )
    pso_log_months = fields.Integer(
        string="Keep Log (months)",
        **FROM_COMPANY,
        help="How long it is kept who looked at names, exported, locked and erased. 36 "
        "is an assumption.",
    )
    pso_bundle_bills = fields.Integer(
        string="Bills per Supplier in the Bundle",
        **FROM_COMPANY,
        help="How many of the largest bills of each supplier are in the evidence "
        "bundle as they came in. Verifiers ask for the largest one; 0 leaves bills "
        "out.",
    )
    pso_seal_email = fields.Char(
        string="Mail Digests To",
        **FROM_COMPANY,
        help="An address outside this Odoo, such as the auditor's: the digest of each "
        "new seal is mailed there, with measurement and number, and nothing of "
        "persons. Who forges a seal afterwards cannot change what was mailed.",
    )
    pso_reminders = fields.Boolean(
        string="Give Reminders",
        **FROM_COMPANY,
        help="Whether activities remind of what ends or is missing, 90, 60 and 30 "
        "days before, and of the own certificate nine months before.",
    )
    pso_purchase_user_id = fields.Many2one(
        "res.users",
        string="Of Purchases",
        **FROM_COMPANY,
        domain=lambda self: self.env["res.company"]._pso_domain_reminded(OF_PURCHASES),
        help="Who is reminded of certificates of vendors that end, and of figures and "
        "proof of them that are missing. Empty: the buyer of the vendor, if he may see "
        "certificates.",
    )
    pso_people_user_id = fields.Many2one(
        "res.users",
        string="Of People",
        **FROM_COMPANY,
        domain=lambda self: self.env["res.company"]._pso_domain_reminded(OF_PEOPLE),
        help="Who of the PSO Target Group is reminded that people stop counting, or "
        "that proof of statuses is missing. Empty: nobody.",
    )
    pso_own_user_id = fields.Many2one(
        "res.users",
        string="Of the Own Certificate",
        **FROM_COMPANY,
        domain=lambda self: self.env["res.company"]._pso_domain_reminded(OF_OWN),
        help="Which coordinator is reminded that the certificate of the company itself "
        "ends. Empty: nobody.",
    )
    reminder_note = fields.Char(
        string="Not Reminded",
        compute="_compute_reminder_note",
        help="Of what nobody is reminded, as the company is set now.",
    )
    shows_setup = fields.Boolean(
        string="Set-Up Steps on the Dashboard",
        **FROM_COMPANY,
        help="The steps from an empty database to the first score.",
    )
    edition_id = fields.Many2one(
        "pso.edition",
        string="Edition in Force",
        compute="_compute_edition_id",
        help="The edition by which a certificate is applied for today.",
    )

    @api.depends("company_id")
    def _compute_settings(self):
        # Nobody reads the values of another's company here, be they cached or not.
        self.company_id.check_access("read")
        for settings in self:
            company = settings.company_id
            settings.company_registry = company.company_registry
            settings.shows_setup = not self.env["pso.setup"]._is_closed(company)
            for name in SETTINGS:
                settings[name] = company[name]

    @api.depends("company_id")
    def _compute_has_registry(self):
        for settings in self:
            registry = settings.company_id.company_registry
            settings.has_registry = bool(registry) and is_kvk(registry)

    @api.depends("company_id")
    @api.depends_context("lang")
    def _compute_reminder_note(self):
        self.company_id.check_access("read")
        for settings in self:
            settings.reminder_note = settings.company_id._pso_reminder_note()

    @api.depends("company_id")
    def _compute_edition_id(self):
        today = fields.Date.context_today(self)
        self.edition_id = self.env["pso.edition"]._at(today)

    @without_defaults
    def action_save(self):
        """Write these values, and no others, to the company.

        :raise AccessError: for users who do not coordinate PSO, for other companies
            than theirs, and if a group is to be shown that was not shown before: a
            coordinator does not see names
        """
        self.ensure_one()
        company = self.company_id
        is_manager = self.env.user.has_group("pso_odoo.group_pso_manager")
        if not is_manager or company not in self.env.user.company_ids:
            raise AccessError(
                self.env._("You can only set PSO for companies that you coordinate.")
            )
        if self.pso_small_group < company.pso_small_group:
            raise AccessError(
                self.env._(
                    "Smallest Group Shown protects people: you can raise it, and an "
                    "administrator can lower it in the general settings."
                )
            )
        values = {
            name: self._fields[name].convert_to_write(self[name], self)
            for name in SETTINGS
            # What stays as it is was good once, and stops nothing else.
            if self[name] != company.sudo()[name]
        }
        registry = company.company_registry
        if not self.has_registry and self.company_registry not in (False, registry):
            # Also where its country is another one: it is a KvK number that is asked.
            self.env["res.partner"]._pso_check_kvk(self.company_registry)
            values["company_registry"] = self.company_registry
        company.sudo().write(values)
        setup = self.env["pso.setup"]
        setup._set_done(company, "company")
        setup._set_closed(company, not self.shows_setup)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
