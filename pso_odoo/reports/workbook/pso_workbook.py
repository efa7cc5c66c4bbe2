from io import BytesIO

from odoo import api, models

from .book import Book
from .closing_sheets import CheckSheet, QualitySheet
from .people_sheets import GroupSheet, SizeSheet
from .purchase_sheets import BillSheet, PurchaseSheet
from .request_sheet import RequestSheet
from .score_sheet import ScoreSheet
from .source import Source


class PsoWorkbook(models.AbstractModel):
    """The yearly file: every figure of a measurement, down to the lines that make it.

    Every derived cell is a live formula beside its value, so that an auditor can
    follow a percentage to the person, the bill and the norm it rests on (rule book,
    section 6).
    """

    _name = "pso.workbook"
    _description = "PSO Workbook"

    @api.model
    def _sheets(self):
        """The sheets in order. Another addon adds its own to the list."""
        return [
            RequestSheet,
            SizeSheet,
            GroupSheet,
            PurchaseSheet,
            BillSheet,
            ScoreSheet,
            QualitySheet,
            CheckSheet,
        ]

    @api.model
    def _build(self, measurement, with_names=False):
        """The workbook of one measurement, in the user's language.

        The caller checks who asks, see ``pso.measurement._workbook``.

        :param with_names: name the employees of the target group
        :return: the XLSX file, as bytes
        """
        buffer = BytesIO()
        book = Book(buffer, flag_words=(self.env._("yes"), self.env._("no")))
        title = self.env._("PSO workbook")
        book.describe(title=title, author=measurement.company_id.name)
        source = Source(measurement.with_env(self.env), with_names)
        sheets = []
        sheets.extend(sheet(source, sheets) for sheet in self._sheets())
        for sheet in sheets:
            sheet.page = book.page(sheet.label, measurement.name)
        for sheet in sheets:
            sheet.fill()
        book.close()
        return buffer.getvalue()
