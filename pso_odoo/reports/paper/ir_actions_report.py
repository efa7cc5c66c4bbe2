import io
from copy import deepcopy

from lxml import html

from odoo import api, models
from odoo.tools.pdf import PdfFileReader, PdfFileWriter

OURS = "pso_odoo."
POINTS_PER_MM = 72 / 25.4
# Between the text of a page and its foot, and below the foot, in mm.
ABOVE, BELOW = 3, 1
BLANK = (
    '<html><head><meta charset="utf-8"/></head><body style="margin: 0"></body></html>'
)
HAS_CLASS = (
    "descendant-or-self::*[contains(concat(' ', normalize-space(@class), ' '), ' {} ')]"
)


class IrActionsReport(models.Model):
    """Reports of PSO, with a foot on each page whichever engine prints them.

    An engine with a patched Qt alone prints the footers of a report and knows the
    number of a page; the other one does not even take two documents at once.
    """

    _inherit = "ir.actions.report"

    @api.model
    def _run_wkhtmltopdf(
        self,
        bodies,
        report_ref=False,
        header=None,
        footer=None,
        landscape=False,
        specific_paperformat_args=None,
        set_viewport_size=False,
    ):
        """Print documents of PSO one by one, and put the foot of each on its pages.

        :param bodies: the documents, as HTML
        :param footer: a page of HTML with an element of class ``footer`` for each
            document, in the same order. In it, ``page`` and ``topage`` are the classes
            of what becomes the number of the page and that of the last one.
        """
        run = super()._run_wkhtmltopdf
        options = {
            "report_ref": report_ref,
            "header": header,
            "landscape": landscape,
            "specific_paperformat_args": specific_paperformat_args,
            "set_viewport_size": set_viewport_size,
        }
        report = report_ref and self._get_report(report_ref)
        if not report or not (report.report_name or "").startswith(OURS):
            return run(bodies, footer=footer, **options)
        feet = _by_class(html.fromstring(footer), "footer")
        writer = PdfFileWriter()
        for body, foot in zip(bodies, feet, strict=True):
            pages = _pages(run([body], **options))
            margins = self._foot_margins(report, pages[0])
            given = {**(specific_paperformat_args or {}), **margins}
            below = {**options, "specific_paperformat_args": given}
            stamps = _pages(run([_feet(foot, len(pages))], **below))
            for page, stamp in zip(pages, stamps, strict=True):
                page.mergePage(stamp)
                writer.addPage(page)
        with io.BytesIO() as file:
            writer.write(file)
            return file.getvalue()

    @api.model
    def _foot_margins(self, report, page):
        """Return the margins that leave the lower edge of a page alone, in mm."""
        height = float(page.mediaBox.getHeight()) / POINTS_PER_MM
        edge = report.get_paperformat().margin_bottom - ABOVE
        return {
            "data-report-margin-top": round(height - edge, 2),
            "data-report-margin-bottom": BELOW,
        }


def _pages(content):
    reader = PdfFileReader(io.BytesIO(content), strict=False)
    return [reader.getPage(number) for number in range(reader.getNumPages())]


def _by_class(tree, name):
    return tree.xpath(HAS_CLASS.format(name))


def _feet(foot, count):
    """Return an HTML page with a foot for each of so many pages, to be printed."""
    document = html.document_fromstring(BLANK)
    for number in range(1, count + 1):
        own = deepcopy(foot)
        own.tail = None
        for name, value in (("page", number), ("topage", count)):
            for element in _by_class(own, name):
                element.text = str(value)
        if number > 1:
            own.set("style", f"{own.get('style') or ''};page-break-before: always;")
        document.body.append(own)
    return html.tostring(document, encoding="unicode", doctype="<!DOCTYPE html>")
