from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.context import without_defaults
from ..tools.labels import selection_label

# Grounds of GDPR art. 17(1), and a record that never was right.
REASONS = [
    ("withdrawn", "Consent withdrawn"),
    ("objection", "The person objects"),
    ("needless", "No longer needed"),
    ("unlawful", "Recorded without a legal basis"),
    ("mistake", "Recorded by mistake"),
]


class PsoErasure(models.TransientModel):
    """What goes and what stays when the PSO data of one employee are erased."""

    _name = "pso.erasure"
    _description = "Erasure of PSO Data"
    _inherit = ["pso.withheld.mixin"]

    employee_id = fields.Many2one(
        "hr.employee",
        required=True,
        default=lambda self: self.env.context.get("active_id"),
        ondelete="cascade",
        help="Whose data are erased. The employee stays.",
    )
    reason = fields.Selection(
        REASONS,
        required=True,
        help="Goes into the log, without the person. Free text could name somebody.",
    )
    is_sure = fields.Boolean(
        string="I know that this cannot be undone",
        help="What is erased is nowhere else in Odoo.",
    )
    counts_now = fields.Boolean(compute="_compute_what")
    status_count = fields.Integer(string="Statuses", compute="_compute_what")
    file_count = fields.Integer(string="Proof Files", compute="_compute_what")
    measurement_count = fields.Integer(
        string="Locked Measurements",
        compute="_compute_what",
        help="In which a line is this person's. Its name goes.",
    )
    review_count = fields.Integer(string="File Reviews", compute="_compute_what")

    @api.depends("employee_id")
    def _compute_what(self):
        for erasure in self:
            found = erasure.employee_id._pso_records()
            erasure.counts_now = "counts" in found["pso.status"].mapped(
                "counting_state"
            )
            erasure.status_count = len(found["pso.status"])
            erasure.file_count = len(found["pso.status"].attachment_ids)
            lines = found["pso.locked.person.line"]
            erasure.measurement_count = len(lines.measurement_id)
            erasure.review_count = len(found["pso.sample.line"].sample_id)

    @without_defaults
    def action_erase(self):
        """Erase, and leave no trace of whom.

        :raise AccessError: for others than the PSO HR group, and for employees of
            another company
        :raise UserError: unless it is confirmed, and while somebody locks a measurement
        """
        self.ensure_one()
        if not self.is_sure:
            raise UserError(
                self.env._("Tick “I know that this cannot be undone” first.")
            )
        self.env["pso.status"].check_access("unlink")
        self.employee_id.check_access("write")
        self.employee_id.sudo()._erase_pso(selection_label(self, "reason"))
        # Also this: it would tell whom it was about.
        self.sudo().unlink()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("The PSO data of this employee are erased."),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
