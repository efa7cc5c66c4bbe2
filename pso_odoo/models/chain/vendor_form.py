"""What a vendor fills in on its page, read with care: it comes from anybody."""

import io
import re

from PIL import Image, UnidentifiedImageError

from odoo.tools import format_date
from odoo.tools.mimetypes import guess_mimetype
from odoo.tools.translate import LazyTranslate

from ...tools.cells import FORBIDDEN, CellError, Notation, parse_cell
from ...tools.registry import is_kvk
from .pso_answer import CERTIFIED, KINDS

_lt = LazyTranslate(__name__)

FILES_MOST = 5
FILE_MOST = 10 * 1024 * 1024  # bytes
# All of a form: its files, and room for what is typed.
FORM_MOST = FILES_MOST * FILE_MOST + 1024 * 1024
ROWS_MOST = 50
ROWS_EMPTY = 3
REMARK_MOST = 2000  # characters
NUMBER_MOST = 60
PIXELS_MOST = 40_000_000
# What a file may be, by its first bytes and what they are a sign of.
ACCEPTED = {
    "application/pdf": (b"%PDF-", "pdf"),
    "image/png": (b"\x89PNG\r\n\x1a\n", "png"),
    "image/jpeg": (b"\xff\xd8\xff", "jpg"),
}
# What a spreadsheet takes for a formula, where somebody exports what was typed here.
FORMULA = re.compile(r"\s*(?:[=+\-@]|\{=)")
PDF_END = re.compile(rb"%%EOF\s*\Z")
FIGURES = ("turnover", "fte", "direct_percentage")
TEXTS = ("kind", "level", "number", "date_start", "date_end", "company_registry")
TEXTS += (*FIGURES, "remark")
FLAGS = ("is_pso30", "is_estimate")
DUTCH = ("", "NL")
# What is said of a field that was left empty: the list above the form repeats it.
EMPTY = {
    "date_start": _lt("Fill in the first day of the certificate."),
    "date_end": _lt("Fill in the last day of the certificate."),
    "turnover": _lt("Fill in the turnover."),
    "fte": _lt("Fill in the total fte."),
    "direct_percentage": _lt("Fill in the direct share."),
}


class VendorForm:
    """A form that was sent, or is about to be shown.

    What was typed stays as it was typed, with an error at each field that cannot be
    read or is missing; nothing is written where there is one.
    """

    def __init__(self, env, typed, entities, kept=(), country="", currency=None):
        """
        :param typed: ``{field: text}``, as the visitor typed it
        :param entities: ``[(name, KvK number)]``
        :param kept: files that were sent before and stay, as ``{digest: name}``
        :param country: code of the country of the vendor
        :param currency: that of the turnover
        """
        self.env = env
        self.typed = {name: typed.get(name) or "" for name in (*TEXTS, *FLAGS)}
        self.entities = [(name or "", kvk or "") for name, kvk in entities[:ROWS_MOST]]
        self.kept = dict(kept)
        self.currency = currency
        self.is_dutch = country in DUTCH
        self.files = []
        self.errors = {}

    # -- for the page --------------------------------------------------------------

    def rows(self, more=0):
        """Return the rows of entities to show, some of them empty."""
        filled = [row for row in self.entities if any(row)]
        count = max(len(self.entities), len(filled) + 1, ROWS_EMPTY) + more
        return (filled + [("", "")] * count)[: min(count, ROWS_MOST)]

    def limits(self):
        """Return how many files are taken, how large, and what is said of more."""
        return {
            "most": FILES_MOST,
            "largest": FILE_MOST,
            "too_many": self.env._("Send at most %(count)s files.", count=FILES_MOST),
            # The name of the file is filled in where it is known.
            "too_large": self.env._(
                "“%(name)s” is larger than %(size)s MB.",
                name="{name}",
                size=FILE_MOST // 1024**2,
            ),
        }

    # -- reading ---------------------------------------------------------------------

    def parse(self, levels, uploads=()):
        """Read the form.

        :param levels: ``{code: id}`` of the levels that there are
        :param uploads: ``[(file name, content)]``
        :return: the values of an answer; of no use where there are ``errors``
        """
        kind = self.typed["kind"]
        if kind not in dict(KINDS):
            self._refuse("kind", _lt("Choose one of these answers."))
            return {}
        vals = {"kind": kind, "remark": self._remark()}
        if kind in CERTIFIED:
            vals |= self._read_certificate(kind, levels)
            vals |= self._read_figures()
            vals["company_registry"] = self._kvk(
                "company_registry", self.typed["company_registry"], self.is_dutch
            )
            vals["entities"] = self._read_entities()
            self._read_files(uploads)
        return vals

    def _refuse(self, name, reason):
        """Keep the first error at a field, in the language of the visitor."""
        self.errors.setdefault(name, self.env._(reason))

    def _cell(self, kind, name, is_required=False, text=None):
        """Read a text as a date or number; False where it is empty or refused."""
        text = (self.typed[name] if text is None else text).strip()
        if not text:
            if is_required:
                self._refuse(name, EMPTY.get(name) or _lt("Fill this in."))
            return False
        try:
            value = parse_cell(kind, text, Notation())
        except CellError as error:
            reason = self.env._(error.reason)
            self.errors.setdefault(name, f"{reason[:1].upper()}{reason[1:]}.")
            return False
        if kind == "text" and FORMULA.match(value):
            self._refuse(name, _lt("This cannot begin with =, +, - or @."))
            return False
        return value

    def _read_certificate(self, kind, levels):
        vals = {
            "date_start": self._cell("date", "date_start", is_required=True),
            "date_end": self._cell("date", "date_end", is_required=kind == "pso"),
        }
        start, end = vals["date_start"], vals["date_end"]
        if start and end and end < start:
            self._refuse(
                "date_end",
                _lt(
                    "The last day lies before the first, %(date)s.",
                    date=format_date(self.env, start),
                ),
            )
        if kind == "sw":
            return vals
        level = levels.get(self.typed["level"])
        if not level:
            self._refuse("level", _lt("Choose the level on the certificate."))
        number = self._cell("text", "number") or False
        if number and len(number) > NUMBER_MOST:
            self._refuse("number", _lt("That is too long for a number."))
        return {
            **vals,
            "level_id": level,
            "is_pso30": bool(self.typed["is_pso30"]),
            "number": number,
        }

    def _read_figures(self):
        """Read turnover, fte and direct share: all of them, or none."""
        if not any(self.typed[name].strip() for name in FIGURES):
            return {"has_figures": False}
        turnover = self._cell("number", "turnover", is_required=True)
        fte = self._cell("number", "fte", is_required=True)
        share = self._cell("percentage", "direct_percentage", is_required=True)
        if "turnover" not in self.errors:
            turnover = self.currency.round(turnover) if self.currency else turnover
            if turnover <= 0:
                self._refuse("turnover", _lt("The turnover is more than zero."))
        if "fte" not in self.errors and fte < 0:
            self._refuse("fte", _lt("There are no negative fte."))
        if "direct_percentage" not in self.errors and not 0 <= share <= 100:
            self._refuse("direct_percentage", _lt("A share lies between 0 and 100 %."))
        return {
            "has_figures": True,
            "turnover": turnover,
            "fte": fte,
            "direct_percentage": share,
            "is_estimate": bool(self.typed["is_estimate"]),
        }

    def _kvk(self, name, text, is_required):
        """Read a KvK number; of an organisation abroad any number."""
        number = self._cell("text", name, is_required, text)
        if number and (not is_kvk(number) if self.is_dutch else len(number) > 30):
            self._refuse(
                name, _lt("A KvK number has eight digits, a zero in front included.")
            )
        return number

    def _read_entities(self):
        entities = []
        for index, (name, number) in enumerate(self.entities):
            if not name.strip() and not number.strip():
                continue
            entities.append(
                {
                    "name": self._cell("text", f"entity_name_{index}", True, name),
                    "company_registry": self._kvk(
                        f"entity_kvk_{index}", number, self.is_dutch
                    ),
                }
            )
        return entities

    def _remark(self):
        text = self.typed["remark"].replace("\r\n", "\n").strip()
        if len(text) > REMARK_MOST:
            self._refuse(
                "remark",
                _lt("This is longer than %(count)s characters.", count=REMARK_MOST),
            )
        if FORBIDDEN.search(text.replace("\n", " ").replace("\t", " ")):
            self._refuse(
                "remark", _lt("There are characters in it that cannot be shown.")
            )
        # As core marks a text in its export: a list in a remark begins with a dash.
        return f"'{text}" if FORMULA.match(text) else text

    # -- files -----------------------------------------------------------------------

    def _read_files(self, uploads):
        """Take PDF files and pictures, by what is in them and not by their names."""
        limits = self.limits()
        if len(uploads) + len(self.kept) > limits["most"]:
            self.errors.setdefault("files", limits["too_many"])
            return
        for name, content in uploads:
            if len(content) > FILE_MOST:
                words = limits["too_large"].replace("{name}", short(name))
                self.errors.setdefault("files", words)
            elif not (mimetype := sniff(content)):
                self._refuse(
                    "files",
                    _lt(
                        "“%(name)s” is no PDF file and no PNG or JPEG picture.",
                        name=short(name),
                    ),
                )
            else:
                self.files.append(
                    {
                        "name": file_name(name, ACCEPTED[mimetype][1]),
                        "raw": content,
                        "mimetype": mimetype,
                    }
                )


def sniff(content):
    """Return what a file is by its content; None for all that is not accepted."""
    mimetype = guess_mimetype(content)
    if mimetype not in ACCEPTED or not content.startswith(ACCEPTED[mimetype][0]):
        return None
    if mimetype == "application/pdf":
        return mimetype if PDF_END.search(content[-2048:]) else None
    try:
        with Image.open(io.BytesIO(content), formats=["PNG", "JPEG"]) as image:
            if image.width * image.height > PIXELS_MOST:
                return None
            image.verify()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        return None
    except Image.DecompressionBombError:
        return None
    return mimetype


def short(name):
    """Return the name of a file as it may be shown, and exported."""
    base = re.split(r"[/\\]", name or "")[-1].lstrip(" =+-@{")
    return FORBIDDEN.sub("", base)[:80].strip() or "–"


def file_name(name, extension):
    """Return the name by which a file is kept: without path, with what it is.

    >>> file_name("../../x.html", "pdf"), file_name("Paper.PDF", "pdf")
    ('x.html.pdf', 'Paper.pdf')
    """
    stem = short(name)
    for known in (f".{extension}", ".jpeg"):
        if stem.lower().endswith(known):
            stem = stem[: -len(known)]
            break
    return f"{stem or 'file'}.{extension}"
