from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..measurement.pso_quality_answer import CRITERIA

JUDGEMENTS = [("open", "Not judged"), ("met", "Met"), ("unmet", "Not met")]
JUDGEMENT = {
    "selection": JUDGEMENTS,
    "required": True,
    "default": "open",
    "help": "What the file shows of this criterion.",
}
# What the reviewer says of a file, which closing seals, and what he adds of the person.
JUDGED = (
    "file_state",
    *dict(CRITERIA),
    "has_appraisal",
    "appraisal_date",
    "has_development",
    "development_date",
)
REVIEW = {*JUDGED, "remark"}
# What may be empty afterwards: an erasure takes it out, or a status is deleted.
ERASABLE = ("employee_id", "remark")
LEFT_BY_DELETION = ("status_id",)


class PsoSampleLine(models.Model):
    """The file of one person in a file review, and what it shows (section 5).

    The key and the judgements stay when the employee or the status is deleted.
    """

    _name = "pso.sample.line"
    _description = "File in a PSO File Review"
    _inherit = ["pso.logged.read.mixin"]
    _order = "sample_id desc, position"
    _rec_name = "key"

    sample_id = fields.Many2one(
        "pso.sample", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="sample_id.company_id")
    position = fields.Integer(
        string="No.",
        required=True,
        readonly=True,
        aggregator=None,
        help="In the order in which the files were drawn.",
    )
    key = fields.Char(
        required=True,
        readonly=True,
        help="Stands for the person in exports; the same every year.",
    )
    employee_id = fields.Many2one(
        "hr.employee", readonly=True, index="btree_not_null", ondelete="set null"
    )
    status_id = fields.Many2one(
        "pso.status",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The last one by which the person counted in the period.",
    )
    evidence_state = fields.Selection(
        related="status_id.evidence_state", string="Proof Now"
    )
    file_state = fields.Selection(
        [("complete", "Complete"), ("incomplete", "Not complete")],
        string="Personnel File",
        help="Whether the file holds what it should: proof of the status, contract and "
        "period. Empty: not looked at yet.",
    )
    work = fields.Selection(**JUDGEMENT, string="Suitable Work")
    integration = fields.Selection(**JUDGEMENT)
    development = fields.Selection(**JUDGEMENT, string="Functioning and Development")
    guidance = fields.Selection(**JUDGEMENT)
    has_appraisal = fields.Boolean(
        string="Appraisal Talk", help="The file shows an appraisal talk."
    )
    appraisal_date = fields.Date(
        string="Appraisal On", help="On which day the last one was."
    )
    has_development = fields.Boolean(
        string="Development Talk", help="The file shows a development talk."
    )
    development_date = fields.Date(
        string="Development Talk On", help="On which day the last one was."
    )
    remark = fields.Char(
        help="What is missing in the file. Leave out what says more about the person."
    )

    _key_unique = models.UniqueIndex("(sample_id, key)", "A sample has each file once.")

    @api.onchange("appraisal_date")
    def _onchange_appraisal_date(self):
        self.has_appraisal = self.has_appraisal or self.appraisal_date

    @api.onchange("development_date")
    def _onchange_development_date(self):
        self.has_development = self.has_development or self.development_date

    @api.constrains("appraisal_date", "development_date")
    def _check_dates(self):
        today = fields.Date.context_today(self)
        for line in self:
            days = (line.appraisal_date, line.development_date)
            if any(day and day > today for day in days):
                raise ValidationError(
                    self.env._(
                        "A talk that is still to be held cannot have been shown "
                        "(Appraisal On, Development Talk On)."
                    )
                )

    def write(self, vals):
        if not self.env.su:
            self._check_review(vals)
        return super().write(vals)

    def _check_review(self, vals):
        """Let the reviewer fill in the review, while there is one.

        :raise AccessError: if what was drawn is written
        :raise UserError: if the review is closed
        """
        if vals.keys() & (self._fields.keys() - REVIEW - {"id"}):
            raise AccessError(
                self.env._("Which files a sample has is decided by the draw alone.")
            )
        for sample in self.sample_id:
            if sample.state == "closed":
                raise UserError(
                    self.env._(
                        "%(sample)s is closed: its files stay as they are.",
                        sample=sample.display_name,
                    )
                )
