"""Whether a workbook is worth opening: how much it would unpack to, and of what.

A file of some hundred kilobytes may hold a gigabyte of XML, or a table so wide that a
worker is held for minutes. What is unpacked here is unpacked in small pieces, and no
further than the first thing that is too much. No ORM.
"""

import io
import re
import zipfile

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

MAX_PARTS = 1000
MAX_UNPACKED = 50 * 1024**2
MAX_CELLS = 500_000
# Of each part but sheets and texts: these are read as a whole.
MAX_SMALL = 2 * 1024**2
MAX_STYLES = 25_000
# How often a tag begins or ends for a cell with a number, or a style.
TAGS = 4
SMALL = re.compile(r"(workbook|styles|\[content_types\]|theme\d*|core|app|custom)\.xml")
PIECE = 64 * 1024
ENTRY = b"PK\x01\x02"
# Others unpack as much at once as somebody likes.
METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
# Entities grow when they are read. Of long tags and formats some are slow to look at.
FOREIGN = (
    re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE),
    re.compile(rb"<[^>]{4096}"),
    re.compile(rb"<(?:\w+:)?numFmt\s[^>]{1024}"),
)
OVERLAP = 4200


class FileError(Exception):
    """Why a file cannot be read, as a lazy translation."""

    @property
    def reason(self):
        return self.args[0]


def check(content):
    """Refuse what is no workbook, or more than one wants to unpack and read.

    :raise FileError: saying which
    :raise ValueError: for what no spreadsheet writes
    :raise zipfile.BadZipFile: if it is damaged
    """
    # The list of parts alone may be larger than all of them.
    if content.count(ENTRY) > MAX_PARTS:
        raise FileError(
            _lt(
                "The file holds more than %(count)s parts: copy the sheet to a new "
                "file.",
                count=MAX_PARTS,
            )
        )
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        if "xl/workbook.xml" not in {part.filename for part in parts}:
            raise FileError(_lt("This is no .xlsx file: save it as .xlsx or .csv."))
        if any(part.flag_bits & 1 for part in parts):
            raise FileError(_lt("The file has a password: save it without one."))
        if any(part.compress_type not in METHODS for part in parts):
            raise ValueError("No spreadsheet packs its parts so")
        # No more is unpacked of a part than it says here.
        if sum(part.file_size for part in parts) > MAX_UNPACKED:
            raise FileError(
                _lt(
                    "Unpacked, the file holds more than %(size)s MB: import it in "
                    "parts.",
                    size=MAX_UNPACKED // 1024**2,
                )
            )
        tags = 0
        for part in parts:
            if part.filename.lower().endswith((".xml", ".rels")):
                tags += _check_part(archive, part, MAX_CELLS * TAGS - tags)


def _check_part(archive, part, most):
    """Look through a part of XML, piece by piece, and count its tags.

    :param int most: how many tags there may be
    """
    name = part.filename.rpartition("/")[2].lower()
    is_small = bool(SMALL.fullmatch(name)) or name.endswith(".rels")
    if is_small:
        most = min(most, MAX_STYLES * TAGS)
    tags, before = 0, b""
    with archive.open(part) as stream:
        while piece := stream.read(PIECE):
            tags += piece.count(b"<")
            if tags > most or is_small and part.file_size > MAX_SMALL:
                raise _too_much(is_small)
            text = before + piece
            if b"\x00" in piece or any(each.search(text) for each in FOREIGN):
                raise ValueError("No spreadsheet writes this")
            before = text[-OVERLAP:]
    return tags


def _too_much(is_small):
    if is_small:
        return FileError(
            _lt(
                "The file holds more than %(count)s styles and names: copy the values "
                "of the sheet to a new file.",
                count=MAX_STYLES,
            )
        )
    return FileError(
        _lt(
            "The file holds more than %(count)s cells: keep the one sheet that is to "
            "be imported, or import it in parts.",
            count=MAX_CELLS,
        )
    )
