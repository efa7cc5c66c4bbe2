"""The PSO calculation done the slow way, to hold the addon's SQL against.

Everything is plain data, every sum is a loop over days or bills, and every number
is a fraction. It is written from the design page ("The calculation, exactly") and
the rule book; nothing is taken from the addon. A percentage is 0-100, a date
inclusive, and a level is named by its code.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from itertools import pairwise

DAY = timedelta(days=1)
# The kinds of bills by which something is bought, or a purchase is taken back.
PURCHASES = ("in_invoice", "in_refund", "in_receipt")
PURCHASE_YEAR = ("amount", "social_amount", "fte")


# -- the rule book -----------------------------------------------------------


@dataclass
class GroupRule:
    """``weight`` and ``months`` are None where the scheme does not publish them.

    Without ``months``, none or not known, a status counts as long as it lasts.
    """

    weight: float | None = 1
    months: int | None = 0
    from_event: bool = False
    counts_for_pso30: bool = True
    is_confirmed: bool = False


@dataclass
class FormRule:
    weight: float | None = 1
    max_months: int = 0
    in_total: bool = True
    is_regular: bool = False
    needs_tenure: bool = False
    counts_for_pso30: bool = True
    is_confirmed: bool = False


@dataclass
class Edition:
    """``ladder`` is ``[(level, [(size, norm), …]), …]`` from the lowest level up.

    ``date_from`` is None where it is not in force on any day, as is one that is not
    active, or not in use. ``is_shipped`` if it is read from the files that the addon
    brings.
    """

    code: str
    groups: dict[str, GroupRule]
    forms: dict[str, FormRule]
    ladder: list
    indirect_max_share: float = 0.8
    aspirant_supplier_counts: bool = False
    min_fte: float = 2
    pso30_min_percentage: float = 30
    pso30_min_regular_percentage: float = 6
    pso30_min_months: int = 6
    pso30_min_hours: float = 2
    date_from: date | None = None
    is_active: bool = True
    is_in_use: bool = True
    is_shipped: bool = False


# -- people ------------------------------------------------------------------


@dataclass
class Company:
    """Rates are ``(from, rate)``, of its own currency and of the foreign one.

    They are kept by company; a branch has those of its ``parent``.
    """

    fulltime_hours: float = 40
    counts_without_contract: bool = False
    parent: int | None = None
    own_rates: list[tuple[date, float]] = field(default_factory=list)
    foreign_rates: list[tuple[date, float]] = field(default_factory=list)


@dataclass
class Version:
    """``hours`` is None without a working schedule."""

    start: date
    hours: float | None
    contract_start: date | None = None
    contract_end: date | None = None
    departure: date | None = None
    counts: bool = True
    active: bool = True
    hours_are_override: bool = False


@dataclass
class Status:
    group: str
    form: str
    start: date
    end: date | None = None
    inflow: date | None = None
    event: date | None = None
    is_verified: bool = False
    is_zero_hours: bool = False


@dataclass
class Employee:
    """Employees of one ``person`` are one, as what ``mark`` names says.

    Unless there are more than five: what many share is a makeshift.

    There are as many as ``copies``, alike in everything.
    """

    company: int
    versions: list[Version]
    statuses: list[Status] = field(default_factory=list)
    active: bool = True
    person: int | None = None
    mark: str | None = None
    copies: int = 1


# -- purchases ---------------------------------------------------------------


@dataclass
class Certificate:
    """``level`` is None for a sheltered-work company, which may have no end."""

    level: str | None
    start: date
    end: date | None
    is_verified: bool = False


@dataclass
class Figure:
    """The turnover of a supplier, in the company's currency or in a foreign one."""

    year: int
    turnover: int
    fte: float
    direct_percentage: float
    is_foreign: bool = False
    is_estimate: bool = False


@dataclass
class Supplier:
    """``company`` is the index of the company it is, if it is one of ours."""

    certificates: list[Certificate] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    company: int | None = None


@dataclass
class Bill:
    """``amount`` is untaxed and positive, also of a refund.

    ``excluded`` are the lines that are left out, of which some may be negative.
    ``reverses`` is the index of the bill that a refund takes back. ``is_of_contact``
    if it is on a contact of the supplier.
    """

    company: int
    supplier: int
    day: date
    amount: float
    kind: str = "in_invoice"
    state: str = "posted"
    excluded: tuple = ()
    reverses: int | None = None
    is_of_contact: bool = False


@dataclass
class Correction:
    kind: str
    amount: float
    supplier: int | None = None
    day: date | None = None


@dataclass
class World:
    """All there is to know of one measurement, and some that does not matter to it.

    ``scope`` holds indexes of ``companies``, the first of them the one that is
    certified; ``rates`` are ``(from, rate)`` of the foreign currency for all companies
    that have none of their own, ``today`` tells which version of an employee is the
    current one.
    """

    edition: Edition
    start: date
    end: date
    scope: list[int]
    companies: list[Company]
    today: date
    rates: list[tuple[date, float]] = field(default_factory=list)
    employees: list[Employee] = field(default_factory=list)
    suppliers: list[Supplier] = field(default_factory=list)
    bills: list[Bill] = field(default_factory=list)
    corrections: list[Correction] = field(default_factory=list)


def calculate(world):
    """:return: the figures of a measurement by name, as fractions and level codes

    Beside them ``people``, the total and direct fte of one of each kind of employee,
    and ``suppliers``, what counts of each by year.
    """
    people = _count_people(world)
    suppliers, purchases_known = _count_purchases(world)
    indirect, proven_indirect = (
        sum(line[name] for line in suppliers.values())
        for name in ("indirect_fte", "proven_fte")
    )
    purchases = indirect, proven_indirect, purchases_known
    return figures_of(world.edition, people, purchases, world.corrections) | {
        "people": people["by_number"],
        "suppliers": suppliers,
    }


def figures_of(edition, people, purchases, corrections):
    """The figures that follow from what people and purchases add up to, in fte.

    :param people: as ``_count_people``
    :param purchases: indirect fte, what is proven of it, and whether all was known
    """
    indirect, proven_indirect, purchases_known = purchases
    total, direct = (
        max(people[name] + _corrected(corrections, f"{name}_fte"), 0)
        for name in ("total", "direct")
    )
    # Nobody verified a correction: it may lower what is proven, and not raise it.
    taken_away = [c for c in corrections if c.amount < 0]
    proven_direct = max(people["proven"] + _corrected(taken_away, "direct_fte"), 0)
    figures = score(edition, total, direct, indirect)
    proven = score(edition, total, proven_direct, proven_indirect)
    is_complete = people["is_known"] and purchases_known
    return figures | {
        "proven_direct_percentage": proven["direct_percentage"],
        "proven_indirect_percentage": proven["indirect_percentage"],
        "proven_total_percentage": proven["total_percentage"],
        "proven_level": proven["level"],
        "is_complete": is_complete,
        "has_corrections": bool(corrections),
        "are_weights_known": people["is_known"],
        "is_level_certain": _is_certain(edition, figures, is_complete, people),
        **_pso30(edition, figures, people),
    }


@cache
def exact(number):
    """The fraction that a person who typed this number meant."""
    return Fraction(str(number))


# -- who counts --------------------------------------------------------------


def _count_people(world):
    """Sums of fte over the employees, and whether all weights were known.

    ``unsure`` is by how much the total may grow once they are.
    """
    days = [world.start + n * DAY for n in range((world.end - world.start).days + 1)]
    is_known = True
    windows = [
        [
            (status, _window(world.edition, employee, status))
            for status in employee.statuses
        ]
        for employee in world.employees
    ]
    runs = defaultdict(dict)
    alike = Counter()
    for day in days:
        for number, version, fte in _jobs(world, day):
            employee = world.employees[number]
            company = world.companies[employee.company]
            weight, status, knows_weight = _weight(
                world.edition,
                windows[number],
                day,
                _has_contract(employee) or company.counts_without_contract,
            )
            is_known = is_known and (knows_weight or not fte)
            form = status and world.edition.forms.get(status.form)
            in_total = form.in_total if form else True
            for_pso30 = weight > 0 and _counts_for_pso30(
                world, employee, version, status, day, runs[number]
            )
            measures = (
                ("total", int(in_total and (version.counts or weight > 0))),
                ("direct", weight),
                ("proven", weight if status and status.is_verified else 0),
                ("pso30", int(for_pso30)),
                ("pso30_regular", int(for_pso30 and form.is_regular)),
                ("unsure", int(in_total and not version.counts and not knows_weight)),
            )
            alike[number, fte, measures] += 1
    sums = dict.fromkeys(
        ("total", "direct", "proven", "pso30", "pso30_regular", "unsure"), Fraction(0)
    )
    by_number = defaultdict(lambda: {"total_fte": 0, "direct_fte": 0})
    for (number, fte, measures), count in alike.items():
        average = fte * Fraction(count, len(days))
        for name, factor in measures:
            sums[name] += average * factor * world.employees[number].copies
        by_number[number]["total_fte"] += average * dict(measures)["total"]
        by_number[number]["direct_fte"] += average * dict(measures)["direct"]
    return sums | {"is_known": is_known, "by_number": dict(by_number)}


def _counts_for_pso30(world, employee, version, status, day, runs):
    """Whether somebody who counts on a day does so for PSO 30+ as well."""
    edition = world.edition
    group, form = edition.groups[status.group], edition.forms[status.form]
    if status.is_zero_hours or not (group.counts_for_pso30 and form.counts_for_pso30):
        return False
    if not form.needs_tenure:
        return True
    if exact(version.hours or 0) < exact(edition.pso30_min_hours):
        return False
    return _has_tenure(world, employee, day, runs)


def _has_tenure(world, employee, day, runs):
    """Whether the unbroken employment that a day is part of lasts long enough.

    Until the end of the period, that is, or until it ends.

    :param runs: what was found of earlier days, ``{day: …}``
    """
    if day in runs:
        return runs[day]

    def is_employed(other):
        return _version_at_work(employee, other, world.today)

    first = last = day
    while last < world.end and is_employed(last + DAY):
        last += DAY

    def is_long_enough():
        months = world.edition.pso30_min_months
        return _anniversary(first, months) - DAY <= last

    while not is_long_enough() and is_employed(first - DAY):
        first -= DAY
    for n in range((last - day).days + 1):
        runs[day + n * DAY] = is_long_enough()
    return runs[day]


def _jobs(world, day):
    """``(number of the employee, version, fte)``: who works on a day, and how much.

    One person is one fte at most: of his jobs those count first that are in the total,
    and of these the one that was registered first.
    """
    jobs = []
    for number, employee in enumerate(world.employees):
        version = _version_at_work(employee, day, world.today)
        if version and employee.company in world.scope:
            fulltime = exact(world.companies[employee.company].fulltime_hours)
            jobs.append((number, version, min(exact(version.hours or 0) / fulltime, 1)))
    left = defaultdict(lambda: Fraction(1))
    for number, version, fte in sorted(
        jobs, key=lambda job: (not job[1].counts, job[0])
    ):
        person = _person(world, number)
        if person is None:
            yield number, version, fte
            continue
        yield number, version, min(fte, left[person])
        left[person] = max(left[person] - fte, Fraction(0))


def _person(world, number):
    """Who an employee is one with, or None for somebody on his own."""
    person = world.employees[number].person
    cards = [e for e in world.employees if e.person == person]
    # What stands with a version that is archived is no longer said of anybody.
    saying = [
        e
        for e in cards
        if e.mark in ("user_id", "work_contact_id")
        or any(version.active for version in e.versions)
    ]
    return person if len(saying) <= 5 else None


def _has_contract(employee):
    return any(v.active and v.contract_start for v in employee.versions)


def _version_at_work(employee, day, today):
    """The version under which somebody is employed on a day, or None."""
    versions = sorted((v for v in employee.versions if v.active), key=lambda v: v.start)
    if not versions:
        return None
    started = [v for v in versions if v.start <= day]
    has_contract = _has_contract(employee)
    # Before the first version, that one holds from the start of its contract.
    version = started[-1] if started else versions[0]
    if has_contract and not version.contract_start:
        return None
    if not has_contract:
        begins = version.start
    elif version is versions[0]:
        begins = version.contract_start
    else:
        begins = max(version.start, version.contract_start)
    if day < begins or (version.contract_end and day > version.contract_end):
        return None
    return None if _has_left(employee, versions, version, begins, day) else version


def _has_left(employee, versions, version, begins, day):
    """Whether somebody whose version began on a day has left on another one."""
    own = version.departure
    if own and own < day and (version.contract_start or own) <= own:
        return True
    if any(v.departure and begins <= v.departure < day for v in versions):
        return True
    if employee.active or any(v.departure and v.departure >= begins for v in versions):
        return False
    # Archived since, and not come back by another contract.
    if own and (version.contract_start or own) <= own:
        return False
    return any(
        v.departure and v.contract_start == version.contract_start
        for v in versions
        if v.start < version.start
    )


def _window(edition, employee, status):
    """The first and last day on which a status may count by its rules, or None."""
    group, form = edition.groups.get(status.group), edition.forms.get(status.form)
    if not group or not form:
        return None
    begin = status.event if group.from_event else _inflow(employee, status)
    if not begin:
        return None
    last = status.end or date.max
    if group.months:
        last = min(last, _anniversary(begin, group.months) - DAY)
    if form.max_months:
        run = _run_start(employee, status)
        last = min(last, _anniversary(run, form.max_months) - DAY)
    return max(begin, status.start), last


def _anniversary(day, months):
    """The same day so many months on, or the first day after where there is none."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    try:
        return date(year, month, day.day)
    except ValueError:
        return date(year, month + 1, 1)


def _inflow(employee, status):
    """As entered, else of the preceding status of the same group, else the start."""
    if status.inflow:
        return status.inflow
    earlier = [
        other
        for other in employee.statuses
        if other.group == status.group and other.start < status.start
    ]
    if earlier:
        return _inflow(employee, max(earlier, key=lambda other: other.start))
    return status.start


def _run_start(employee, status):
    """The first day of the unbroken run of the same form that a status is part of."""
    for other in employee.statuses:
        if other.form == status.form and other.end == status.start - DAY:
            return _run_start(employee, other)
    return status.start


def _weight(edition, windows, day, is_employed):
    """What a person counts for on a day, by which status, and if that is known."""
    for status, window in windows:
        if not status.start <= day <= (status.end or date.max):
            continue
        if not window or not window[0] <= day <= window[1] or not is_employed:
            return Fraction(0), status, True
        group = edition.groups[status.group].weight
        form = edition.forms[status.form].weight
        if group is None or form is None:
            # Nothing times something unknown is nothing.
            return Fraction(0), status, 0 in (group, form)
        return exact(group) * exact(form), status, True
    return Fraction(0), None, True


# -- person by person, line by line ------------------------------------------


def person_lines(world):
    """What stands in the lines of the people, and in how many lines it stands.

    :return: ``{(kind, employee, version, status, first day): facts}``, by positions;
        of employees with copies of one of them
    """
    stretches = _stretches(world)
    lines = {}
    for (number, start), (version, end, fte, is_shared) in stretches.items():
        employee = world.employees[number]
        position = next(n for n, v in enumerate(employee.versions) if v is version)
        stretch = employee, version, start, end, fte, is_shared
        lines["staff", number, position, None, start] = _staff_line(world, *stretch)
        for n, status in enumerate(employee.statuses):
            first = max(start, status.start)
            if first <= min(end, status.end or end):
                line = _group_line(world, status, *stretch)
                lines["group", number, position, n, first] = line
    return lines


def _stretches(world):
    """``{(employee, first day): (version, last day, fte, is shared)}``

    Days in a row on which the jobs of a person are the same ones. Shared is a job of
    which less counts because of another one.
    """
    stretches, begun, before = {}, {}, {}
    for n in range((world.end - world.start).days + 1):
        day = world.start + n * DAY
        now = {number: (version, fte) for number, version, fte in _jobs(world, day)}
        for number, (version, fte) in now.items():
            beside = _jobs_beside(world, number, now)
            if before.get(number) != beside:
                begun[number] = day
            full = _fte_of(world, world.employees[number], version)
            stretches[number, begun[number]] = version, day, fte, fte < full
        before = {number: _jobs_beside(world, number, now) for number in now}
    return stretches


def _jobs_beside(world, number, jobs):
    """What tells that nothing changed: the versions at work of one person."""
    person = _person(world, number)
    return {
        other: id(version)
        for other, (version, _fte) in jobs.items()
        if other == number or person is not None and _person(world, other) == person
    }


def _fte_of(world, employee, version):
    fulltime = exact(world.companies[employee.company].fulltime_hours)
    return min(exact(version.hours or 0) / fulltime, 1)


def _staff_line(world, employee, version, start, end, fte, is_shared):
    days = (end - start).days + 1
    if not version.counts:
        reason = "not_in_size"
    elif is_shared:
        reason = "other_job"
    else:
        reason = "counts" if fte else "no_hours"
    return {
        "date_to": end,
        "days": days,
        "hours": _line_hours(world, employee, version, fte, is_shared),
        "inflow": None,
        "counted_from": None,
        "counted_to": None,
        "counted_days": days,
        "group_weight": 0,
        "form_weight": 0,
        "is_rule_known": True,
        "is_rule_confirmed": True,
        "is_verified": False,
        "reason": reason,
        "total_fte": _average(world, fte, days if version.counts else 0),
        "direct_fte": 0,
        "pso30_fte": 0,
        "pso30_regular_fte": 0,
        "proven_fte": 0,
    }


def _line_hours(world, employee, version, fte, is_shared):
    if not is_shared:
        return exact(version.hours or 0)
    return fte * exact(world.companies[employee.company].fulltime_hours)


def _average(world, fte, days):
    return fte * Fraction(days, (world.end - world.start).days + 1)


def _group_line(world, status, employee, version, start, end, fte, is_shared):
    edition = world.edition
    first, last = max(start, status.start), min(end, status.end or end)
    group, form = edition.groups.get(status.group), edition.forms.get(status.form)
    window = _window(edition, employee, status)
    company = world.companies[employee.company]
    is_employed = _has_contract(employee) or company.counts_without_contract
    counted = [
        first + n * DAY
        for n in range((last - first).days + 1)
        if window and is_employed and window[0] <= first + n * DAY <= window[1]
    ]
    weights = [rule.weight if rule else 0 for rule in (group, form)]
    is_known = None not in weights or 0 in weights or not group or not form
    weight = Fraction(1)
    for each in weights:
        weight *= exact(each or 0)
    in_total = form.in_total if form else True
    if version.counts:
        in_size = 0 if in_total else -((last - first).days + 1)
    else:
        in_size = len(counted) if in_total and weight else 0
    runs = {}
    pso30 = sum(
        bool(weight) and _counts_for_pso30(world, employee, version, status, day, runs)
        for day in counted
    )
    return {
        "date_to": last,
        "days": (last - first).days + 1,
        "hours": _line_hours(world, employee, version, fte, is_shared),
        "inflow": _begin(edition, employee, status),
        "counted_from": counted[0] if counted else None,
        "counted_to": counted[-1] if counted else None,
        "counted_days": len(counted),
        "group_weight": exact(weights[0] or 0),
        "form_weight": exact(weights[1] or 0),
        "is_rule_known": is_known and (not group or group.months is not None),
        "is_rule_confirmed": bool(
            group and form and group.is_confirmed and form.is_confirmed
        ),
        "is_verified": status.is_verified,
        "reason": _group_reason(
            world,
            (status, employee, first, last),
            (is_employed, fte, is_shared),
            (len(counted), is_known, weight),
        ),
        "total_fte": _average(world, fte, in_size),
        "direct_fte": _average(world, fte, len(counted)) * weight,
        "pso30_fte": _average(world, fte, pso30),
        "pso30_regular_fte": _average(
            world, fte, pso30 if form and form.is_regular else 0
        ),
        "proven_fte": _average(world, fte, len(counted)) * weight * status.is_verified,
    }


def _begin(edition, employee, status):
    """Inflow or event: where the counting period of a status begins, or None."""
    group = edition.groups.get(status.group)
    if group and group.from_event:
        return status.event
    return _inflow(employee, status)


def _group_reason(world, place, job, counting):
    """Why a line of the target group counts, or does not, or does in part.

    :param place: status, employee, first and last day of the line
    :param job: whether employed in the meaning of the rules, fte, whether shared
    :param counting: days that count, whether the weight is known, the weight
    """
    status, employee, first, last = place
    is_employed, fte, is_shared = job
    counted, is_known, weight = counting
    edition = world.edition
    begin = _begin(edition, employee, status)
    if not edition.groups.get(status.group) or not edition.forms.get(status.form):
        return "no_rule"
    if not begin:
        return "event_missing"
    if not is_employed:
        return "no_contract"
    if not fte:
        return "other_job" if is_shared else "no_hours"
    if max(begin, status.start) > last:
        return "not_started"
    if not counted:
        form_end = _form_end(edition, employee, status)
        return "form_ended" if form_end and form_end < first else "period_ended"
    if not is_known:
        return "weight_unknown"
    if not weight:
        return "no_weight"
    if is_shared:
        return "other_job"
    return "partly" if counted <= (last - first).days else "counts"


def _form_end(edition, employee, status):
    """The last day for which a form of contract may count, or None."""
    months = edition.forms[status.form].max_months
    return months and _anniversary(_run_start(employee, status), months) - DAY or None


# -- when a status counts ----------------------------------------------------


def counting(world, today):
    """When each status counts, whatever the period, as seen on a day.

    Of several stretches the one of that day, else the next one, else the last one.

    :return: ``{(employee, status): facts}``, by positions
    """
    return {
        (number, position): _counting(world, employee, status, today)
        for number, employee in enumerate(world.employees)
        for position, status in enumerate(employee.statuses)
    }


def _counting(world, employee, status, today):
    own = _runs(world, employee, [status])
    shared = _runs(world, employee, employee.statuses)
    refusal, rule_end, limit = _limit(world.edition, employee, status)
    if not own:
        return {
            "state": "not",
            "counted_from": None,
            "counted_until": None,
            "run_until": None,
            "stops_on": None,
            "fte": 0,
            "reason": refusal or _obstacle(world, employee, status, rule_end),
        }
    holding = [run for run in own if run[0] <= today <= (run[1] or today)]
    ahead = [run for run in own if run[0] > today]
    start, end = (holding or ahead or own[-1:])[0]
    run_end = next(last for first, last in shared if first <= start <= (last or start))
    fte = _weighted_fte(world, employee, status, today) if holding else 0
    return {
        "state": "counts" if holding else "future" if ahead else "ended",
        "counted_from": start,
        "counted_until": end,
        "run_until": run_end,
        "stops_on": end if end == run_end else None,
        "fte": fte,
        "reason": "employment" if end and end < (rule_end or date.max) else limit,
    }


def _limit(edition, employee, status):
    """Why a status never counts, its last day by the rules, and what makes it that.

    The last day is None without an end.
    """
    group, form = edition.groups.get(status.group), edition.forms.get(status.form)
    if not group or not form:
        return "no_rule", None, None
    begin = _begin(edition, employee, status)
    if not begin:
        return "event_missing", None, None
    weights = group.weight, form.weight
    if 0 in weights:
        return "no_weight", None, None
    if None in weights:
        return "weight_unknown", None, None
    period_end = group.months and _anniversary(begin, group.months) - DAY
    form_end = _form_end(edition, employee, status)
    end = min((d for d in (status.end, period_end, form_end) if d), default=None)
    if end and end < max(begin, status.start):
        return "never", end, None
    if not end:
        return None, None, "unknown" if group.months is None else "open"
    if end == period_end:
        return None, end, "period"
    return None, end, "form" if end == form_end else "status"


def _obstacle(world, employee, status, rule_end):
    """What of the employment keeps a status from counting that else would."""
    begin = max(_begin(world.edition, employee, status), status.start)
    at_work = [
        _version_at_work(employee, day, world.today)
        for day in {begin, *_edges(world, employee)}
        if begin <= day <= (rule_end or date.max)
    ]
    if not any(at_work):
        return "not_employed"
    company = world.companies[employee.company]
    if not _has_contract(employee) and not company.counts_without_contract:
        return "no_contract"
    return "no_hours"


def _runs(world, employee, statuses):
    """The days on which one of these counts, as ``[(first, last or None)]``."""
    edges = _edges(world, employee)
    runs = []
    for day, following in zip(edges, [*edges[1:], None], strict=True):
        if any(_weighted_fte(world, employee, status, day) for status in statuses):
            last = following and following - DAY
            if runs and runs[-1][1] == day - DAY:
                runs[-1] = runs[-1][0], last
            else:
                runs.append((day, last))
    return runs


def _edges(world, employee):
    """Every day on which something may change of an employee, in order."""
    edges = set()
    for version in employee.versions:
        edges |= {version.start, version.contract_start}
        edges |= {d and d + DAY for d in (version.contract_end, version.departure)}
    for status in employee.statuses:
        edges |= {status.start, status.end and status.end + DAY}
        window = _window(world.edition, employee, status)
        if window:
            edges.add(window[0])
            edges.add(window[1] + DAY if window[1] < date.max else None)
    return sorted(edges - {None})


def _weighted_fte(world, employee, status, day):
    """The fte that a status makes of somebody on one day."""
    version = _version_at_work(employee, day, world.today)
    if not version:
        return Fraction(0)
    company = world.companies[employee.company]
    window = _window(world.edition, employee, status)
    weight, _status, _is_known = _weight(
        world.edition,
        [(status, window)],
        day,
        _has_contract(employee) or company.counts_without_contract,
    )
    return weight * _fte_of(world, employee, version)


# -- what counts of the purchases --------------------------------------------


def _count_purchases(world):
    """``{(supplier, year): amounts and fte}``, and whether all of it was known."""
    lines = defaultdict(lambda: defaultdict(Fraction))
    judged = defaultdict(list)
    for supplier, year, judged_on, amount, excluded, is_bill in _purchases(world):
        if world.suppliers[supplier].company in world.scope:
            continue
        line = lines[supplier, year]
        certificate = _certificate_at(world, supplier, judged_on)
        line["bill_count"] += is_bill
        line["amount_excluded"] += excluded
        line["counted" if certificate else "amount_outside"] += amount
        if certificate:
            judged[supplier, year].append(judged_on)
            line["amount_bills" if is_bill else "amount_corrections"] += amount
        if certificate and certificate.is_verified:
            line["proven"] += amount
    counted = after_refunds({key: line["counted"] for key, line in lines.items()})
    proven = after_refunds({key: line["proven"] for key, line in lines.items()})
    is_known = True
    for key, line in lines.items():
        line["amount"], line["amount_proven"] = counted[key], proven[key]
        factor = _fte_per_unit(world, *key)
        is_known = is_known and (factor is not None or not counted[key])
        turnover, fte_per_unit = factor or (0, 0)
        line["indirect_fte"] = min(counted[key], turnover) * fte_per_unit
        line["proven_fte"] = min(proven[key], turnover) * fte_per_unit
        line |= _supplier_facts(world, *key, judged[key], counted[key])
        lines[key] = line
    return dict(lines), is_known


def _supplier_facts(world, supplier, year, judged_on, amount):
    """By what certificate and figures a supplier's purchases count, and why so."""
    certificates = world.suppliers[supplier].certificates
    certificate = judged_on and _certificate_at(world, supplier, max(judged_on))
    figure = _figure_of(world, supplier, year)
    factor = _fte_per_unit(world, supplier, year)
    if not certificate:
        reason = "outside"
    elif not amount:
        reason = "nothing"
    elif not figure:
        reason = "no_figures"
    elif not factor:
        reason = "no_rate"
    elif amount > factor[0]:
        reason = "above_turnover"
    else:
        reason = "older_figures" if figure.year < year else "counts"
    return {
        "certificate": certificates.index(certificate) if certificate else None,
        "figure_year": figure.year if figure else 0,
        "is_estimate": bool(figure and figure.is_estimate),
        "turnover": factor[0] if factor else 0,
        "supplier_fte": exact(figure.fte) if figure else 0,
        "supplier_percentage": exact(figure.direct_percentage) if figure else 0,
        "reason": reason,
    }


def after_refunds(amounts):
    """Amounts by supplier and year, of which none is below zero.

    Euro by euro, so to say: what is missing in one year is taken from the earliest year
    in which there is something left.
    """
    left = dict(amounts)
    for supplier, year in sorted(left):
        while left[supplier, year] < 0:
            others = [k for k in sorted(left) if k[0] == supplier and left[k] > 0]
            if not others:
                left[supplier, year] = Fraction(0)
                break
            taken = min(-left[supplier, year], left[others[0]])
            left[supplier, year] += taken
            left[others[0]] -= taken
    return left


def _purchases(world):
    """``(supplier, year, judged on, amount, left out, is a bill)``, and corrections.

    A refund is of the year of the bill it takes back, or, where that is not measured,
    of the first year that is.
    """
    for bill in world.bills:
        if bill.state != "posted" or bill.company not in world.scope:
            continue
        if bill.kind not in PURCHASES:
            continue
        # Bills of who never had a certificate are of no interest.
        if not world.suppliers[bill.supplier].certificates:
            continue
        if not world.start <= bill.day <= world.end:
            continue
        sign = -1 if bill.kind == "in_refund" else 1
        reversed_bill = None if bill.reverses is None else world.bills[bill.reverses]
        judged_on = reversed_bill.day if reversed_bill else bill.day
        excluded = sum(map(exact, bill.excluded))
        amount = exact(bill.amount) - excluded
        year = judged_on.year
        if not world.start.year <= year <= world.end.year:
            year = world.start.year
        yield bill.supplier, year, judged_on, sign * amount, sign * excluded, True
    for correction in world.corrections:
        if correction.kind == "purchases":
            day = correction.day
            yield correction.supplier, day.year, day, exact(correction.amount), 0, False


def _certificate_at(world, supplier, day):
    valid = [
        certificate
        for certificate in world.suppliers[supplier].certificates
        if certificate.start <= day <= (certificate.end or date.max)
        and (certificate.level != "aspirant" or world.edition.aspirant_supplier_counts)
    ]
    return max(valid, key=lambda c: (c.is_verified, c.start), default=None)


def _fte_per_unit(world, supplier, year):
    """Turnover in the company's currency and fte per unit of it, or None if unknown."""
    figure = _figure_of(world, supplier, year)
    if not figure:
        return None
    turnover = Fraction(figure.turnover)
    if figure.is_foreign:
        company = world.companies[world.scope[0]]
        root = company if company.parent is None else world.companies[company.parent]
        # A rate of the company comes before one of all companies, however old it is.
        rate = _rate_at(root.foreign_rates, figure.year) or _rate_at(
            world.rates, figure.year
        )
        if rate is None:
            return None
        turnover *= (_rate_at(root.own_rates, figure.year) or 1) / rate
    share = exact(figure.fte) * exact(figure.direct_percentage) / 100
    return turnover, share / turnover


def _figure_of(world, supplier, year):
    """The figures of a year, else of the latest year before it, or None."""
    figures = [f for f in world.suppliers[supplier].figures if f.year <= year]
    return max(figures, key=lambda f: f.year, default=None)


def _rate_at(rates, year):
    """The rate at the end of a year, or None."""
    begun = [rate for rate in rates if rate[0] <= date(year, 12, 31)]
    return exact(max(begun)[1]) if begun else None


def _corrected(corrections, kind):
    return sum(exact(c.amount) for c in corrections if c.kind == kind)


# -- a year as it was, or is expected ----------------------------------------


def world_of_year(world, end, today):
    """The same company, measured over the year to a day, as known today.

    The purchases of the last year come again a year later.
    """
    bills = [
        bill if bill.day <= today else replace(bill, state="draft")
        for bill in world.bills
    ]
    ahead = [
        _next_year(bill, world)
        for bill in world.bills
        if _year_on(today, -1) < bill.day <= today
    ]
    # A refund is judged on the date of its bill: that date, a year later, must be on
    # some bill, though one that does not count itself.
    for bill, reversed_day in ahead:
        if reversed_day:
            bills.append(replace(bill, day=reversed_day, state="draft"))
            bill = replace(bill, reverses=len(bills) - 1)
        bills.append(bill)
    return replace(
        world, start=_year_on(end + DAY, -1), end=end, bills=bills, corrections=[]
    )


def _next_year(bill, world):
    """The bill a year later, and the date of the bill it reverses then."""
    reversed_bill = None if bill.reverses is None else world.bills[bill.reverses]
    return (
        replace(bill, day=_year_on(bill.day, 1), reverses=None),
        reversed_bill and _year_on(reversed_bill.day, 1),
    )


def _year_on(day, years):
    """The same day so many years on; 28 February where it is the 29th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


# -- what was bought, whatever is measured -----------------------------------


def edition_in_force(editions, day):
    """The edition that is in force on a day, or None before the first one."""
    begun = [
        edition
        for edition in editions
        if edition.is_active and edition.is_in_use
        if edition.date_from and edition.date_from <= day
    ]
    return max(begun, key=lambda edition: edition.date_from, default=None)


def purchase_years(world, editions):
    """What was bought of each supplier by each company in each year.

    Bills of any date, judged by the edition in force on their own; neither corrected
    nor cut off.

    :param editions: all there are
    :return: ``{(supplier, company, year): facts}``, by positions
    """
    lines = defaultdict(lambda: defaultdict(Fraction))
    for bill in world.bills:
        if bill.state != "posted" or bill.kind not in PURCHASES:
            continue
        judged_on = bill.day
        if bill.reverses is not None:
            judged_on = world.bills[bill.reverses].day
        sign = -1 if bill.kind == "in_refund" else 1
        amount = sign * exact(bill.amount)
        line = lines[bill.supplier, bill.company, judged_on.year]
        line["amount"] += amount
        edition = edition_in_force(editions, judged_on) or Edition("none", {}, {}, [])
        of_day = replace(world, edition=edition, scope=[bill.company])
        if _certificate_at(of_day, bill.supplier, judged_on):
            social = amount - sign * sum(map(exact, bill.excluded))
            factor = _fte_per_unit(of_day, bill.supplier, judged_on.year)
            line["social_amount"] += social
            line["fte"] += social * factor[1] if factor else 0
    return {key: {n: line[n] for n in PURCHASE_YEAR} for key, line in lines.items()}


# -- the score ---------------------------------------------------------------


def score(edition, total, direct, indirect):
    """Percentages, levels and the gap in points from fte."""
    direct_share, indirect_share, counted = shares(
        total, direct, indirect, edition.indirect_max_share
    )
    points = direct_share + counted
    norms = {level: norm(rows, total) for level, rows in edition.ladder}
    codes = list(norms)
    reached = [
        code
        for code in codes
        # The addon allows for the last digits of binary fractions, so do we.
        if norms[code] is not None
        and direct_share > 0
        and points >= norms[code] - Fraction(1, 10**9)
    ]
    level = reached[-1] if reached else None
    above = codes[codes.index(level) + 1 :] if level else codes
    known = [code for code, rows in edition.ladder if rows and code in above]
    next_level = known[0] if known else None
    missing = norms.get(next_level)
    return {
        "total_fte": total,
        "direct_fte": direct,
        "indirect_fte": indirect,
        "direct_percentage": direct_share,
        "indirect_percentage": indirect_share,
        "indirect_counted_percentage": counted,
        "total_percentage": points,
        "level": level,
        "next_level": next_level,
        "gap_percentage": 0 if missing is None else missing - points,
    }


def _pso30(edition, figures, people):
    """The shares for PSO 30+, which is a read-out within the highest level."""
    total = figures["total_fte"]
    share, regular = (
        100 * people[name] / total if total else Fraction(0)
        for name in ("pso30", "pso30_regular")
    )
    is_highest = edition.ladder and figures["level"] == edition.ladder[-1][0]
    hair = Fraction(1, 10**9)
    return {
        "pso30_percentage": share,
        "pso30_regular_percentage": regular,
        "is_pso30": bool(is_highest)
        and share >= exact(edition.pso30_min_percentage) - hair
        and regular >= exact(edition.pso30_min_regular_percentage) - hair,
    }


def _is_certain(edition, figures, is_complete, people):
    """Whether no unknown weight, norm or supplier may make another level."""
    codes = [level for level, _rows in edition.ladder]
    above = (
        edition.ladder[codes.index(figures["level"]) + 1 :]
        if figures["level"]
        else (edition.ladder)
    )
    if not above or (is_complete and all(rows for _level, rows in above)):
        return True
    if figures["level"]:
        return False
    # Nobody of the target group works there, whatever a weight may turn out to be.
    if not figures["direct_percentage"] and people["is_known"]:
        return True
    smallest = min(rows[0][0] if rows else edition.min_fte for _level, rows in above)
    return figures["total_fte"] + people["unsure"] < exact(smallest)


def shares(total, direct, indirect, max_share):
    """Direct, indirect and counted indirect percentage."""
    direct_share = 100 * direct / total if total else Fraction(0)
    whole = total + indirect
    indirect_share = 100 * indirect / whole if whole else Fraction(0)
    if max_share >= 1:
        return direct_share, indirect_share, indirect_share
    most = exact(max_share) * direct_share / (1 - exact(max_share))
    return direct_share, indirect_share, min(indirect_share, most)


def norm(rows, size):
    """The norm at a size, on the straight line between two printed rows."""
    if not rows or size < exact(rows[0][0]):
        return None
    for (left, low), (right, high) in pairwise(rows):
        if exact(left) <= size <= exact(right):
            part = (size - exact(left)) / (exact(right) - exact(left))
            return exact(low) + part * (exact(high) - exact(low))
    return exact(rows[-1][1])


def missing_points(edition, level, facts, hired):
    """How far a level is after hiring so many fte of weight 1; None if it has no norm.

    :param facts: total, direct and indirect fte before hiring
    """
    total, direct, indirect = facts
    after = shares(total + hired, direct + hired, indirect, edition.indirect_max_share)
    needed = norm(dict(edition.ladder)[level], total + hired)
    return None if needed is None else needed - after[0] - after[2]


def purchases_to(edition, level, total, direct, indirect):
    """Fte of purchases with which a norm is reached: 0 where it is, -1 if by none."""
    needed = norm(dict(edition.ladder)[level], total)
    if needed is None or not direct:
        return -1

    def missing(bought):
        return needed - sum(
            shares(total, direct, bought, edition.indirect_max_share)[::2]
        )

    if missing(indirect) <= Fraction(1, 10**9):
        return 0
    # The share of purchases rises with them: what is looked for is halved down to.
    low, high = indirect, indirect + Fraction(10**12)
    if missing(high) > 0:
        return -1
    while high - low > Fraction(1, 10**13):
        middle = (low + high) / 2
        low, high = (low, middle) if missing(middle) <= 0 else (middle, high)
    return high - indirect


def bought_for(money, offers):
    """The most fte that some money buys, each offer being ``(fte for one, most)``."""
    bought = 0
    for rate, most in sorted(offers, reverse=True):
        spent = min(money, most)
        bought += spent * rate
        money -= spent
    return bought
