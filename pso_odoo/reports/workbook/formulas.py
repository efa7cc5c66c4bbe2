"""How figures follow from each other, as formulas of the workbook (sections 2 to 5).

``{p}`` is the prefix of the figures: none where they are of all facts, that of the
proven ones, or of those as the auditor corrected them. ``{t}`` is the prefix of the
size: what is proven is held against all staff.
"""

from typing import NamedTuple

from odoo.tools import LazyTranslate
from odoo.tools.translate import LazyGettext

_lt = LazyTranslate(__name__)

PROVEN, AUDITED = "proven_", "audited_"

SHARE = "IF({whole}>0,100*{part}/({whole}),0)"
COUNTED = "MIN({indirect},indirect_max_share/(1-indirect_max_share)*{direct})"
# The row of the last printed size that is not above a size. A sum of rows may come
# out a hair below the size that it lies exactly on.
NORM_ROW = "IFERROR(MATCH(ROUND({size},9),norm_sizes,1),0)"
# The norm at a size: on the line from its row to the next, beyond the last row its own.
NORM = (
    "IF({row}=ROWS(norm_sizes),INDEX(norm_table,{row},{rung}),"
    "INDEX(norm_table,{row},{rung})"
    "+(INDEX(norm_table,{row}+1,{rung})-INDEX(norm_table,{row},{rung}))"
    "*({size}-INDEX(norm_sizes,{row}))"
    "/(INDEX(norm_sizes,{row}+1)-INDEX(norm_sizes,{row})))"
)
# Of a row of the ladder, in whose columns {rung} and {norm} stand.
IS_KNOWN = "COUNT(INDEX(norm_table,0,{rung}))>0"
NORM_OF_RUNG = (
    f"IF(NOT({IS_KNOWN}),%(unknown)s,IF(%(p)snorm_row=0,%(none)s,"
    "IF(ISNUMBER(INDEX(norm_table,%(p)snorm_row,{rung})),%(norm)s,%(none)s)))"
)
IS_ABOVE = f'IF(AND({{rung}}>%(p)srung,{IS_KNOWN}),{{rung}},"")'
# AND looks at all it is given, and a word less a number is an error. Whether a norm
# that nobody knows is reached, nobody knows either.
IS_REACHED = (
    "IF(ISNUMBER({norm}),IF(AND(%(p)sdirect_percentage>0,"
    '%(p)stotal_percentage>={norm}-1E-9),1,0),"")'
)
# Of the ladder as a whole.
HIGHEST = "SUMPRODUCT(MAX({rungs}*({reached}=1)))"
LOWEST = "IF(COUNT({above})=0,0,MIN({above}))"
LEVEL = "IF({p}rung=0,{none},INDEX(rung_names,{p}rung))"
GAP = (
    "IF({p}next_rung=0,{none},IF(ISNUMBER(INDEX({norms},{p}next_rung)),"
    "INDEX({norms},{p}next_rung)-{p}total_percentage,{none}))"
)
PSO30 = (
    "IF(AND({p}rung>0,{p}next_rung=0,{p}pso30_percentage>=pso30_min_percentage-1E-9,"
    "{p}pso30_regular_percentage>=pso30_min_regular_percentage-1E-9),{yes},{no})"
)


class Row(NamedTuple):
    """How a figure comes about: as a formula, and in words where these are told."""

    formula: str
    how: LazyGettext | None = None


PSO30_ROWS = {
    "pso30_percentage": Row(SHARE.format(part="{p}pso30_fte", whole="{t}total_fte")),
    "pso30_regular_percentage": Row(
        SHARE.format(part="{p}pso30_regular_fte", whole="{t}total_fte")
    ),
}
ROWS = {
    "total_fte": Row("total_fte", _lt("All staff, unweighted")),
    "direct_fte": Row("{p}direct_fte", _lt("Target group in own staff, weighted")),
    "indirect_fte": Row(
        "{p}indirect_fte", _lt("Purchases at certified suppliers, as fte")
    ),
    "direct_percentage": Row(
        SHARE.format(part="{p}direct_fte", whole="{t}total_fte"),
        _lt("100 × direct fte / total fte"),
    ),
    "indirect_percentage": Row(
        SHARE.format(part="{p}indirect_fte", whole="{t}total_fte+{p}indirect_fte"),
        _lt("100 × indirect fte / (total fte + indirect fte)"),
    ),
    "indirect_counted_percentage": Row(
        COUNTED.format(
            indirect="{p}indirect_percentage", direct="{p}direct_percentage"
        ),
        _lt("At most share / (1 − share) × direct contribution"),
    ),
    "total_percentage": Row(
        "{p}direct_percentage+{p}indirect_counted_percentage",
        _lt("Direct + indirect that counts"),
    ),
    **PSO30_ROWS,
}
