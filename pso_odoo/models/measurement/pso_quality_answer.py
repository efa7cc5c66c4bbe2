from odoo import api, fields, models

from ...tools.labels import selection_label

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
    _inherit = ["pso.measurement.input.mixin"]
    _order = "measurement_id, id"
    _rec_name = "criterion"

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

    @api.depends("criterion")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for answer in self:
            answer.display_name = selection_label(answer, "criterion")
