from odoo import api, models
from odoo.exceptions import UserError

from ...tools.context import without_defaults


class PsoMeasurement(models.Model):
    """What a measurement knows of its file reviews."""

    _inherit = "pso.measurement"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_reviewed(self):
        """Keep a measurement of which there is a file review.

        :raise UserError: also where a draft of one may be somebody else's
        """
        samples = self.env["pso.sample"].sudo()
        reviews = samples.search([("measurement_id", "in", self.ids)])
        for sample in reviews.sorted(lambda sample: sample.state == "draft"):
            names = {
                "measurement": sample.measurement_id.name,
                "sample": sample.display_name,
            }
            if sample.state == "draft":
                raise UserError(
                    self.env._(
                        "%(measurement)s has a file review: %(sample)s. Somebody with "
                        "access to the target group has to delete that first.",
                        **names,
                    )
                )
            raise UserError(
                self.env._(
                    "%(measurement)s cannot be deleted: the files of %(sample)s were "
                    "drawn from it, and a draw stays.",
                    **names,
                )
            )

    @api.readonly
    @without_defaults
    def action_open_samples(self):
        """Open the file reviews of this measurement."""
        context = {"default_measurement_id": self.id}
        return self._action_lines("pso_odoo.pso_sample_action", context)

    def _verify_samples(self):
        """Verify each file review: ``[(name, Verification)]``"""
        samples = self.env["pso.sample"].sudo()
        found = samples.search([("measurement_id", "in", self.ids)], order="id")
        return [
            (f"{each.measurement_id.name}, {each.display_name}", each._verify_seal())
            for each in found
        ]
