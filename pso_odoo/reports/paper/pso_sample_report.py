from textwrap import wrap

from odoo import api, models

from .pso_measurement_report import paginate

# How many lines of the form fit on a page and on the first one, how many follow the
# last file, with results and without; how many a row takes at least, and the letters of
# a line in its widest columns.
PAGE_LINES, FIRST_LINES = 32, 23
LAST_LINES, LAST_LINES_BARE = 13, 7
ROW_LINES = 1.3
LETTERS = {"name": 20, "remark": 17}


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
        return {
            "doc_ids": docids,
            "doc_model": samples._name,
            "docs": samples,
            "forms": [self._form(sample) for sample in samples],
        }

    def _form(self, sample):
        """Return a sample, the pages of its table, and the digest of its last seal."""
        seal = self.env["pso.seal"].sudo()._last_of_sample(sample)
        rows = [{"line": line, "lines": _lines(line)} for line in sample.line_ids]
        has_results = sample.open_count < sample.line_count
        last = LAST_LINES if has_results else LAST_LINES_BARE
        return {
            "doc": sample,
            "pages": paginate(rows, PAGE_LINES, FIRST_LINES, last),
            "digest": seal and seal["digest"],
        }


def _lines(line):
    """Count the lines that the row of a file takes."""
    texts = {"name": line.employee_id.name, "remark": line.remark}
    return max(
        ROW_LINES,
        *(len(wrap(text or "", LETTERS[name])) for name, text in texts.items()),
    )
