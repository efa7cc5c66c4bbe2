"""Which parts of a company may be shown apart: small groups are suppressed.

Nobody who reads a breakdown can deduce from it who belongs to the target group: not
by subtracting one figure from another, and not by knowing everybody's contract hours.
Pure: no ORM, no I/O.

A group of people is *safe* when

* at least ``limit`` of them count for the target group and at least ``limit`` others
  do not, so that it is never about a few, nor about nearly everybody, and
* the fte on each of these two sides are at least those of its largest person.

Safe groups that are put together are safe. Parts that are not safe are pooled. First
the departments; then the locations, until every overlap of a shown department and a
shown location is safe too. All that is shown is then made of safe overlaps, and so is
whatever follows from it by adding and subtracting.

Direct fte are rounded to whole fte for each overlap, before they are added up. Nobody
is more than one fte, so for every person there are others who could count in his
place, or not count in his place, without any figure being different. Finer figures
would tell whose hours fit. The other figures rest on employment alone.

Two things are not known here: what the exact total of the company tells by itself, and
what was shown of another period. Between periods the whole fte alone blur what one
person adds.
"""

from collections import defaultdict, namedtuple
from operator import add

# Somebody in one department and location: fte by employment, and weighted direct fte.
Stay = namedtuple("Stay", "person department location fte direct")
# Those who are nowhere else, and all of whom count for the target group, or none of
# whom do: how many, how many of them with fte, their fte, and the largest of one.
Crowd = namedtuple("Crowd", "department location counts number persons fte direct most")
# What is shown of a department or location, or (keys) of those that are pooled.
BreakdownRow = namedtuple("BreakdownRow", "keys persons fte direct is_rest")
Breakdown = namedtuple("Breakdown", "departments locations")


def up_to(number, limit):
    """Round a number of people up to the next multiple of a small group.

    Nobody is zero, and nothing between one and the limit is told from it.
    """
    return -(-number // limit) * limit


# Who is counted of a group: those with fte, those who count for the target group, and
# those who do not.
PERSONS, TARGET, OTHERS = range(3)


class Group:
    """People of one or more parts; who is in several of them is one person."""

    __slots__ = ("crowds", "direct", "fte", "largest", "names", "others_fte")

    def __init__(self):
        # Those who are nowhere else are counted, the others are known by name.
        self.crowds = [0, 0, 0]
        self.names = set(), set(), set()
        self.fte = 0
        self.direct = 0
        self.others_fte = 0
        self.largest = 0

    @property
    def persons(self):
        """Count the people who have fte."""
        return self._number(PERSONS)

    def _number(self, kind):
        return self.crowds[kind] + len(self.names[kind])

    def add(self, stays, counted, sizes):
        """Take in stays of some fte.

        :param counted: the persons who count for the target group in any stay
        :param sizes: fte of all stays of a person
        """
        others = [stay for stay in stays if stay.person not in counted]
        persons, target, names = self.names
        persons.update([stay.person for stay in stays if stay.fte > 0])
        target.update([stay.person for stay in stays if stay.direct > 0])
        names.update([stay.person for stay in others])
        self.fte += sum([stay.fte for stay in stays])
        self.direct += sum([stay.direct for stay in stays])
        self.others_fte += sum([stay.fte for stay in others])
        self.largest = max(self.largest, *[sizes[stay.person] for stay in stays])

    def add_crowd(self, crowd):
        """Take in people who are in no other part."""
        self.crowds[PERSONS] += crowd.persons
        self.crowds[TARGET if crowd.counts else OTHERS] += crowd.number
        self.fte += crowd.fte
        self.direct += crowd.direct
        self.others_fte += 0 if crowd.counts else crowd.fte
        self.largest = max(self.largest, crowd.most)

    def update(self, group):
        """Take in the people of another group."""
        self.crowds = list(map(add, self.crowds, group.crowds))
        for names, others in zip(self.names, group.names, strict=True):
            names |= others
        self.fte += group.fte
        self.direct += group.direct
        self.others_fte += group.others_fte
        self.largest = max(self.largest, group.largest)

    def is_safe(self, limit):
        return (
            min(self._number(TARGET), self._number(OTHERS)) >= limit
            and min(self.direct, self.others_fte) >= self.largest
        )


def break_down(stays, limit, crowds=(), unit=1):
    """Return the departments and the locations that may be shown, largest first.

    :param stays: a ``Stay`` for each person and overlap of department and location
    :param crowds: a ``Crowd`` in the place of the stays of people with one stay each
    :param limit: the fewest people who may be told from others
    :param unit: what of the measures of these is one fte, as days are
    :return: ``Breakdown`` of lists of ``BreakdownRow``; a list is empty where nothing
        but the whole company may be shown, or not even that
    """
    overlaps = _overlaps(stays, crowds)
    if not _together(overlaps.values()).is_safe(limit):
        return Breakdown([], [])
    departments = _pool(_relabel(overlaps, lambda dep, _loc: (dep, None)), limit)
    overlaps = _relabel(overlaps, lambda dep, loc: (departments[dep], loc))
    locations = _pool(_relabel(overlaps, lambda dep, loc: (loc, dep)), limit)
    overlaps = _relabel(overlaps, lambda dep, loc: (dep, locations[loc]))
    return Breakdown(_rows(overlaps, 0, unit), _rows(overlaps, 1, unit))


def _overlaps(stays, crowds):
    """Return ``{(department, location): Group}`` of people who are there at all."""
    fte, direct, places = defaultdict(int), defaultdict(int), defaultdict(list)
    for stay in stays:
        person, department, location, employed, weighted = stay
        if employed > 0 or weighted > 0:
            fte[person] += employed
            if weighted:
                direct[person] += weighted
            places[department, location].append(stay)
    counted = {person for person, weighted in direct.items() if weighted > 0}
    sizes = {**fte, **{person: max(fte[person], direct[person]) for person in direct}}
    overlaps = defaultdict(Group)
    for place, there in places.items():
        overlaps[place].add(there, counted, sizes)
    for crowd in crowds:
        overlaps[crowd.department, crowd.location].add_crowd(crowd)
    return overlaps


def _together(groups):
    together = Group()
    for group in groups:
        together.update(group)
    return together


def _relabel(groups, label):
    """Put groups under other labels; those that get the same one become one."""
    relabelled = defaultdict(list)
    for key, group in groups.items():
        relabelled[label(*key)].append(group)
    # Nobody changes a group that he has not made: what stays alone is not copied.
    return {
        key: same[0] if len(same) == 1 else _together(same)
        for key, same in relabelled.items()
    }


def _pool(groups, limit):
    """Pool the parts that are not safe, and then the smallest that make them so.

    :param groups: ``{(part, across): Group}``; a part is safe when each of its
        groups is. All parts together are.
    :return: ``{part: parts that are shown together}``
    """
    parts = defaultdict(dict)
    for (part, across), group in groups.items():
        parts[part][across] = group
    sizes = {
        part: sum(group.persons for group in slices.values())
        for part, slices in parts.items()
    }
    rest = {part for part, slices in parts.items() if _unsafe(slices, limit)}
    pooled = defaultdict(Group)
    for part in rest:
        _join(pooled, parts[part])
    while unsafe := _unsafe(pooled, limit):
        # Only parts with people where they are lacking can help.
        helpful = (
            part
            for part, slices in parts.items()
            if part not in rest and unsafe & slices.keys()
        )
        joined = min(helpful, key=sizes.get)
        rest.add(joined)
        _join(pooled, parts[joined])
    together = tuple(part for part in parts if part in rest)
    return {part: together if part in rest else (part,) for part in parts}


def _unsafe(slices, limit):
    return {across for across, group in slices.items() if not group.is_safe(limit)}


def _join(pooled, slices):
    for across, group in slices.items():
        pooled[across].update(group)


def _whole(measure, unit):
    """Round half up to whole units: steps of one fte do not jump over it."""
    return int((2 * measure + unit) // unit) // 2


def _rows(overlaps, axis, unit):
    """Return what is shown of each label on an axis of the overlaps, the rest last."""
    cells = defaultdict(list)
    for labels, group in overlaps.items():
        cells[labels[axis]].append(group)
    if len(cells) < 2:
        return []
    rows = [
        BreakdownRow(
            keys=keys,
            persons=_together(groups).persons,
            fte=sum(group.fte for group in groups) / unit,
            direct=sum(_whole(group.direct, unit) for group in groups),
            is_rest=len(keys) > 1,
        )
        for keys, groups in cells.items()
    ]
    return sorted(rows, key=lambda row: (row.is_rest, -row.persons))
