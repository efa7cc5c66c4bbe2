from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...tools.context import without_defaults
from ...tools.groups import HR, MANAGER, PURCHASE, USER

# More logins than this are counted and not named.
MOST_NAMED = 10
# By the names that the buttons of the settings call them.
ACCESS_GROUPS = {"user": USER, "manager": MANAGER, "purchase": PURCHASE, "hr": HR}


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    pso_fulltime_hours = fields.Float(
        related="company_id.pso_fulltime_hours", readonly=False
    )
    pso_count_without_contract = fields.Boolean(
        related="company_id.pso_count_without_contract", readonly=False
    )
    pso_small_group = fields.Integer(
        related="company_id.pso_small_group", readonly=False
    )
    pso_status_months = fields.Integer(
        related="company_id.pso_status_months", readonly=False
    )
    pso_names_months = fields.Integer(
        related="company_id.pso_names_months", readonly=False
    )
    pso_log_months = fields.Integer(related="company_id.pso_log_months", readonly=False)
    pso_bundle_bills = fields.Integer(
        related="company_id.pso_bundle_bills", readonly=False
    )
    pso_seal_email = fields.Char(related="company_id.pso_seal_email", readonly=False)
    pso_reminders = fields.Boolean(related="company_id.pso_reminders", readonly=False)
    pso_purchase_user_id = fields.Many2one(
        related="company_id.pso_purchase_user_id", readonly=False
    )
    pso_people_user_id = fields.Many2one(
        related="company_id.pso_people_user_id", readonly=False
    )
    pso_own_user_id = fields.Many2one(
        related="company_id.pso_own_user_id", readonly=False
    )
    pso_reminder_note = fields.Char(
        string="Not Reminded",
        compute="_compute_pso_reminder_note",
        help="Of what nobody is reminded, as the company is set now.",
    )
    pso_company_registry = fields.Char(
        string="KvK Number",
        related="company_id.company_registry",
        readonly=False,
        help="Number of the company at the Chamber of Commerce. PSO certifies legal "
        "entities with a number of their own.",
    )
    # In words: whoever sets the company need not have access to the rule book.
    pso_edition_name = fields.Char(
        string="Edition in Force",
        compute="_compute_pso_edition_name",
        help="The edition by which a certificate is applied for today.",
    )
    pso_shows_setup = fields.Boolean(
        string="Set-Up Steps on the PSO Dashboard",
        compute="_compute_pso_shows_setup",
        inverse="_inverse_pso_shows_setup",
        help="The steps from an empty database to the first score.",
    )
    pso_reader_warning = fields.Char(
        string="Users Shown the Score of Last Night",
        compute="_compute_pso_reader_warning",
        help="Users who see something of the score and can change facts about "
        "employees.",
    )

    pso_user_count = fields.Integer(
        string="See the Score",
        compute="_compute_pso_access",
        help="Users who see the score and its totals, coordinators and the PSO Target "
        "Group among them.",
    )
    pso_manager_count = fields.Integer(
        string="Coordinate",
        compute="_compute_pso_access",
        help="Users who keep measurements and the rule book.",
    )
    pso_purchase_count = fields.Integer(
        string="Keep Purchases",
        compute="_compute_pso_access",
        help="Users who keep certificates and supplier figures.",
    )
    pso_hr_count = fields.Integer(
        string="See Names",
        compute="_compute_pso_access",
        help="Users who see who belongs to the target group.",
    )
    pso_is_manager = fields.Boolean(
        string="I Coordinate",
        compute="_compute_pso_access",
        help="The user who looks is a PSO coordinator.",
    )
    pso_is_hr = fields.Boolean(
        string="I See Names",
        compute="_compute_pso_access",
        help="The user who looks is in the PSO Target Group.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Look at a KvK number that is entered, whatever the country of the company."""
        for vals in vals_list:
            number = vals.get("pso_company_registry")
            known = self.env["res.company"].browse(vals.get("company_id"))
            if number != (known or self.env.company).company_registry:
                self.env["res.partner"]._pso_check_kvk(number)
        return super().create(vals_list)

    @api.depends("company_id")
    @api.depends_context("uid")
    def _compute_pso_access(self):
        user = self.env.user
        for settings in self:
            for name, group in ACCESS_GROUPS.items():
                settings[f"pso_{name}_count"] = len(self.env.ref(group).all_user_ids)
            settings.pso_is_manager = user.has_group(MANAGER)
            settings.pso_is_hr = user.has_group(HR)

    @without_defaults
    def action_pso_grant(self):
        """Give the user who asks a group of PSO, by his own right to give groups.

        The button says which (``pso_group`` in the context).

        :raise AccessError: for who does not administer the access rights of users, and
            for any other group than those of PSO
        """
        asked = self.env.context.get("pso_group")
        is_ours = asked in list(ACCESS_GROUPS)
        if not is_ours or not self.env.user.has_group("base.group_erp_manager"):
            raise AccessError(
                self.env._("Who administers access rights gives access to PSO.")
            )
        # Not ``env.user``, which is the superuser's: core decides who gives groups.
        user = self.env["res.users"].browse(self.env.uid)
        group = self.env.ref(ACCESS_GROUPS[asked])
        user.write({"group_ids": [fields.Command.link(group.id)]})
        settings = self.env.ref("pso_odoo.res_config_settings_action")
        return {
            "type": "ir.actions.client",
            "tag": "reload",
            "params": {"action_id": settings.id},
        }

    @api.depends("company_id")
    def _compute_pso_edition_name(self):
        edition = self.env["pso.edition"].sudo()._at(fields.Date.context_today(self))
        self.pso_edition_name = edition.display_name

    @api.depends("company_id")
    @api.depends_context("lang")
    def _compute_pso_reminder_note(self):
        for settings in self:
            settings.pso_reminder_note = settings.company_id._pso_reminder_note()

    @api.depends("company_id")
    @api.depends_context("lang")
    def _compute_pso_reader_warning(self):
        readers = self.env["res.users"]._pso_readers_of_kept_figures()
        self.pso_reader_warning = bool(readers) and self.env._(
            "Users who see something of the PSO score and can change facts about "
            "employees, schedules or companies: %(count)s (%(logins)s). They are shown "
            "the score of last night alone. Better give one of the two to somebody "
            "else.",
            count=len(readers),
            logins=", ".join(readers[:MOST_NAMED].mapped("login")),
        )

    @api.depends("company_id")
    def _compute_pso_shows_setup(self):
        for settings in self:
            is_closed = self.env["pso.setup"]._is_closed(settings.company_id)
            settings.pso_shows_setup = not is_closed

    def _inverse_pso_shows_setup(self):
        for settings in self:
            is_closed = not settings.pso_shows_setup
            self.env["pso.setup"]._set_closed(settings.company_id, is_closed)
