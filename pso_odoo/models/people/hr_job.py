from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.groups import HR, MANAGER

KNOWN_TO = f"{HR},{MANAGER}"


class HrJob(models.Model):
    _inherit = "hr.job"

    # Of the vacancy, and of nobody: every employee may read it.
    pso_is_open = fields.Boolean(
        string="Open to the Target Group",
        prefetch="pso",
        help="Whether candidates from the PSO target group are welcome in this "
        "position. It says something of the vacancy and nothing of the people who work "
        "in it, and does not change the score.",
    )
    # Which tasks it took over from another one: who works in such a function is likely
    # to belong to the target group, and every employee may read who works where.
    pso_carved_from_id = fields.Many2one(
        "hr.job",
        groups=KNOWN_TO,
        string="Carved from",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        domain="[('id', '!=', id)]",
        prefetch="pso",
        help="The function whose tasks became this one, so that it suits people whom "
        "the whole function does not.",
    )
    pso_tasks = fields.Text(
        string="Tasks",
        groups=KNOWN_TO,
        prefetch="pso",
        help="Which tasks were carved out, one a line. It says something of the work "
        "and nothing of the people who do it: name nobody.",
    )
    pso_task_count = fields.Integer(
        string="Number of Tasks",
        compute="_compute_pso_task_count",
        groups=KNOWN_TO,
        help="How many tasks were carved out into this function.",
    )

    @api.depends("pso_tasks")
    def _compute_pso_task_count(self):
        for job in self:
            lines = (job.pso_tasks or "").splitlines()
            job.pso_task_count = sum(bool(line.strip()) for line in lines)

    @api.constrains("pso_carved_from_id")
    def _check_pso_carved_from(self):
        if self._has_cycle("pso_carved_from_id"):
            raise ValidationError(
                self.env._(
                    "A function cannot be carved from itself, or from one that was "
                    "carved from it (Carved from)."
                )
            )
