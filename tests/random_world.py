"""Random companies for the property tests: each is made, and remade, by its seed."""

import math
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

from dateutil.relativedelta import relativedelta
from oracle import (
    Bill,
    Certificate,
    Company,
    Correction,
    Edition,
    Employee,
    Figure,
    FormRule,
    GroupRule,
    Status,
    Supplier,
    Version,
    World,
    norm,
)
from shipped import FORMS as SHIPPED_FORMS
from shipped import GROUPS as SHIPPED_GROUPS
from shipped import LEVELS as SHIPPED_LEVELS
from shipped import shipped_editions

GROUPS = tuple(SHIPPED_GROUPS.values())
FORMS = tuple(SHIPPED_FORMS.values())
LEVELS = tuple(SHIPPED_LEVELS.values())
RATES = [(date(2022, 1, 1), 1.25), (date(2024, 1, 1), 2.0), (date(2024, 12, 31), 1.6)]
PERIODS = (
    (date(2024, 1, 1), date(2024, 12, 31)),
    (date(2025, 1, 1), date(2025, 12, 31)),
    (date(2023, 7, 1), date(2024, 6, 30)),
    (date(2024, 2, 1), date(2024, 2, 29)),
    (date(2024, 2, 29), date(2024, 2, 29)),
    (date(2023, 11, 1), date(2025, 1, 31)),
)
TODAY = date(2025, 9, 1)
# Days on which a random edition comes into force, one after the other.
EDITION_DAYS = (
    *(date(2024, 2, 29), date(2020, 1, 1), date(2024, 8, 31), date(2025, 1, 1)),
    *(date(2023, 11, 1), date(2024, 12, 31), date(2022, 7, 1)),
)
# Days of which the month that follows or comes before lacks some.
MONTH_ENDS = (
    *(date(2024, 8, 31), date(2023, 8, 30), date(2024, 2, 29), date(2024, 1, 31)),
    *(date(2024, 7, 31), date(2023, 10, 31), date(2023, 12, 31)),
)
LONG_AGO = date(2011, 1, 1)
MARKS = ("work_contact_id", "identification_id", "ssnid", "passport_id", "user_id")


def random_editions(rng, name, count):
    """Editions to draw worlds from: as many random ones as those that are shipped.

    Some random ones are in force from a day on; one is a draft, and one archived.
    """
    shipped = shipped_editions()
    times = max(count // (2 * len(shipped)), 1)
    editions = [random_edition(rng, f"{name}-{n}") for n in range(count)]
    for number, (edition, day) in enumerate(zip(editions, EDITION_DAYS, strict=False)):
        edition.date_from = day
        edition.is_in_use, edition.is_active = number != 3, number != 5
    return editions + [edition for edition in shipped for _ in range(times)]


def random_edition(rng, code):
    """An edition with unknown weights, missing rules and odd counting periods."""
    groups = {
        group: GroupRule(
            weight=rng.choice((1, 1, 1, 1, 0.75, 0.25, 0.33, 0, None)),
            months=rng.choice((0, None, 1, 6, 12, 24, 60)),
            from_event=rng.random() < 0.3,
            counts_for_pso30=rng.random() < 0.8,
            is_confirmed=rng.random() < 0.6,
        )
        for group in GROUPS
        if rng.random() < 0.9
    }
    forms = {
        form: FormRule(
            weight=rng.choice((1, 1, 1, 1, 0.9, 0.5, 0, None)),
            max_months=rng.choice((0, 0, 1, 6, 12, 36)),
            in_total=rng.random() < 0.85,
            is_regular=rng.random() < 0.5,
            needs_tenure=rng.random() < 0.3,
            counts_for_pso30=rng.random() < 0.85,
            is_confirmed=rng.random() < 0.6,
        )
        for form in FORMS
        if rng.random() < 0.95
    }
    return Edition(
        code=code,
        groups=groups,
        forms=forms,
        ladder=[(level, _random_norms(rng)) for level in LEVELS],
        indirect_max_share=rng.choice((0.8, 0.8, 0.8, 0.5, 0)),
        aspirant_supplier_counts=rng.random() < 0.5,
        min_fte=rng.choice((0.5, 1, 2, 5)),
        pso30_min_percentage=rng.choice((30, 10, 50.5)),
        pso30_min_regular_percentage=rng.choice((6, 0, 25)),
        pso30_min_months=rng.choice((0, 1, 1, 3, 3, 6, 12)),
        pso30_min_hours=rng.choice((2, 7.75, 24, 36)),
    )


def _random_norms(rng):
    """Norms by size, unknown one time in five."""
    if rng.random() < 0.2:
        return []
    sizes = sorted(rng.sample((0.5, 1, 2, 3, 5, 8, 10), rng.randint(1, 4)))
    return [(size, rng.choice((0.5, 1.4, 3.4, 12.6, 21.4, 60.1))) for size in sizes]


def random_period(rng):
    """Any two days, often a year apart, sometimes three calendar years in one."""
    kind = rng.random()
    if kind < 0.4:
        return rng.choice(PERIODS)
    start = date(2022, 6, 1) + timedelta(days=rng.randint(0, 1100))
    if kind < 0.7:
        return start, start + relativedelta(years=1, days=-1)
    if kind < 0.9:
        return start, start + timedelta(days=rng.choice((0, rng.randint(0, 400))))
    return start, start + timedelta(days=rng.randint(367, 799))


def random_world(rng, editions, largest=1500):
    """A few companies, their people and purchases around one period.

    :param largest: how many employees may be alike
    """
    start, end = random_period(rng)
    draw = _Draw(rng, start, end)
    count = rng.choice((1, 1, 2, 3))
    companies = [
        Company(
            fulltime_hours=rng.choice((40, 38, 36, 32.5)),
            counts_without_contract=rng.random() < 0.5,
            parent=0 if number and rng.random() < 0.3 else None,
            own_rates=_random_rates(rng),
            foreign_rates=_random_rates(rng),
        )
        for number in range(count)
    ]
    world = World(
        edition=rng.choice(editions),
        start=start,
        end=end,
        scope=sorted(
            rng.sample(range(count), rng.choice((count, rng.randint(1, count))))
        ),
        companies=companies,
        today=TODAY,
        rates=RATES,
        employees=[draw.employee(count) for _ in range(rng.choice((0, 2, 3, 4, 5, 6)))],
        suppliers=draw.suppliers(count),
    )
    draw.tenured(world)
    draw.outlived(world)
    draw.seasonal(world)
    draw.persons(world.employees)
    draw.sizes(world.employees, largest)
    if world.suppliers:
        for _ in range(rng.randint(1, 14)):
            world.bills.append(draw.bill(world))
        if rng.random() < (0.8 if end.year - start.year > 1 else 0.15):
            draw.refunded(world)
    if rng.random() < 0.15:
        draw.steady(world)
    if rng.random() < 0.15:
        draw.charged(world)
    if rng.random() < 0.06:
        draw.undone(world)
    if rng.random() < 0.05:
        draw.aspirant(world)
    for _ in range(rng.choice((0, 0, 0, 1, 2, 4))):
        world.corrections.append(draw.correction(world))
    if world.edition.is_shipped and rng.random() < 0.2 and largest > 1:
        draw.on_a_norm(world, largest)
    elif rng.random() < 0.08:
        draw.tiny(world)
    if rng.random() < 0.15:
        draw.charged_alone(world)
    return world


def random_sums(rng, edition):
    """What people and purchases add up to, often just on an edge of the rules.

    :return: as ``figures_of`` takes them
    """
    fte = _Fte(rng, edition)
    total = fte.total()
    direct = fte.direct(total)
    corrections = [
        Correction(rng.choice(("total_fte", "direct_fte")), amount)
        for amount in rng.choice(((), (), (), (-0.4,), (-20,), (1.5, -0.25), (-1000,)))
    ]
    pso30 = total * Fraction(str(rng.choice((0, 10, 30, 30, 50.5, 70)))) / 100
    regular = total * Fraction(str(rng.choice((0, 6, 6, 25, 40)))) / 100
    people = {
        "total": total,
        "direct": direct,
        "proven": direct * rng.choice((0, Fraction(1, 3), 1)),
        "pso30": max(pso30 - fte.hair(), 0),
        "pso30_regular": max(regular - fte.hair(), 0),
        "unsure": fte.unsure(total),
        "is_known": rng.random() < 0.6,
    }
    indirect = Fraction(rng.choice((0, 0, rng.randint(0, 400))), 97)
    proven = indirect * rng.choice((0, Fraction(1, 2), 1))
    return people, (indirect, proven, rng.random() < 0.8), corrections


class _Fte:
    """Draws fte that crowd around the sizes and norms of one edition."""

    def __init__(self, rng, edition):
        self.rng = rng
        self.sizes = [
            Fraction(str(size))
            for size in (
                edition.min_fte,
                *(rows[0][0] for _level, rows in edition.ladder if rows),
            )
        ]
        self.rows = [rows for _level, rows in edition.ladder if rows]

    def hair(self):
        """Nothing, or what is too much to be overlooked."""
        return self.rng.choice((0, 0, Fraction(1, 10**6)))

    def total(self):
        near = self.rng.choice(self.sizes) - self.hair()
        some = Fraction(self.rng.randint(0, 60), 4)
        return self.rng.choice((0, near, near, some, some, some * 10))

    def direct(self, total):
        """None, a few of many, as many as a norm asks for, or any number."""
        any_share = Fraction(self.rng.randint(0, 30), 30)
        share = self.rng.choice((0, 1, Fraction(1, 300), any_share, any_share))
        norms = [norm(rows, total) for rows in self.rows]
        asked = [percentage / 100 for percentage in norms if percentage is not None]
        if asked and self.rng.random() < 0.3:
            share = self.rng.choice(asked) - self.hair()
        return max(total * share, Fraction(0))

    def unsure(self, total):
        """None, or about as much as is missing to the smallest size."""
        missing = max(min(self.sizes) - total, 0)
        return self.rng.choice((0, missing, max(missing - self.hair(), 0), 1))


def settle(world):
    """Add what lasts, without which purchases to come hardly ever count.

    Of every other supplier: what ends should be seen to end.
    """
    start = date(2010, 1, 1)
    for supplier in world.suppliers[::2]:
        supplier.certificates.append(Certificate(None, start, None))
    lasting = [
        code
        for code, rule in world.edition.groups.items()
        if rule.weight and not rule.months and not rule.from_event
    ]
    forms = [
        code
        for code, rule in world.edition.forms.items()
        if rule.weight and not rule.max_months
    ]
    if lasting and forms:
        version = Version(start, 32, contract_start=start)
        status = Status(lasting[0], forms[0], start, is_verified=True)
        world.employees.append(Employee(world.scope[0], [version], [status]))


def _random_rates(rng):
    """Rates that a company keeps itself, as hardly any does."""
    if rng.random() < 0.8:
        return []
    days = rng.sample((date(2021, 12, 31), *(day for day, _rate in RATES)), 2)
    return [(day, rng.choice((0.8, 1.1, 2.5))) for day in days]


class _Draw:
    """Draws facts whose dates crowd around the edges of one period."""

    def __init__(self, rng, start, end):
        self.rng = rng
        self.start = start
        self.end = end

    def day(self):
        """Any day, but often one where a day too many or too few would show."""
        odd = self.rng.choice((date(2020, 2, 29), *MONTH_ENDS))
        edge = self.rng.choice((self.start, self.end, odd))
        near = edge + timedelta(days=self.rng.randint(-1, 1))
        around = self.start + timedelta(days=self.rng.randint(-60, 400))
        return self.rng.choice((near, self.earlier(), around))

    def earlier(self):
        return self.end - timedelta(days=self.rng.randint(0, 1200))

    def inside(self):
        return self.start + timedelta(
            days=self.rng.randint(0, (self.end - self.start).days)
        )

    def maybe_after(self, first, chance):
        """A day on or after ``first``, or None."""
        if self.rng.random() > chance:
            return None
        return max(first, self.day())

    def employee(self, companies):
        if self.rng.random() < 0.2:
            return self._settled(companies)
        kind = self.rng.random()
        if kind < 0.2:
            versions = self._versions_without_contract()
        elif kind < 0.6:
            versions = self._versions_of_one_contract()
        else:
            versions = self._versions_of_many_contracts()
        self._leave_as_another_begins(versions)
        return Employee(
            company=self.rng.randrange(companies),
            versions=versions,
            statuses=self.statuses(),
            active=self.rng.random() < 0.85,
        )

    def _leave_as_another_begins(self, versions):
        """Now and then somebody leaves on just the day on which a version begins."""
        for version in versions:
            if self.rng.random() < 0.1:
                other = self.rng.choice(versions)
                begin = self.rng.choice((other.start, other.contract_start))
                version.departure = begin or other.start

    def _settled(self, companies):
        """Somebody who has been there for long, and mostly is of a target group."""
        begin = self.start - timedelta(days=self.rng.randint(0, 800))
        status = self._status(begin, None, [])
        return Employee(
            company=self.rng.randrange(companies),
            versions=[self._version(begin, contract_start=begin)],
            statuses=[status] if self.rng.random() < 0.7 else [],
        )

    def tenured(self, world):
        """Somebody whose tenure for PSO 30+ is reached on a day, or just is not.

        In one contract or in several, now and then with a day between them.
        """
        edition = world.edition
        forms = [code for code, rule in edition.forms.items() if rule.needs_tenure]
        if not forms or self.rng.random() < 0.4:
            return
        groups = [
            code
            for code, rule in edition.groups.items()
            if rule.weight and rule.counts_for_pso30
        ]
        months = edition.pso30_min_months
        late = self.start - relativedelta(months=months)
        latest = self.end - relativedelta(months=months)
        odd = [day for day in MONTH_ENDS if self.start <= day <= self.end]
        begin = self.rng.choice(
            (
                *(self.inside(), late, late + timedelta(days=1)),
                *(latest + timedelta(days=n) for n in (1, 2)),
                *(self.rng.choice(odd or MONTH_ENDS) for _ in range(5)),
            )
        )
        enough = edition.pso30_min_hours
        hours = self.rng.choice((max(32, enough), enough, enough, enough - 0.01))
        last = begin + relativedelta(months=months) - timedelta(days=1)
        end = last + timedelta(days=self.rng.choice((-1, 0, 0, 1, 2)))
        starts = {begin}
        for _ in range(self.rng.choice((0, 1, 2))):
            starts.add(begin + timedelta(days=self.rng.randint(1, 200)))
        starts = sorted(day for day in starts if day <= max(end, begin))
        ends = [day - timedelta(days=self.rng.choice((1, 1, 1, 2))) for day in starts]
        ends = [*ends[1:], self.rng.choice((end, end, None))]
        world.employees.append(
            Employee(
                company=self.rng.choice(world.scope),
                versions=[
                    Version(
                        day,
                        hours,
                        contract_start=day,
                        contract_end=until and max(day, until),
                    )
                    for day, until in zip(starts, ends, strict=True)
                ],
                statuses=[
                    Status(
                        self.rng.choice(groups or list(edition.groups)),
                        self.rng.choice(forms),
                        begin - timedelta(days=self.rng.choice((0, 3))),
                        event=begin,
                    )
                ],
            )
        )

    def outlived(self, world):
        """Somebody whose form of contract may count until about the first day.

        By then the period of the group is over, or is not.
        """
        edition = world.edition
        groups = [code for code, rule in edition.groups.items() if rule.months]
        forms = [code for code, rule in edition.forms.items() if rule.max_months]
        if not groups or not forms or self.rng.random() < 0.8:
            return
        group, form = self.rng.choice(groups), self.rng.choice(forms)
        begin = self.start - relativedelta(months=edition.forms[form].max_months)
        begin += timedelta(days=self.rng.choice((0, 1, 1, 2)))
        inflow = begin - relativedelta(months=edition.groups[group].months)
        inflow = self.rng.choice((inflow, begin))
        world.employees.append(
            Employee(
                company=self.rng.choice(world.scope),
                versions=[Version(LONG_AGO, 32, contract_start=LONG_AGO)],
                statuses=[Status(group, form, begin, inflow=inflow, event=inflow)],
            )
        )

    def seasonal(self, world):
        """Somebody who comes back; the status may end on the day on which that is."""
        status = self._weighing(world.edition, is_known=True)
        if not status or self.rng.random() < 0.85:
            return
        begin = self.inside()
        end = max(begin, self.inside())
        back = end + timedelta(days=self.rng.randint(2, 90))
        world.employees.append(
            Employee(
                company=self.rng.choice(world.scope),
                versions=[
                    Version(begin, 32, contract_start=begin, contract_end=end),
                    Version(back, 24, contract_start=back),
                ],
                statuses=[
                    replace(status, end=self.rng.choice((None, None, begin, back)))
                ],
            )
        )

    def persons(self, employees):
        """Some employees are one person, two or three of them."""
        for person in range(self.rng.choice((0, 0, 1, 2))):
            # Five cards may be of one person, six are not.
            count = min(self.rng.choice((2, 2, 2, 3, 3, 5, 6)), len(employees))
            mark = self.rng.choice(MARKS)
            companies = set()
            for employee in self.rng.sample(employees, count):
                # A user has one card in each company.
                is_free = mark != "user_id" or employee.company not in companies
                if employee.person is None and is_free:
                    employee.person, employee.mark = person, mark
                    companies.add(employee.company)

    def sizes(self, employees, largest):
        """One employee stands for many, the more the rarer."""
        copies = self.rng.choices((1, 15, 150, 1500), (1000, 50, 8, 1))[0]
        for employee in employees:
            if employee.person is None:
                employee.copies = min(copies, largest)

    def on_a_norm(self, world, largest):
        """A world of people alone, whose total is just a norm, or a hair below it.

        A norm, the 30 % of PSO 30+, or those of them on regular contracts. Hours have
        two decimals, so that it is reached by less than a hundredth of an hour, and
        missed by that.
        """
        edition = world.edition
        sizes = (*range(2, 121), 500, 1500)
        size = self.rng.choice([size for size in sizes if size <= largest])
        ladder = [norm(rows, size) for _level, rows in edition.ladder if rows]
        regular, others = self.rng.choice(
            (
                *((percentage, 0) for percentage in ladder),
                (Fraction(edition.pso30_min_percentage), 0),
                (Fraction(edition.pso30_min_regular_percentage), Fraction(40)),
            )
        )
        fulltime = Fraction(str(world.companies[world.scope[0]].fulltime_hours))
        hours = regular / 100 * size * fulltime
        cents = math.ceil(hours * 100) - (self.rng.random() < 0.5)
        member = Fraction(cents, 100)
        beside = Fraction(math.ceil(others * size * fulltime), 100)
        rest = size * fulltime - member - beside
        begin = date(2020, 1, 1)
        world.employees[:] = [
            *self._of_hours(world, member, Status("wsw", "regular", begin)),
            *self._of_hours(world, beside, Status("wsw", "supported", begin)),
            *self._of_hours(world, rest),
        ]
        world.suppliers, world.bills, world.corrections = [], [], []

    def tiny(self, world):
        """A world of people alone, just as large as the smallest size, or a hair less.

        Be it that those are added whose weight is not known. A few are of the target
        group, or next to nobody.
        """
        edition = world.edition
        smallest = min(
            Fraction(str(rows[0][0] if rows else edition.min_fte))
            for _level, rows in edition.ladder
        )
        fulltime = Fraction(str(world.companies[world.scope[0]].fulltime_hours))
        left = smallest * fulltime - self.rng.choice((0, Fraction(1, 100)))
        parts = (
            (Fraction(1, 100), self._weighing(edition, is_known=True), True),
            (left / 8, self._weighing(edition, is_known=True), True),
            (left / 5, self._weighing(edition, is_known=False), True),
            (left / 5, self._weighing(edition, is_known=False), False),
        )
        world.employees.clear()
        for hours, status, counts in parts:
            hours = Fraction(round(hours * 100), 100)
            if status and self.rng.random() < 0.6:
                world.employees += self._of_hours(world, hours, status, counts)
                left -= hours
        world.employees += self._of_hours(world, left)
        world.suppliers, world.bills, world.corrections = [], [], []

    def _weighing(self, edition, is_known):
        """A status that lasts and has a weight, or one whose weight is not known."""
        pairs = [
            (group, form)
            for group, group_rule in edition.groups.items()
            for form, form_rule in edition.forms.items()
            if 0 not in (group_rule.weight, form_rule.weight)
            and (None not in (group_rule.weight, form_rule.weight)) == is_known
            and not (group_rule.months or group_rule.from_event)
            and not form_rule.max_months
        ]
        return Status(*self.rng.choice(pairs), date(2020, 1, 1)) if pairs else None

    def _of_hours(self, world, hours, status=None, counts=True):
        """Employees of so many hours in all: of full time, and one of what is left.

        :param status: None where they are outside the target group
        """
        fulltime = Fraction(str(world.companies[world.scope[0]].fulltime_hours))
        count, rest = divmod(hours, fulltime)
        begin = date(2020, 1, 1)
        return [
            Employee(
                company=world.scope[0],
                versions=[
                    Version(
                        begin,
                        float(each),
                        contract_start=begin,
                        hours_are_override=True,
                        counts=counts,
                    )
                ],
                statuses=[status] if status else [],
                copies=int(copies),
            )
            for copies, each in ((count, fulltime), (1, rest))
            if copies and each
        ]

    def _version(self, start, **values):
        return Version(
            start=start,
            hours=self.rng.choice(
                (40, 36, 32, 24, 33.3, 7.75, 60, 40, 36, 32, 0, None)
            ),
            counts=self.rng.random() < 0.85,
            active=self.rng.random() < 0.93,
            hours_are_override=self.rng.random() < 0.3,
            departure=self._departure(start),
            **values,
        )

    def _departure(self, start):
        """Now and then, also long past or to come: whoever registered it was late."""
        if self.rng.random() > 0.2:
            return None
        return self.rng.choice((self.day(), max(start, self.day()), self.earlier()))

    def _version_starts(self):
        """No two versions of an employee take effect on the same day."""
        others = {self.day() for _ in range(self.rng.randint(0, 3))}
        return sorted({self.earlier(), *others})

    def _versions_without_contract(self):
        return [self._version(start) for start in self._version_starts()]

    def _versions_of_one_contract(self):
        starts = self._version_starts()
        begin = self.rng.choice((self.day(), self.earlier()))
        end = self.maybe_after(begin, 0.5)
        return [
            self._version(start, contract_start=begin, contract_end=end)
            for start in starts
        ]

    def _versions_of_many_contracts(self):
        """Contracts that end, restart, and are missing from some versions."""
        versions = []
        for start in self._version_starts():
            begin = self.rng.choice((start, start, self.day(), None))
            end = self.maybe_after(begin, 0.6) if begin else None
            versions.append(
                self._version(start, contract_start=begin, contract_end=end)
            )
        return versions

    def statuses(self):
        """Statuses one after the other, often adjacent and of the same group."""
        statuses = []
        start = self.day() - timedelta(days=self.rng.choice((0, 0, 200, 900)))
        for _ in range(self.rng.choice((0, 1, 2, 2, 3, 4))):
            end = self.maybe_after(start, 0.75)
            statuses.append(self._status(start, end, statuses))
            if end is None:
                break
            start = end + timedelta(days=self.rng.choice((1, 1, 1, 2, 40)))
        return statuses

    def _status(self, start, end, earlier):
        repeat = earlier and self.rng.random() < 0.6
        return Status(
            group=earlier[-1].group if repeat else self.rng.choice(GROUPS),
            form=earlier[-1].form if repeat else self.rng.choice(FORMS),
            start=start,
            end=end,
            inflow=self.day() if self.rng.random() < 0.2 else None,
            event=self.day() if self.rng.random() < 0.8 else None,
            is_verified=self.rng.random() < 0.6,
            is_zero_hours=self.rng.random() < 0.1,
        )

    def suppliers(self, companies):
        """Some of them companies of our own, each of which is one supplier at most."""
        count = self.rng.choice((0, 1, 2, 3, 4))
        identities = list(range(companies)) + [None] * 9
        return [
            self._supplier(company) for company in self.rng.sample(identities, count)
        ]

    def _supplier(self, company):
        years = self.rng.sample(
            (2020, 2022, 2023, 2024, 2025), self.rng.choice((0, 2, 3, 3))
        )
        return Supplier(
            certificates=self.certificates(),
            figures=[
                Figure(
                    year=year,
                    turnover=self.rng.choice((1_000, 50_000, 5_000_000)),
                    fte=self.rng.choice((0, 3.5, 50, 50, 50, 400)),
                    direct_percentage=self.rng.choice((0, 12, 12, 33.3, 80, 100)),
                    is_foreign=self.rng.random() < 0.25,
                    is_estimate=self.rng.random() < 0.3,
                )
                for year in years
            ],
            company=company,
        )

    def certificates(self):
        """Overlapping ones too; no two alike, which the addon refuses."""
        certificates = {}
        for _ in range(self.rng.choice((0, 1, 2, 2, 3, 3))):
            start = self.rng.choice((self.day(), self.earlier()))
            level = self.rng.choice((None, "aspirant", *LEVELS))
            end = self.maybe_after(start, 0.5 if level is None else 1)
            certificates[start, end] = Certificate(
                level=level,
                start=start,
                end=end,
                is_verified=self.rng.random() < 0.6,
            )
        return list(certificates.values())

    def bill(self, world):
        """A bill; a refund often takes back an earlier one of the same supplier."""
        amount = self.rng.choice(
            (*(self.rng.randint(1, 4_000_000) / 100 for _ in range(8)), 0.37, 1000)
        )
        bill = Bill(
            company=self.rng.randrange(len(world.companies)),
            supplier=self.rng.randrange(len(world.suppliers)),
            day=self.rng.choice((self.day(), self.inside())),
            amount=amount,
            kind=self.rng.choice(
                ("in_invoice",) * 4 + ("in_receipt", "in_refund", "out_invoice")
            ),
            state=self.rng.choice(("posted",) * 6 + ("draft", "cancel")),
            excluded=self._excluded(amount),
            is_of_contact=self.rng.random() < 0.3,
        )
        reversible = [
            index
            for index, other in enumerate(world.bills)
            if other.kind in ("in_invoice", "in_receipt")
        ]
        if bill.kind == "in_refund" and reversible and self.rng.random() < 0.7:
            bill.reverses = self.rng.choice(reversible)
            bill.supplier = world.bills[bill.reverses].supplier
        return bill

    def refunded(self, world):
        """A supplier that takes back more than it sold, in several years."""
        supplier = self.rng.randrange(len(world.suppliers))
        world.suppliers[supplier].certificates.append(
            Certificate(None, LONG_AGO, None, self.rng.random() < 0.7)
        )
        for year in range(self.start.year, self.end.year + 1):
            first = max(self.start, date(year, 1, 1))
            last = min(self.end, date(year, 12, 31))
            world.bills.append(
                Bill(
                    company=self.rng.choice(world.scope),
                    supplier=supplier,
                    day=self.rng.choice((first, last)),
                    amount=float(self.rng.randint(1, 40_000)),
                    kind=self.rng.choice(("in_invoice", "in_refund")),
                )
            )

    def steady(self, world):
        """A supplier of many bills, which buy all of its turnover or a cent more.

        Its figures may begin in a year that follows on a refund, and its certificate
        end before the purchases come again.
        """
        day = self.inside()
        turnover = self.rng.choice((1_000, 50_000))
        ends = self.rng.choice((None, None, day + timedelta(days=200)))
        world.suppliers.append(
            Supplier(
                [Certificate(None, LONG_AGO, ends, self.rng.random() < 0.7)],
                [Figure(self.rng.choice((2021, day.year)), turnover, 50, 12)],
            )
        )
        cents = turnover * 100 + self.rng.choice((-1, 0, 0, 1))
        count = self.rng.randint(1, 5)
        parts = [cents // count] * (count - 1)
        parts.append(cents - sum(parts))
        bills = [
            (self.rng.choice((day, date(day.year, 6, 30))), part / 100, "in_invoice")
            for part in parts
        ]
        if self.rng.random() < 0.5:
            bills.append((self.start, turnover / 4, "in_refund"))
        for day, amount, kind in bills:
            last = len(world.suppliers) - 1
            world.bills.append(
                Bill(self.rng.choice(world.scope), last, day, amount, kind)
            )

    def charged(self, world):
        """A refund of a bill of before that charges more than it takes back.

        At a supplier whose figures are in a currency of which the company has its own
        rate, or where something else is bought as well.
        """
        company = world.companies[world.scope[0]]
        is_foreign = self.rng.random() < 0.5
        if is_foreign:
            root = company if company.parent is None else world.companies[0]
            root.foreign_rates = [(date(2009, 1, 1), 3.0)]
        year = self.rng.choice((2010, 2010, self.end.year))
        world.suppliers.append(
            Supplier(
                [Certificate(None, LONG_AGO, None, self.rng.random() < 0.35)],
                [Figure(year, 50_000, 50, 12, is_foreign)],
            )
        )
        before = self.start - timedelta(days=self.rng.randint(1, 800))
        bill = Bill(world.scope[0], len(world.suppliers) - 1, before, 1000)
        refund = replace(
            bill,
            day=self.inside(),
            kind="in_refund",
            excluded=(1400,),
            reverses=len(world.bills),
        )
        world.bills += [bill, refund]
        if self.rng.random() < 0.5:
            world.bills.append(replace(bill, day=self.start))

    def charged_alone(self, world):
        """Such refunds of bills of two years before, and nothing else is bought there.

        So that what is charged falls in a year of which nothing is known but by them.
        """
        company = world.companies[world.scope[0]]
        root = company if company.parent is None else world.companies[0]
        root.foreign_rates = [(date(2009, 1, 1), self.rng.randint(20, 90) / 10)]
        certificates = [
            Certificate(None, LONG_AGO, self.start, self.rng.random() < 0.5),
            Certificate(None, self.start + timedelta(days=1), None, True),
        ]
        figures = [Figure(2010, 50_000, 50, 12, True)]
        world.suppliers.append(Supplier(certificates, figures))
        for years in (2, 3):
            bill = Bill(
                world.scope[0],
                len(world.suppliers) - 1,
                date(self.start.year - years, 6, 1),
                1000,
            )
            refund = replace(
                bill,
                day=self.inside(),
                kind="in_refund",
                excluded=(1400,),
                reverses=len(world.bills),
            )
            world.bills += [bill, refund]

    def undone(self, world):
        """A bill on a certificate that is verified, taken back on one that is not."""
        day = self.inside()
        later = min(
            day + timedelta(days=self.rng.randint(1, 40)), date(day.year, 12, 31)
        )
        world.suppliers.append(
            Supplier(
                [
                    Certificate(None, LONG_AGO, day, is_verified=True),
                    Certificate(None, day + timedelta(days=1), None),
                ],
                [Figure(2010, 50_000, 50, 12)],
            )
        )
        bill = Bill(world.scope[0], len(world.suppliers) - 1, day, 1000)
        world.bills += [bill, replace(bill, day=later, kind="in_refund")]

    def aspirant(self, world):
        """A supplier in aspirant status, with bills from the days editions begin on."""
        level = Certificate("aspirant", LONG_AGO, date(2030, 1, 1))
        figures = [Figure(2010, 50_000, 50, 12)]
        world.suppliers.append(Supplier([level], figures))
        days = self.rng.sample((date(2018, 1, 1), *EDITION_DAYS), 4)
        for day in days:
            late = self.rng.choice((0, 0, 1))
            world.bills.append(
                Bill(
                    company=self.rng.choice(world.scope),
                    supplier=len(world.suppliers) - 1,
                    day=day - timedelta(days=late),
                    amount=float(self.rng.randint(1, 40_000)),
                )
            )

    def _excluded(self, amount):
        """The lines that are left out, if any: a discount is a negative one."""
        if self.rng.random() > 0.25:
            return ()
        return tuple(
            round(amount * self.rng.choice((1, 0.5, 0.31, -0.2)), 2)
            for _ in range(self.rng.choice((1, 1, 2, 3)))
        )

    def correction(self, world):
        kinds = ["total_fte", "direct_fte"] + ["purchases"] * bool(world.suppliers)
        kind = self.rng.choice(kinds)
        if kind != "purchases":
            return Correction(kind, self.rng.choice((1.5, 0.3, -0.4, -20)))
        return Correction(
            kind,
            self.rng.choice((1234.56, -900, 20_000)),
            supplier=self.rng.randrange(len(world.suppliers)),
            day=self.rng.choice((self.start, self.end)),
        )
