from odoo import api, models

from ..tools.context import without_defaults


class PsoMeasurement(models.Model):
    _inherit = "pso.measurement"

    @without_defaults
    def action_ask(self):
        """Ask what a level costs least, going on from this measurement.

        :raise AccessError: for who may not make a scenario
        """
        self.ensure_one()
        self.check_access("read")
        self.env["pso.scenario"].check_access("create")
        return self.env["pso.scenario.question"]._open({"measurement_id": self.id})

    @api.readonly
    @without_defaults
    def action_verify_seal(self):
        """Show whether this measurement is as it was sealed, or what is not.

        :raise AccessError: for who may not read it, or only totals
        """
        self.ensure_one()
        self.check_access("read")
        self.env["pso.seal"].check_access("read")
        scope = self.env._(
            "%(measurement)s, revision %(revision)s, seal %(number)s",
            measurement=self.name,
            revision=self.revision,
            number=self.seal_number,
        )
        found = self.env["pso.seal"].sudo()._verify_chain(self.company_id.id)
        for name, each in self.sudo()._verify_samples():
            found += each.about(name)
        return self.env["pso.seal.verification"]._show(
            found + self.sudo()._verify_seal(), scope, self._seal_digest()
        )
