"""What a level costs least, and what a budget reaches at most: no ORM, no input.

Means are people (whole heads), money at vendors (euros) and certificates that vendors
win (yes or no), each within bounds. The size, with it the norm, the denominator of the
indirect share and the largest indirect share move with every choice, and all four are
taken anew (sections 2 to 5 of the rule book). ``docs/solver.md`` says how.

Numbers may be whole, fractions, decimals or floats; a float is read as it is written.
"""

from .means import InvalidMeans, MissingCost, Money, People, Won
from .prices import Price, cost_per_point
from .questions import (
    NO_DIRECT,
    NORM_UNKNOWN,
    OUT_OF_BOUNDS,
    OVER_BUDGET,
    TOO_SMALL,
    UNDECIDED,
    Answer,
    Missing,
    cheapest,
    farthest,
)
