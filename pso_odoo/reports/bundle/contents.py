"""The table of contents of an evidence bundle: each file with its digest, each gap."""

from dataclasses import replace
from io import BytesIO
from typing import NamedTuple

from odoo import fields
from odoo.tools.misc import get_lang

from ..workbook.book import Book
from ..workbook.table import Column, Table

WIDTHS = (34, 26, 40, 14, 68)
# As the tools of every system for this read it.
SUM = "{digest}  {name}\n"


class Entry(NamedTuple):
    """A file in the bundle.

    :param about: what it is a file of
    :param packed: ``Packed``: its name, size and digest
    """

    about: str
    packed: object


class Contents:
    """What was packed, what was not, and how both are told.

    :param measurement: whose bundle it is
    :param footer: the lines at the foot of each printed page
    :param moment: when it is made, on the clock of the user
    """

    def __init__(self, measurement, footer, moment):
        self.measurement = measurement
        self.env = measurement.env
        self.entries = []
        self._footer = footer
        self._moment = moment

    def sums(self):
        """Return the digests of all files, to be checked with ``sha256sum -c``."""
        lines = [
            SUM.format(digest=entry.packed.digest, name=entry.packed.name)
            for entry in self.entries
        ]
        return "".join(lines).encode()

    def build(self, gaps, left_out):
        """Write the table of contents as an XLSX file, and return it as bytes.

        :param gaps: list of ``Gap``
        :param left_out: ``(supplier, year, why)`` of suppliers without a folder
        """
        buffer = BytesIO()
        book = Book(buffer, date_format=get_lang(self.env).date_format)
        title = self.env._("Evidence bundle")
        book.describe(title=title, author=self.measurement.company_id.name)
        page = book.page(self.env._("Contents"), self._footer)
        missing = book.page(self.env._("Missing"), self._footer)
        self._write_contents(page, len(gaps))
        self._write_missing(missing, gaps, left_out)
        book.close()
        return buffer.getvalue()

    def _write_contents(self, page, gap_count):
        page.widths(WIDTHS)
        about = self.env._(
            "What proves the score, by supplier and file. SHA256SUMS.txt has the same "
            "digests for the command sha256sum -c."
        )
        page.title(self.measurement.name, about)
        for label, value, style in self._header(gap_count):
            page.label_line(label)
            page.put(1, value, style, "cell", "left")
            page.next()
        page.next()
        columns = [
            Column("folder", self.env._("Folder"), "wrap", WIDTHS[0]),
            Column("name", self.env._("File"), "wrap", WIDTHS[1]),
            Column("about", self.env._("Of"), "wrap", WIDTHS[2]),
            Column("size", self.env._("Bytes"), "integer", WIDTHS[3]),
            Column("digest", self.env._("SHA-256"), "text", WIDTHS[4]),
        ]
        table = Table(page, columns, self.env._("None"))
        page.keep_in_sight(page.row)
        table.headers()
        table.add(map(_row, self.entries))
        table.filter()

    def _header(self, gap_count):
        measurement = self.measurement
        states = measurement._fields["state"]._description_selection(self.env)
        yield self.env._("Organisation"), measurement.company_id.name, "text"
        yield self.env._("First day"), measurement.date_start, "date"
        yield self.env._("Last day"), measurement.date_end, "date"
        yield self.env._("State"), dict(states)[measurement.state], "text"
        if measurement.is_locked:
            locked_on = self._local(measurement.locked_on)
            yield self.env._("Locked on"), locked_on, "moment"
            yield self.env._("Seal"), measurement._seal_digest(), "text"
        yield self.env._("Produced on"), self._moment, "moment"
        yield self.env._("Produced by"), self.env.user.name, "text"
        yield self.env._("Files"), len(self.entries), "integer"
        yield self.env._("Missing"), gap_count, "integer"

    def _local(self, moment):
        local = fields.Datetime.context_timestamp(self.measurement, moment)
        return local.replace(tzinfo=None, microsecond=0)

    def _write_missing(self, page, gaps, left_out):
        columns = [
            Column("folder", self.env._("Folder"), "wrap", WIDTHS[0]),
            Column("about", self.env._("Of"), "wrap", WIDTHS[2]),
            Column("text", self.env._("Missing"), "wrap", 90),
        ]
        page.widths(column.width for column in columns)
        page.title(
            self.env._("Missing"),
            self.env._("What is not in the bundle. Verifiers count zero for it."),
        )
        table = Table(page, columns, self.env._("Nothing is missing."))
        table.headers()
        table.add(gap._asdict() for gap in gaps)
        if not left_out:
            return
        page.next()
        page.heading(
            self.env._("Suppliers without a folder"),
            self.env._("Nothing was bought from them that can count."),
        )
        headers = (self.env._("Year"), self.env._("Supplier"), self.env._("Why"))
        columns = [
            replace(column, label=label)
            for column, label in zip(columns, headers, strict=True)
        ]
        without = Table(page, columns, "")
        without.headers()
        without.add(
            {"folder": str(year), "about": name, "text": why}
            for name, year, why in left_out
        )


def _row(entry):
    folder, _slash, name = entry.packed.name.rpartition("/")
    return {
        "folder": folder,
        "name": name,
        "about": entry.about,
        "size": entry.packed.size,
        "digest": entry.packed.digest,
    }
