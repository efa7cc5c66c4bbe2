from odoo import api, models
from odoo.exceptions import AccessError, UserError

from ...tools.context import without_defaults
from ...tools.groups import HR

URL = "/pso_odoo/sample_bundle"


class PsoSample(models.Model):
    _inherit = "pso.sample"

    @api.readonly
    @without_defaults
    def action_export_evidence(self):
        """Download the proof of the files of this sample, by key.

        :raise AccessError: if the user is not in the PSO HR group
        :raise UserError: if it has not been drawn
        """
        self.ensure_one()
        self._check_bundle()
        return self.measurement_id._download_bundle(f"{URL}/{self.id}")

    def _bundle(self):
        """Return the name of the file, and write down that the user takes it along.

        :raise AccessError: as ``_check_bundle``
        :raise UserError: as ``_check_bundle``
        """
        self.ensure_one()
        self._check_bundle()
        self.env["pso.log"]._note(
            "export_names",
            self._name,
            record=self.id,
            name=self.measurement_id.name,
            count=self.line_count,
            reason=self.env._("Evidence bundle"),
            company=self.company_id,
        )
        words = ("evidence", f"draw-{self.number}")
        return self.measurement_id._output_name(".zip", *words)

    def _check_bundle(self):
        """Check who asks for the proof of a sample.

        :raise AccessError: if the user may not read it, or is not in the PSO HR group
        :raise UserError: if it has not been drawn
        """
        self.check_access("read")
        self.measurement_id.check_access("read")
        if not (self.env.su or self.env.user.has_group(HR)):
            raise AccessError(
                self.env._(
                    "Only users with access to the target group may take proof of "
                    "persons out of Odoo."
                )
            )
        if self.state == "draft":
            raise UserError(
                self.env._(
                    "%(sample)s has not been drawn: there are no files yet.",
                    sample=self.display_name,
                )
            )
