"""A ZIP file that is sent while it is made: no ORM, and never as a whole in memory.

What unpacks a ZIP file finds its parts by the list at its end. That is written last, so
that a file of which the making was broken off has none, and no program opens it.
"""

import zipfile
from dataclasses import dataclass
from hashlib import sha256

# What is sent at once is at least so large, but for the last.
PIECE = 64 * 1024
# Scans, photographs and spreadsheets are packed already: to try again costs time, and a
# worker has little of that. Some programs cannot unpack what is merely stored while it
# comes in, so that it is called deflated all the same.
LEVEL = 0
# The flags of a file that its owner alone may change, as unzip sets them.
PLAIN_FILE = 0o644 << 16


@dataclass(frozen=True)
class Packed:
    """A file that was packed.

    :param size: in bytes
    :param digest: SHA-256 of its content, in hexadecimal
    """

    name: str
    size: int
    digest: str


class ZipStream:
    """A ZIP file in the making.

    Both methods are generators of the bytes to be sent, in order.

    :param moment: the ``datetime`` that the files in it bear
    """

    def __init__(self, moment):
        self._moment = moment.timetuple()[:6]
        self._sink = _Sink()
        self._archive = zipfile.ZipFile(self._sink, "w")

    def add(self, name, pieces):
        """Pack one file.

        :param pieces: its content, as an iterable of bytes, each used and let go
        :return: ``Packed``
        :raise RuntimeError: if it is larger than two gigabytes: then, as when
            ``pieces`` raises something, nothing more is to be sent
        """
        info = zipfile.ZipInfo(name, self._moment)
        info.compress_type = zipfile.ZIP_DEFLATED
        # Python 3.13 calls it ``compress_level``, and knows this name as well.
        info._compresslevel = LEVEL
        info.external_attr = PLAIN_FILE
        digest, size = sha256(), 0
        with self._archive.open(info, "w") as file:
            for piece in pieces:
                file.write(piece)
                digest.update(piece)
                size += len(piece)
                if self._sink.size >= PIECE:
                    yield self._sink.take()
        return Packed(name, size, digest.hexdigest())

    def end(self):
        """Write the list of all files, without which it is no ZIP file."""
        self._archive.close()
        yield self._sink.take()


class _Sink:
    """Where a ZIP file is written to that goes out at once: nobody can go back in it.

    ``zipfile`` finds that out by itself, because there is no ``tell``.
    """

    def __init__(self):
        self._pieces = []
        self.size = 0

    def _keep(self, data):
        self._pieces.append(bytes(data))
        self.size += len(data)
        return len(data)

    write = _keep

    def flush(self):
        """Do nothing: what was written is taken, not kept."""

    def take(self):
        """Return what was written since the last time."""
        data = b"".join(self._pieces)
        self._pieces.clear()
        self.size = 0
        return data
