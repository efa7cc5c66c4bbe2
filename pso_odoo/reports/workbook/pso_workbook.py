from io import BytesIO

from odoo import fields, models
from odoo.tools import format_datetime
from odoo.tools.misc import get_lang

from ...tools.progress import Progress
from .audit_sheet import AuditSheet
from .book import Book
from .closing_sheets import CheckSheet, QualitySheet
from .people_sheets import GroupSheet, SizeSheet
from .purchase_sheets import BillSheet, PurchaseSheet
from .request_sheet import RequestSheet
from .score_sheet import ScoreSheet
from .source import Source

# How much of the work is done when all is read, and when all is written.
READ, WRITTEN = 0.25, 0.9
# Rows written between two looks at the clock.
ROWS_BETWEEN = 500


class Writing:
    """Tells the user how far the sheets are.

    :param count: how many rows there will be, give or take a few
    """

    def __init__(self, env, progress, count):
        self._env = env
        self._progress = progress
        self._count = count
        self._done = 0

    def on_page(self, page):
        share = READ + (WRITTEN - READ) * min(self._done / max(self._count, 1), 1)
        self._progress.tell(self._env._("Writing %s", page.label), share)

    def on_row(self, page):
        self._done += 1
        if not self._done % ROWS_BETWEEN:
            self.on_page(page)


class PsoWorkbook(models.AbstractModel):
    """The yearly file: every figure of a measurement, down to the lines that make it.

    Every derived cell is a live formula beside its value, so that an auditor can
    follow a percentage to the person, the bill and the norm it rests on (rule book,
    section 6).
    """

    _name = "pso.workbook"
    _description = "PSO Workbook"

    def _sheets(self, measurement):
        """List the sheets in order; another addon adds its own."""
        sheets = [
            RequestSheet,
            SizeSheet,
            GroupSheet,
            PurchaseSheet,
            BillSheet,
            ScoreSheet,
            QualitySheet,
            CheckSheet,
        ]
        if measurement.is_locked:
            sheets.insert(sheets.index(ScoreSheet) + 1, AuditSheet)
        return sheets

    def _build(self, measurement, with_names=False):
        """Write the workbook of one measurement, in the user's language.

        The caller checks who asks, see ``pso.measurement._workbook``.

        :param with_names: name the employees of the target group
        :return: the XLSX file, as bytes
        """
        source = Source(measurement.with_env(self.env), with_names)
        progress = Progress(measurement)
        writing = Writing(self.env, progress, self._count_rows(progress, source))
        buffer = BytesIO()
        book = Book(
            buffer,
            flag_words=(self.env._("yes"), self.env._("no")),
            on_row=writing.on_row,
            date_format=get_lang(self.env).date_format,
        )
        title = self.env._("PSO workbook")
        book.describe(title=title, author=measurement.company_id.name)
        sheets = []
        sheets.extend(sheet(source, sheets) for sheet in self._sheets(measurement))
        footer = self._footer(source)
        for sheet in sheets:
            sheet.page = book.page(sheet.label, footer)
        for sheet in sheets:
            writing.on_page(sheet.page)
            sheet.fill()
        progress.tell(self.env._("Packing the file"), WRITTEN)
        book.close()
        return buffer.getvalue()

    def _footer(self, source):
        """Return what stands at the foot of each page on paper."""
        measurement = source.measurement
        if measurement.is_locked:
            seal = self.env._("Seal: %s", measurement._seal_digest())
            return [measurement.name, seal]
        now = format_datetime(self.env, fields.Datetime.now(), dt_format="short")
        return [measurement.name, self.env._("provisional, %s", now)]

    def _count_rows(self, progress, source):
        """Read the large tables, and say how many rows they will be."""
        count = 0
        for number, (label, name) in enumerate(
            (
                (self.env._("Reading people"), "staff"),
                (self.env._("Reading the target group"), "group"),
                (self.env._("Reading bills"), "bills"),
            )
        ):
            progress.tell(label, READ * number / 3)
            count += len(getattr(source, name))
        return count
