import re

from odoo import api, models
from odoo.exceptions import AccessError

from ...tools.context import without_defaults
from ...tools.groups import HR, MANAGER


class PsoMeasurement(models.Model):
    _inherit = "pso.measurement"

    @api.readonly
    @without_defaults
    def action_export_xlsx(self):
        """Download the workbook, with a key in place of every person.

        :raise AccessError: if the user is not a PSO manager, or is told figures of
            last night alone
        :raise UserError: if a supplier's turnover cannot be converted
        """
        return self._action_export(with_names=False)

    @api.readonly
    @without_defaults
    def action_export_xlsx_names(self):
        """Download the workbook with the names of the target group.

        :raise AccessError: if the user is not in the PSO HR group
        :raise UserError: if a supplier's turnover cannot be converted
        """
        return self._action_export(with_names=True)

    def _action_export(self, with_names):
        self.ensure_one()
        self._check_workbook(with_names)
        url = f"/pso_odoo/workbook/{self.id}{'?names=1' if with_names else ''}"
        return {
            "type": "ir.actions.client",
            "tag": "pso_odoo.download_workbook",
            "params": {"measurement_id": self.id, "url": url},
        }

    def _workbook(self, with_names=False):
        """Make the workbook of a measurement, in the user's language.

        :param with_names: name the employees of the target group
        :return: ``(file name, XLSX file as bytes)``
        :raise AccessError: if the user may not read the measurement, or is not in the
            group that may have this version
        :raise UserError: if a supplier's turnover cannot be converted
        """
        self.ensure_one()
        self._check_workbook(with_names)
        self._note_output("export_names" if with_names else "export")
        content = self.env["pso.workbook"]._build(self, with_names)
        return self._workbook_name(with_names), content

    def _note_output(self, event, reason=""):
        """Write down in the log that the user takes this measurement out of Odoo.

        :param reason: as what, where it is not the workbook
        """
        self.env["pso.log"]._note(
            event,
            self._name,
            record=self.id,
            name=self.name,
            reason=reason,
            company=self.company_id,
        )

    def _check_workbook(self, with_names):
        """Check who asks for the workbook, and whether it can be made.

        :raise AccessError: as ``_workbook``
        :raise UserError: as ``_workbook``
        """
        self.check_access("read")
        group = HR if with_names else MANAGER
        if not (self.env.su or self.env.user.has_group(group)):
            if with_names:
                raise AccessError(
                    self.env._(
                        "Only users with access to the target group may export names."
                    )
                )
            raise AccessError(
                self.env._("Only PSO coordinators may export the workbook.")
            )
        self._refuse_kept(self.filtered(lambda m: not m.is_locked))
        self._check_rates()

    def _workbook_name(self, with_names):
        """Name the file by period and company: ``PSO_2025_Company.xlsx``."""
        return self._output_name(".xlsx", "names" if with_names else "")

    def _output_name(self, extension, *words):
        """Name a file by period, company and some words more."""
        start, end = self.date_start, self.date_end
        is_year = (start.month, start.day, end.month, end.day) == (1, 1, 12, 31)
        if is_year and start.year == end.year:
            period = str(start.year)
        else:
            period = f"{start}_{end}"
        company = re.sub(r"\W+", "_", self.company_id.name).strip("_")
        return "_".join(filter(None, ["PSO", period, company, *words])) + extension
