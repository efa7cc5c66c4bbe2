from odoo import api, models
from odoo.exceptions import AccessError, UserError

from ...tools.context import without_defaults
from ...tools.groups import HR, MANAGER

URL = "/pso_odoo/bundle"


class PsoMeasurement(models.Model):
    _inherit = "pso.measurement"

    @api.readonly
    @without_defaults
    def action_export_evidence(self):
        """Download the proof of the suppliers of this measurement.

        :raise AccessError: if the user is not a PSO manager, or is told figures of
            last night alone
        :raise UserError: if a supplier's turnover cannot be converted
        """
        return self._action_bundle(with_people=False)

    @api.readonly
    @without_defaults
    def action_export_evidence_people(self):
        """Download the proof of the files drawn, and for managers of suppliers.

        :raise AccessError: if the user is not in the PSO HR group
        :raise UserError: if no file was drawn, or a supplier's turnover cannot be
            converted
        """
        return self._action_bundle(with_people=True)

    def _action_bundle(self, with_people):
        self.ensure_one()
        self._check_bundle(with_people)
        url = f"{URL}/{self.id}{'?people=1' if with_people else ''}"
        has_suppliers = self._has_supplier_part(with_people)
        notice = has_suppliers and self.env["pso.bundle"]._notice(self)
        return self._download_bundle(url, notice)

    def _download_bundle(self, url, notice=False):
        """Return the action that fetches a bundle, and says how far it is.

        :param notice: what to say before, if anything
        """
        return {
            "type": "ir.actions.client",
            "tag": "pso_odoo.download_bundle",
            "params": {"measurement_id": self.id, "url": url, "notice": notice},
        }

    def _bundle(self, with_people=False):
        """Return what a bundle is made of, and write down that the user takes it along.

        :param with_people: with the proof of the files drawn, and of suppliers for who
            is a manager as well
        :return: ``(file name, with suppliers, samples)``, see ``pso.bundle._stream``
        :raise AccessError: if the user may not read the measurement, or is not in the
            group that may have this
        :raise UserError: if no file was drawn, or a supplier's turnover cannot be
            converted
        """
        self.ensure_one()
        samples = self._check_bundle(with_people)
        event = "export_names" if with_people else "export"
        self._note_output(event, self.env._("Evidence bundle"))
        name = self._output_name(".zip", "evidence", "persons" if with_people else "")
        return name, self._has_supplier_part(with_people), samples

    def _check_bundle(self, with_people):
        """Check who asks for a bundle, and whether it can be made.

        :return: the samples of which there are files
        :raise AccessError: as ``_bundle``
        :raise UserError: as ``_bundle``
        """
        self.check_access("read")
        samples = self.env["pso.sample"]
        if not (self.env.su or self.env.user.has_group(HR if with_people else MANAGER)):
            raise AccessError(
                self.env._(
                    "Only users with access to the target group may take proof of "
                    "persons out of Odoo."
                )
                if with_people
                else self.env._("Only PSO coordinators may export the evidence bundle.")
            )
        if with_people:
            domain = [("measurement_id", "=", self.id), ("state", "!=", "draft")]
            samples = samples.search(domain, order="number")
            if not samples:
                raise UserError(
                    self.env._(
                        "No files were drawn from %(measurement)s: draw a sample "
                        "first (File Reviews).",
                        measurement=self.name,
                    )
                )
        if self._has_supplier_part(with_people):
            self._refuse_kept(self.filtered(lambda m: not m.is_locked))
            self._check_rates()
        return samples

    def _has_supplier_part(self, with_people):
        """Return whether a bundle has folders of suppliers: for managers alone."""
        is_manager = self.env.su or self.env.user.has_group(MANAGER)
        return is_manager or not with_people
