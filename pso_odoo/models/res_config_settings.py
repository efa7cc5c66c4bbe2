from odoo import api, fields, models


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
    pso_seal_email = fields.Char(related="company_id.pso_seal_email", readonly=False)
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

    @api.depends("company_id")
    def _compute_pso_edition_name(self):
        edition = self.env["pso.edition"].sudo()._at(fields.Date.context_today(self))
        self.pso_edition_name = edition.display_name

    @api.depends("company_id")
    def _compute_pso_shows_setup(self):
        for settings in self:
            is_closed = self.env["pso.setup"]._is_closed(settings.company_id)
            settings.pso_shows_setup = not is_closed

    def _inverse_pso_shows_setup(self):
        for settings in self:
            is_closed = not settings.pso_shows_setup
            self.env["pso.setup"]._set_closed(settings.company_id, is_closed)
