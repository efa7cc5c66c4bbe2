from odoo import api, fields, models

CRITERIA = [
    ("work", "Suitable work"),
    ("integration", "Integration"),
    ("development", "Functioning and development"),
    ("guidance", "Guidance"),
]


class PsoQualityAnswer(models.Model):
    """What a company says of one of the four quality criteria (section 5)."""

    _name = "pso.quality.answer"
    _description = "PSO Quality Criterion of a Measurement"
    _order = "measurement_id, id"
    _rec_name = "criterion"

    measurement_id = fields.Many2one(
        "pso.measurement", required=True, index=True, ondelete="cascade"
    )
    criterion = fields.Selection(
        CRITERIA,
        required=True,
        help="One of the four criteria that are the same for steps 1 to 3.",
    )
    answer = fields.Selection(
        [("open", "Not yet answered"), ("met", "Met"), ("unmet", "Not met")],
        required=True,
        default="open",
        help="What the organisation says of itself; the auditor judges it.",
    )
    explanation = fields.Text(help="How it is met, and where the auditor can see it.")

    _criterion_unique = models.UniqueIndex(
        "(measurement_id, criterion)", "A measurement answers each criterion once."
    )

    @api.model_create_multi
    def create(self, vals_list):
        self.env["pso.measurement"]._check_is_live_for(vals_list)
        answers = super().create(vals_list)
        answers.measurement_id._check_is_live()
        return answers

    def write(self, vals):
        self.measurement_id._check_is_live()
        result = super().write(vals)
        self.measurement_id._check_is_live()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_locked(self):
        self.measurement_id._check_is_live()
