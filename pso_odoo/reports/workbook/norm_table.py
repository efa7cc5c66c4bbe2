"""The norms by which a measurement is judged, as the sheet on the score shows them."""

from bisect import bisect_right
from functools import cached_property

from ...tools.score import norm_at

# Excel and Python add up in another order: sizes are compared to this many decimals.
DECIMALS = 9


class NormTable:
    """The norms of an edition and where a measurement stands among them (section 2).

    The rule book is open to change, yet a locked measurement keeps its norms. Where it
    no longer follows from the edition, the ladder has one size: the measured one.
    """

    def __init__(self, measurement):
        self._measurement = measurement
        self._edition = measurement.edition_id

    @cached_property
    def norms(self):
        """``{level: norm at this size or None}`` from the lowest level up."""
        return dict(self._measurement._norms_at_size())

    @cached_property
    def is_current(self):
        """Whether the norms of the edition give those of the measurement."""
        return self._measurement._has_norms_of_today(self._measurement)

    @cached_property
    def points(self):
        """``{level: [(size, norm)]}`` by size; an unknown norm has no points."""
        if self.is_current:
            return {
                level: [(float(size), float(norm)) for size, norm in points]
                for level, points in self._edition._ladder().rungs
            }
        size = round(self._measurement.total_fte, DECIMALS)
        return {
            level: [] if norm is None else [(size, norm)]
            for level, norm in self.norms.items()
        }

    @cached_property
    def sizes(self):
        """All sizes that are printed for any level, in order."""
        return sorted({size for points in self.points.values() for size, _ in points})

    def rung(self, level):
        """Return the place of a level on the ladder, from 1; 0 for no level."""
        return list(self.norms).index(level) + 1 if level in self.norms else 0

    def row_of(self, size):
        """Return the row of the last printed size not above a size, from 1; 0: none."""
        return bisect_right(self.sizes, round(size, DECIMALS))

    def norm(self, level, size):
        """Return the norm of a level at a size, in percent; None if not public."""
        return norm_at(self.points[level], size)

    def is_printed(self, level, size):
        """Return whether a norm of a level is printed for a size."""
        return size in dict(self.points[level])

    def neighbours(self, level, size):
        """Return the printed sizes of a level next to a size; None above the last."""
        sizes = [printed for printed, _norm in self.points[level]]
        after = bisect_right(sizes, size)
        return sizes[after - 1], sizes[after] if after < len(sizes) else None

    def is_confirmed(self, level, size):
        """Return whether the norm printed for a size is confirmed for this edition."""
        return (level, size) not in self._unconfirmed

    def used_norms(self, level):
        """Return the printed norms of a level that this size rests on: two at most."""
        size = self._measurement.total_fte
        norms = self._edition.norm_ids.filtered(lambda norm: norm.level_id == level)
        printed = norms.sorted("size_fte")
        after = bisect_right(printed.mapped("size_fte"), size)
        if after and printed[after - 1].size_fte == size:
            return printed[after - 1]
        return printed[max(after - 1, 0) : after + 1]

    @cached_property
    def _unconfirmed(self):
        """``(level, size)`` of the printed norms that are not confirmed."""
        norms = self._edition.norm_ids.filtered(lambda norm: not norm.is_confirmed)
        return {(norm.level_id, norm.size_fte) for norm in norms}
