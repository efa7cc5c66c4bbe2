"""What goes into an evidence bundle: files under names that tell of nobody."""

import mimetypes
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

# How much of a file is in memory at once, in bytes.
PIECE = 256 * 1024
PDF = "application/pdf"
# What a folder is called of the name of an organisation.
NOT_IN_NAMES = re.compile(r"[^\w&+-]+")
LONGEST_NAME = 40


@dataclass(frozen=True)
class File:
    """A file to be packed.

    :param kind: what it is, in the user's language; it and a number make its name
    :param extension: with the dot
    :param about: what it is a file of, for the table of contents
    :param pieces: its content, read when it is packed
    :param is_only: there is one of the kind in the folder, which needs no number
    """

    folder: str
    kind: str
    extension: str
    about: str
    pieces: Iterable[bytes]
    is_only: bool = False


class Gap(NamedTuple):
    """What is missing in a bundle.

    :param folder: of which folder
    :param about: of whom: a supplier, or the key of a person
    :param text: what is missing, and what follows from that
    """

    folder: str
    about: str
    text: str


class Names:
    """Gives files the names that they have in the bundle: kind and number.

    What a file was called where it came from may be the name of a person.
    """

    def __init__(self):
        self._counts = {}

    def of(self, file):
        """Return the path of a file: each path once."""
        stem = f"{file.folder}/{file.kind}" if file.folder else file.kind
        number = self._counts[stem] = self._counts.get(stem, 0) + 1
        if file.is_only and number == 1:
            return f"{stem}{file.extension}"
        return f"{stem}-{number}{file.extension}"


def folder_name(reference, name):
    """Return what the folder of an organisation is called.

    >>> folder_name("S001", "Bakker & Zn. B.V.")
    'S001 Bakker & Zn B V'
    >>> folder_name("S002", "../../etc")
    'S002 etc'
    """
    words = NOT_IN_NAMES.sub(" ", name or "").strip()[:LONGEST_NAME].strip()
    return f"{reference} {words}".strip()


def extension_of(attachment):
    """Return the extension that a file has by its content, ``.bin`` if none is known.

    Not the one that somebody gave it: that may be anything.
    """
    return mimetypes.guess_extension(attachment.mimetype or "") or ".bin"


def proof_files(record):
    """Return the proof files of a record that the user may read.

    As superuser: who may read the record may read its files, and core would look
    through all attachments there are to find that out.
    """
    return record.sudo().attachment_ids.filtered(record._owns).sorted("id")


def read(attachment):
    """Return the content of an attachment in pieces, None if there is none.

    A file in the store of Odoo is read piece by piece, when it is asked for; one in the
    database, or where another addon keeps it, at once.
    """
    if attachment.type != "binary":
        return None
    if attachment.store_fname:
        path = Path(attachment._full_path(attachment.store_fname))
        if path.is_file():
            return _pieces(path) if path.stat().st_size else None
    content = attachment.raw
    attachment.invalidate_recordset(["raw", "db_datas"], flush=False)
    return [content] if content else None


def _pieces(path):
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece
