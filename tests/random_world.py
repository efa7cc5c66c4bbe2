"""Random companies for the property tests: each is made, and remade, by its seed."""

from datetime import date, timedelta

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
)

GROUPS = ("wsw", "pw", "ww", "vso_pro", "bbl_bol_3", "lost_2y")
FORMS = ("regular", "secondment", "placement", "seconded_out")
LEVELS = ("basic", "step1", "step2", "step3")
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
MARKS = ("work_contact_id", "identification_id", "ssnid", "passport_id")


def random_edition(rng, code):
    """An edition with unknown weights, missing rules and odd counting periods."""
    groups = {
        group: GroupRule(
            weight=rng.choice((1, 1, 1, 1, 0.75, 0.25, 0.33, 0, None)),
            months=rng.choice((0, 0, 1, 6, 12, 24, 60)),
            from_event=rng.random() < 0.3,
        )
        for group in GROUPS
        if rng.random() < 0.9
    }
    forms = {
        form: FormRule(
            weight=rng.choice((1, 1, 1, 1, 0.9, 0.5, 0, None)),
            max_months=rng.choice((0, 0, 1, 6, 12, 36)),
            in_total=form != "seconded_out",
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
    )


def _random_norms(rng):
    """Norms by size, unknown one time in five."""
    if rng.random() < 0.2:
        return []
    sizes = sorted(rng.sample((0.5, 1, 2, 3, 5, 8, 10), rng.randint(1, 4)))
    return [(size, rng.choice((0.5, 1.4, 3.4, 12.6, 21.4, 60.1))) for size in sizes]


def random_world(rng, editions):
    """A few companies, their people and purchases around one period."""
    start, end = rng.choice(PERIODS)
    draw = _Draw(rng, start, end)
    count = rng.choice((1, 1, 2, 3))
    companies = [
        Company(
            fulltime_hours=rng.choice((40, 38, 36, 32.5)),
            counts_without_contract=rng.random() < 0.5,
        )
        for _ in range(count)
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
    draw.persons(world.employees)
    if world.suppliers:
        for _ in range(rng.randint(1, 14)):
            world.bills.append(draw.bill(world))
    for _ in range(rng.choice((0, 0, 0, 1, 2))):
        world.corrections.append(draw.correction(world))
    return world


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
        kind = self.rng.random()
        if kind < 0.2:
            versions = self._versions_without_contract()
        elif kind < 0.6:
            versions = self._versions_of_one_contract()
        else:
            versions = self._versions_of_many_contracts()
        return Employee(
            company=self.rng.randrange(companies),
            versions=versions,
            statuses=self.statuses(),
            active=self.rng.random() < 0.85,
        )

    def persons(self, employees):
        """Some employees are one person, two or three of them."""
        for person in range(self.rng.choice((0, 0, 1, 2))):
            count = min(self.rng.choice((2, 2, 3)), len(employees))
            mark = self.rng.choice(MARKS)
            for employee in self.rng.sample(employees, count):
                if employee.person is None:
                    employee.person, employee.mark = person, mark

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
        amount = self.rng.randint(1, 40_000)
        bill = Bill(
            company=self.rng.randrange(len(world.companies)),
            supplier=self.rng.randrange(len(world.suppliers)),
            day=self.rng.choice((self.day(), self.inside())),
            amount=amount,
            kind=self.rng.choice(
                ("in_invoice",) * 4 + ("in_receipt", "in_refund", "out_invoice")
            ),
            state=self.rng.choice(("posted",) * 6 + ("draft", "cancel")),
            excluded=self.rng.randint(1, amount) if self.rng.random() < 0.2 else 0,
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
