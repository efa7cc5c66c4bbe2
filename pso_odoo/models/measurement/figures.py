"""The figures of a measurement: what each is called, and how it is written.

Said once, for the fields of the measurement, what is kept of it, the table of the
audit, the dashboard and the workbook (docs/development.md, "A read-out").
"""

from dataclasses import dataclass
from functools import partial

from odoo import fields
from odoo.tools import LazyTranslate
from odoo.tools.translate import LazyGettext

_lt = LazyTranslate(__name__)


# What the values of a kind of figure are.
KINDS = {
    "fte": fields.Float,
    "percent": fields.Float,
    "points": fields.Float,
    "level": partial(fields.Many2one, "pso.level"),
    "answer": fields.Boolean,
    "norms": fields.Json,
}


@dataclass(frozen=True, eq=False)
class Figure:
    """A figure of a measurement (sections 2 to 5 of the rule book).

    Fte are averages over the period, percentages and points are 0-100.

    :param name: of the field
    :param kind: one of ``KINDS``
    :param help: what it means, for the field
    :param label: of the field; made of the name, as core does, where there is none
    :param row: what the table of the audit calls it; none where no correction by the
        auditor changes it
    :param cell: what the workbook calls it, if other than the table of the audit
    :param needs_next_level: whether there is such a figure below the top alone
    """

    name: str
    kind: str
    help: str
    label: str | None = None
    row: LazyGettext | None = None
    cell: LazyGettext | None = None
    needs_next_level: bool = False

    def field(self, **attributes):
        """Make the field of a measurement that has this figure."""
        return KINDS[self.kind](string=self.label, help=self.help, **attributes)


FIGURES = {
    figure.name: figure
    for figure in (
        Figure(
            "total_fte",
            "fte",
            "All fte of the organisation, unweighted, averaged over the period.",
            row=_lt("Total fte"),
        ),
        Figure(
            "direct_fte",
            "fte",
            "Weighted fte of the target group in own staff.",
            row=_lt("Direct fte"),
        ),
        Figure(
            "direct_percentage",
            "percent",
            "Direct social contribution.",
            label="Direct (%)",
            row=_lt("Direct"),
            cell=_lt("Direct contribution"),
        ),
        Figure(
            "indirect_fte",
            "fte",
            "Purchases at certified suppliers, as fte.",
            row=_lt("Indirect fte"),
        ),
        Figure(
            "indirect_percentage",
            "percent",
            "Indirect social contribution.",
            label="Indirect (%)",
            row=_lt("Indirect"),
            cell=_lt("Indirect contribution"),
        ),
        Figure(
            "indirect_counted_percentage",
            "percent",
            "The indirect contribution as far as it counts: at most the largest "
            "indirect share of the total.",
            label="Indirect Counted (%)",
            row=_lt("Indirect that counts"),
            cell=_lt("Indirect contribution that counts"),
        ),
        Figure(
            "total_percentage",
            "percent",
            "Direct plus counted indirect contribution.",
            label="Total (%)",
            row=_lt("Total"),
            cell=_lt("Total contribution"),
        ),
        Figure(
            "level_id",
            "level",
            "The highest level whose norm at this size is reached. Without own staff "
            "of the target group there is none.",
            row=_lt("Level"),
        ),
        Figure(
            "next_level_id",
            "level",
            "The lowest level above it with a known norm.",
            row=_lt("Next level"),
        ),
        Figure(
            "gap_percentage",
            "points",
            "Points missing for the next level.",
            label="Gap (points)",
            row=_lt("Distance to it, in points"),
            cell=_lt("Missing for the next level"),
            needs_next_level=True,
        ),
        Figure(
            "gap_fte",
            "fte",
            "The fewest fte of weight 1, hired on top for the whole period, with "
            "which the next level is reached.",
            label="Gap (fte)",
            row=_lt("Distance to it, in fte"),
            cell=_lt("Fte more"),
            needs_next_level=True,
        ),
        Figure(
            "pso30_percentage",
            "percent",
            "Target group that counts for PSO 30+.",
            label="PSO 30+ (%)",
            row=_lt("Target group for PSO 30+"),
            cell=_lt("Target group that counts for 30+"),
        ),
        Figure(
            "pso30_regular_percentage",
            "percent",
            "The part of it on regular contracts.",
            label="PSO 30+ on Regular Contracts (%)",
            row=_lt("of which on regular contracts"),
            cell=_lt("Of which on regular contracts"),
        ),
        Figure(
            "is_pso30",
            "answer",
            "The highest level, with at least 30% target group, of which a fifth on "
            "regular contracts.",
            label="PSO 30+",
            row=_lt("PSO 30+"),
            cell=_lt("PSO 30+ reached"),
        ),
        Figure(
            "is_complete",
            "answer",
            "Off where a figure is a lower bound: a weight is not public, or a "
            "supplier lacks figures or an exchange rate.",
            label="Complete",
            cell=_lt("Figures are complete"),
        ),
        Figure(
            "is_level_certain",
            "answer",
            "Off where a higher level might be reached: its norm is not public, or "
            "the figures are not complete. On where there certainly is none: without a "
            "direct contribution, or below the smallest size.",
            label="Level Certain",
            cell=_lt("Level is certain"),
        ),
        Figure(
            "proven_direct_percentage",
            "percent",
            "The direct contribution of people whose proof is verified.",
            label="Proven Direct (%)",
        ),
        Figure(
            "proven_indirect_percentage",
            "percent",
            "The indirect contribution by certificates that are verified.",
            label="Proven Indirect (%)",
        ),
        Figure(
            "proven_total_percentage",
            "percent",
            "The same from verified statuses and certificates alone.",
            label="Proven Total (%)",
        ),
        Figure(
            "proven_level_id",
            "level",
            "The level that the proven figures alone reach.",
        ),
        Figure(
            "norms",
            "norms",
            "The norm at this size by level, or null.",
            label="Norms at this Size",
        ),
    )
}
# The fte that the formula is fed with.
FORMULA_FACTS = ("total_fte", "direct_fte", "indirect_fte")
