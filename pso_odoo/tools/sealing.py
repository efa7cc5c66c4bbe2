"""What seals are made of: digests, and a key that is nowhere in the database.

The key stands in ``odoo.conf`` or in the environment. The first of a list signs; the
others are those of before, so that what they signed can still be verified.
"""

import hashlib
import hmac
import json
import os
from typing import NamedTuple

from odoo.tools import SQL, config

OPTION = "pso_seal_key"
VARIABLE = "PSO_SEAL_KEY"
SHORTEST = 32
NAME_LENGTH = 16


class Signature(NamedTuple):
    """Which key signed, and what came out; both None without a key."""

    key: str | None
    text: str | None


class Keys:
    """The keys of this server, as they are configured now.

    :ivar too_short: whether some were left out because they can be guessed
    """

    def __init__(self):
        configured = str(config.get(OPTION) or "") or os.environ.get(VARIABLE, "")
        listed = [key.strip() for key in configured.split(",") if key.strip()]
        long_enough = [key.encode() for key in listed if len(key) >= SHORTEST]
        self.too_short = len(long_enough) < len(listed)
        self._by_name = {_name(key): key for key in long_enough}
        # A short one in front does not make an old key the one that signs.
        is_first_good = listed and len(listed[0]) >= SHORTEST
        self.current = _name(long_enough[0]) if is_first_good else None

    def sign(self, digest_of):
        """Sign what a digest is made of, which includes the name of the key.

        :param digest_of: the digest, from the name of the key or None
        :return: ``(digest, Signature)``
        """
        digest = digest_of(self.current)
        text = self._signature(self.current, digest) if self.current else None
        return digest, Signature(self.current, text)

    def knows(self, name):
        return name in self._by_name

    def has_signed(self, digest, signature):
        """Return whether a digest was signed by one of these keys."""
        if signature.key not in self._by_name or not signature.text:
            return False
        expected = self._signature(signature.key, digest)
        return hmac.compare_digest(expected.encode(), signature.text.encode())

    def _signature(self, name, digest):
        return hmac.new(self._by_name[name], digest.encode(), "sha256").hexdigest()


def _name(key):
    """Return what a key is called in the database: it says nothing of the key."""
    return hashlib.sha256(b"pso_seal_key:" + key).hexdigest()[:NAME_LENGTH]


def digest_of(value):
    """Digest lists, texts, whole numbers and the like by SHA-256, as JSON."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def sql_sha256(text, length=None):
    """Digest a text in SQL by SHA-256, in hexadecimal.

    :param text: SQL of the text
    :param length: how many characters of the digest are kept; else all 64
    """
    digest = SQL("encode(sha256(convert_to(%s, 'UTF8')), 'hex')", text)
    return SQL("left(%s, %s)", digest, length) if length else digest


class Verification(NamedTuple):
    """What was changed, what changed as it may, and what cannot be promised.

    Texts that name nobody.
    """

    findings: list
    notes: list
    limits: list = ()

    def __add__(self, other):
        return Verification(
            [*self.findings, *other.findings],
            [*self.notes, *other.notes],
            [*dict.fromkeys([*self.limits, *other.limits])],
        )

    def about(self, name):
        """Return these findings and notes with the name of what they are about."""
        return Verification(
            [f"{name}: {text}" for text in self.findings],
            [f"{name}: {text}" for text in self.notes],
            self.limits,
        )
