"""Which files an auditor looks at: drawn so that anybody can draw them again.

Pure: no ORM, no I/O. Each person of the population stands in it by the pseudonymous key
of the exports. The keys are put in the order of the SHA-256 digest, in hexadecimal, of
``seed:key`` in UTF-8; the first ones are the sample. Nothing else decides: not the
machine, nor the language, nor the order in which people were entered.
"""

import math
import secrets
from hashlib import sha256

SMALLEST_PROPOSAL = 5


def new_seed():
    """Return a seed that nobody could foresee: 64 random bits in hexadecimal."""
    return secrets.token_hex(8)


def draw(seed, keys, size):
    """Return the first keys in the order of their digests with the seed.

    :param str seed: on the record
    :param keys: of the population; each counts once
    :param int size: how many are wanted; more than there are takes all
    :return: a list of keys, in the order in which they were drawn
    """

    def place(key):
        return sha256(f"{seed}:{key}".encode()).hexdigest(), key

    return sorted(set(keys), key=place)[:size]


def population_digest(keys):
    """Digest a population, to tell it from another: SHA-256 of its sorted keys.

    One key a line, each line ended: what ``sort -u | sha256sum`` makes of a list.
    """
    lines = "".join(f"{key}\n" for key in sorted(set(keys)))
    return sha256(lines.encode()).hexdigest()


def proposed_size(population):
    """Propose how many files to draw: the square root of the people, at least five.

    The scheme does not publish its own rule. This is an assumption, to be replaced by
    what the auditor asks for.
    """
    if population <= SMALLEST_PROPOSAL:
        return max(population, 1)
    return max(SMALLEST_PROPOSAL, math.isqrt(population - 1) + 1)
