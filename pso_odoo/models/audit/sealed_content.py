"""What of a locked measurement is sealed, and how a row of it reads in the index."""

import json
from collections import defaultdict
from dataclasses import dataclass
from itertools import zip_longest
from typing import NamedTuple

from ...tools.sealing import digest_of

# The manifests that this version makes, and those of before 19.0.5.
FORMAT = 2
OLD_FORMAT = 1
# A figure of more characters is sealed as its digest.
LONGEST_FIGURE = 40
HASHED = "sha256:"
# Whoever writes into the database can write anything where a manifest or figures were.
UNREADABLE = (AttributeError, KeyError, TypeError, ValueError)
# The seals that say what a locked measurement holds, and those that begin a revision.
CONTENT_EVENTS = ("lock", "upgrade", "correct")


class SealedRow(NamedTuple):
    """An entry of the index: how a row is called and what stands for its content."""

    names: tuple
    shown: dict
    digest: str
    references: dict


@dataclass(frozen=True)
class Part:
    """The rows of one table that belong to a measurement, as they are sealed.

    ``names`` tell the rows apart, ``shown`` is named with them. ``references`` are
    numbers of records that may be deleted or merged since: they may have become empty.
    Those of persons are kept as a digest made with the secret of the company.
    """

    model: str
    names: tuple
    shown: tuple = ()
    references: tuple = ()
    is_secret: bool = False
    # Rows come in after the lock, by an event of their own.
    grows: bool = False

    def row(self, entry):
        """Read an entry of the index as the row that it stands for."""
        values = json.loads(entry)
        first, second = len(self.names), len(self.names) + len(self.shown)
        return SealedRow(
            names=tuple(values[:first]),
            shown=dict(zip(self.shown, values[first:second], strict=True)),
            digest=values[second],
            references=dict(zip(self.references, values[second + 1 :], strict=True)),
        )


SEALED_PARTS = {
    "people": Part(
        model="pso.locked.person.line",
        names=("key", "date_from", "kind"),
        shown=("date_to",),
        references=(
            "employee_id",
            "version_id",
            "status_id",
            "department_id",
            "work_location_id",
        ),
        is_secret=True,
    ),
    "suppliers": Part(
        model="pso.locked.supplier.line",
        names=("id",),
        shown=("year",),
        references=("partner_id", "certificate_id", "figure_id"),
    ),
    "checks": Part(model="pso.locked.check", names=("type_id",), shown=("count",)),
    "corrections": Part(
        model="pso.correction", names=("id",), references=("partner_id",)
    ),
    "quality": Part(
        model="pso.quality.answer", names=("criterion",), shown=("answer",)
    ),
    "audit": Part(model="pso.audit.correction", names=("id",), grows=True),
}


def as_text(value):
    """Write a value as it is sealed: as text, a long one as its digest."""
    if isinstance(value, str):
        text = value
    else:
        text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return text if len(text) <= LONGEST_FIGURE else f"{HASHED}{digest_of(value)}"


def without_names(figures):
    """Drop the names of suppliers from locked figures."""
    purchases = figures.get("gap_purchases") or {}
    if purchases.get("suppliers"):
        suppliers = [
            {name: value for name, value in supplier.items() if name != "name"}
            for supplier in purchases["suppliers"]
        ]
        figures["gap_purchases"] = purchases | {"suppliers": suppliers}
    return figures


def paired(part, kept, present):
    """Pair rows as they were with rows as they are, by their names, in order."""
    before, now = _by_names(part, kept), _by_names(part, present)
    for names in sorted({*before, *now}, key=str):
        yield from zip_longest(before[names], now[names])


def _by_names(part, entries):
    rows = defaultdict(list)
    for entry in sorted(entries):
        row = part.row(entry)
        rows[row.names].append(row)
    return rows
