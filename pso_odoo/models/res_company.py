import secrets

from odoo import fields, models


class ResCompany(models.Model):
    _name = "res.company"
    _inherit = ["res.company", "pso.guarded.mixin", "pso.shown.mixin"]

    pso_fulltime_hours = fields.Float(
        string="PSO Full-Time Hours",
        default=40,
        help="Hours a week that make one fte: 40, or the norm of the collective "
        "agreement.",
    )
    pso_count_without_contract = fields.Boolean(
        string="Count Target Group without Contract Dates",
        help="Whether people without contract dates in Odoo count for the target "
        "group. They always count in the total fte.",
    )
    pso_small_group = fields.Integer(
        string="Smallest PSO Group Shown",
        default=5,
        help="Departments and work locations are shown apart where at least this many "
        "people count for the target group and as many do not; the others are put "
        "together.",
    )
    # The trend looks back 36 months, and a certificate that rests on a measured year is
    # valid for 24 (section 1); how long to keep is the company's decision (assumption).
    pso_status_months = fields.Integer(
        string="Keep PSO Statuses (months)",
        default=36,
        help="How long after somebody has stopped counting, or has left, a "
        "target-group status is kept with its files; then it is deleted. 36 covers the "
        "measured year, the two years of the certificate and the rolling score: an "
        "assumption, for your data protection officer to confirm.",
    )
    pso_names_months = fields.Integer(
        string="Keep PSO Names (months)",
        default=36,
        help="How long after its period a locked measurement still shows who its lines "
        "are of; then the names go, and figures and keys stay. 36 is an assumption: "
        "names are needed until the certificate has ended.",
    )
    pso_log_months = fields.Integer(
        string="Keep PSO Log (months)",
        default=36,
        help="How long it is kept who looked at names, exported, locked and erased. 36 "
        "is an assumption.",
    )
    pso_seal_email = fields.Char(
        string="Mail PSO Digests To",
        help="An address outside this Odoo, such as the auditor's: the digest of each "
        "new seal is mailed there, with measurement and number, and nothing of "
        "persons. Who forges a seal afterwards cannot change what was mailed.",
    )
    # Behind the keys in exports: who does not know it cannot find out whose key it is.
    pso_secret = fields.Char(
        string="PSO Secret",
        default=lambda self: secrets.token_hex(16),
        copy=False,
        groups=fields.NO_ACCESS,
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

    def write(self, vals):
        result = super().write(vals)
        if not {"pso_fulltime_hours", "pso_count_without_contract"}.isdisjoint(vals):
            self.env["pso.measurement"]._forget_figures()
        if "pso_status_months" in vals:
            self.env["pso.status"]._forget_counting()
        return result
