"""Random companies for the property tests: each is made, and remade, by its seed."""

import math
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
MARKS = ("work_contact_id", "identification_id", "ssnid", "passport_id", "user_id")


def random_editions(rng, name, count):
    """Editions to draw worlds from: as many random ones as those that are shipped."""
    shipped = shipped_editions()
    times = max(count // (2 * len(shipped)), 1)
    return [random_edition(rng, f"{name}-{n}") for n in range(count)] + [
        edition for edition in shipped for _ in range(times)
    ]


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
        pso30_min_months=rng.choice((0, 1, 6, 12)),
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
    draw.persons(world.employees)
    draw.sizes(world.employees, largest)
    if world.suppliers:
        for _ in range(rng.randint(1, 14)):
            world.bills.append(draw.bill(world))
        if rng.random() < 0.15:
            draw.refunded(world)
    for _ in range(rng.choice((0, 0, 0, 1, 2, 4))):
        world.corrections.append(draw.correction(world))
    if world.edition.is_shipped and rng.random() < 0.2 and largest > 1:
        draw.on_a_norm(world, largest)
    return world


def settle(world):
    """Add what lasts, without which purchases to come hardly ever count."""
    start = date(2010, 1, 1)
    for supplier in world.suppliers:
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
        status = Status(lasting[0], forms[0], start)
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
        leap = date(2024, 2, 29), date(2020, 2, 29), date(2024, 8, 31)
        edge = self.rng.choice((self.start, self.end, self.rng.choice(leap)))
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
        rules = world.edition.forms
        forms = [code for code, rule in rules.items() if rule.needs_tenure]
        if not forms or self.rng.random() < 0.5:
            return
        months = world.edition.pso30_min_months
        late = self.start - relativedelta(months=months)
        begin = self.rng.choice(
            (
                *(self.inside(), late, late + timedelta(days=1)),
                *(date(2024, 8, 31), date(2023, 8, 30), date(2024, 2, 29)),
            )
        )
        last = begin + relativedelta(months=months) - timedelta(days=1)
        end = last + timedelta(days=self.rng.randint(-1, 2))
        starts = {begin}
        for _ in range(self.rng.choice((0, 1, 2))):
            starts.add(begin + timedelta(days=self.rng.randint(1, 200)))
        starts = sorted(day for day in starts if day <= max(end, begin))
        ends = [day - timedelta(days=self.rng.choice((1, 1, 1, 2))) for day in starts]
        ends = [*ends[1:], self.rng.choice((end, None))]
        world.employees.append(
            Employee(
                company=self.rng.choice(world.scope),
                versions=[
                    Version(
                        day,
                        32,
                        contract_start=day,
                        contract_end=until and max(day, until),
                    )
                    for day, until in zip(starts, ends, strict=True)
                ],
                statuses=[
                    Status(
                        self.rng.choice(list(world.edition.groups)),
                        self.rng.choice(forms),
                        begin - timedelta(days=self.rng.choice((0, 3))),
                        event=begin,
                    )
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
        world.employees[:] = [
            *self._of_hours(world, member, fulltime, "regular"),
            *self._of_hours(world, beside, fulltime, "supported"),
            *self._of_hours(world, rest, fulltime, None),
        ]
        world.suppliers, world.bills, world.corrections = [], [], []

    def _of_hours(self, world, hours, fulltime, form):
        """Employees of so many hours in all: of full time, and one of what is left.

        :param form: of their contract, None where they are outside the target group
        """
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
                    )
                ],
                statuses=[Status("wsw", form, begin)] if form else [],
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
            Certificate(None, date(2011, 1, 1), None, self.rng.random() < 0.7)
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
