from odoo import fields, models


class ResCompany(models.Model):
    """Who has several jobs, found once for all companies in a transaction."""

    _inherit = "res.company"

    # The same of all companies: asked for by each figure, and found once.
    pso_persons = fields.Json(
        string="PSO People with Several Jobs",
        compute="_compute_pso_persons",
        groups=fields.NO_ACCESS,
    )

    def _compute_pso_persons(self):
        """Find which employees share a user, a contact or an identification."""
        self.pso_persons = self.env["hr.employee"].sudo()._pso_marks()

    def _pso_learn_persons(self, marks):
        """Keep for this transaction what was found along with something else.

        :return: whether it was another thing than was kept
        """
        self.ensure_one()
        field = self._fields["pso_persons"]
        before = self.id in field._get_cache(self.env) and self.pso_persons
        with self.env.protecting([field], self):
            self.pso_persons = marks
        return (before or []) != (marks or [])

    def _pso_knows_persons(self):
        """Return whether it is known in this transaction who has several jobs."""
        return self.id in self._fields["pso_persons"]._get_cache(self.env)
