from odoo import api, models


class ReportSample(models.AbstractModel):
    """The files of a sample on paper, to be filled in beside the auditor (section 5).

    It names people: it is for the PSO HR group, and each print is noted.
    """

    _name = "report.pso_odoo.report_sample"
    _description = "PSO File Review Form"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Return the files of samples, to be filled in.

        :raise AccessError: if the user is not in the PSO HR group
        """
        samples = self.env["pso.sample"].browse(docids)
        samples.check_access("read")
        samples._check_names()
        for sample in samples:
            self.env["pso.log"]._note(
                "export_names",
                samples._name,
                record=sample.id,
                name=sample.measurement_id.name,
                count=sample.line_count,
                company=sample.company_id,
            )
        return {"doc_ids": docids, "doc_model": samples._name, "docs": samples}
