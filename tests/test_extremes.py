"""The edges of dates, numbers and names: no traceback, and no wrong figure.

Companies made by hand go through measurement, dashboard, workbook and PDF; their
figures are held against the slow calculation of ``oracle.py``.
"""

import base64
import io
import json
import math
import random
from datetime import date
from types import SimpleNamespace

import test_properties
from common import PsoCase, whole_page
from looks import Batch
from openpyxl import load_workbook
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
from psycopg2 import IntegrityError
from random_world import RATES, TODAY
from tally import tell

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

LEAP = date(2024, 2, 29)
NEW_YEAR, OLD_YEAR = date(2025, 1, 1), date(2024, 12, 31)
YEAR = (date(2024, 1, 1), OLD_YEAR)
HUGE = 10**15 - 1
EDITION = Edition(
    code="extreme",
    groups={
        "pw": GroupRule(weight=1, months=12),
        "ww": GroupRule(weight=0.75, months=48),
        "wsw": GroupRule(weight=1),
        "vso_pro": GroupRule(weight=1, months=60, from_event=True),
        "lost_2y": GroupRule(weight=1, months=24, from_event=True),
    },
    forms={"regular": FormRule(), "placement": FormRule(weight=0.75, max_months=36)},
    ladder=[("step1", [(1, 3.4), (100, 1.5)]), ("step2", [(1, 6.7), (100, 2.1)])],
)
NAMES = (
    "=cmd|' /C calc'!A0",
    "+31 6 12345678",
    "-1+1",
    "@SUM(A1:A9)",
    '=HYPERLINK("http://x","y")',
    "\tTab",
    "مُحَمَّد الفارسي",
    "\u202eevil\u202c שלום \u200f",
    "𝒳🦄 Zoë",
    "bell\x07 escape\x1b unit\x1f",
    "\ufffe not a character \uffff",
    "<script>alert(1)</script> & <b>",
    "%(x)s %s {0} ${x}",
    "x" * 4000,
    "x" * 40_000,
    "a\nb\r\nc",
)
NO_FIGURES = (float("nan"), float("inf"), float("-inf"), 1e308, -1e308)


def worker(start, hours=40, statuses=(), **values):
    """Somebody with one version, from the first day of the contract."""
    version = Version(start=start, hours=hours, contract_start=start, **values)
    return Employee(company=0, versions=[version], statuses=list(statuses))


def world(period, employees=(), suppliers=(), bills=(), corrections=(), **values):
    return World(
        edition=EDITION,
        start=period[0],
        end=period[1],
        scope=[0],
        companies=[Company()],
        today=TODAY,
        rates=RATES,
        employees=list(employees),
        suppliers=list(suppliers),
        bills=list(bills),
        corrections=list(corrections),
        **values,
    )


def supplier(*figures):
    certificate = Certificate("step2", date(2020, 2, 29), date(2030, 2, 28))
    return Supplier(certificates=[certificate], figures=list(figures))


def leap_days():
    """Counting periods that begin, end and are measured on 29 February."""
    someone = [
        worker(date(2020, 1, 1), statuses=[Status("pw", "regular", LEAP)]),
        worker(
            date(2020, 1, 1),
            statuses=[Status("ww", "regular", date(2020, 2, 29))],
        ),
        worker(
            date(2020, 1, 1),
            statuses=[
                Status("vso_pro", "regular", date(2020, 1, 1), event=date(2019, 2, 28))
            ],
        ),
        worker(
            date(2020, 1, 1),
            statuses=[Status("lost_2y", "regular", LEAP, event=date(2022, 2, 28))],
        ),
        worker(LEAP, statuses=[Status("wsw", "placement", date(2021, 2, 28), LEAP)]),
        worker(date(2023, 2, 28), contract_end=LEAP),
    ]
    periods = (
        (LEAP, LEAP),
        YEAR,
        (date(2023, 3, 1), LEAP),
        (LEAP, date(2025, 2, 28)),
        (date(2025, 2, 28), date(2025, 3, 1)),
    )
    return [world(period, someone) for period in periods]


def year_ends():
    """Contracts, statuses, figures and bills that change at midnight of New Year."""
    someone = [
        worker(date(2020, 1, 1), contract_end=OLD_YEAR),
        worker(NEW_YEAR, statuses=[Status("pw", "regular", NEW_YEAR)]),
        worker(
            date(2020, 1, 1),
            statuses=[
                Status("ww", "regular", date(2024, 1, 1), OLD_YEAR),
                Status("pw", "regular", NEW_YEAR),
            ],
        ),
    ]
    one = supplier(Figure(2024, 1_000, 10, 50), Figure(2025, 2_000, 10, 50))
    bills = [Bill(0, 0, OLD_YEAR, 100), Bill(0, 0, NEW_YEAR, 100)]
    periods = ((OLD_YEAR, NEW_YEAR), (NEW_YEAR, NEW_YEAR), (OLD_YEAR, OLD_YEAR), YEAR)
    return [world(period, someone, [one], bills) for period in periods]


def same_day():
    """Versions, contract and status that begin or end on one day."""
    day = date(2024, 7, 1)
    employee = Employee(
        company=0,
        versions=[
            Version(
                date(2020, 1, 1), 40, contract_start=date(2020, 1, 1), active=False
            ),
            Version(date(2020, 1, 1), 24, contract_start=date(2020, 1, 1)),
            Version(day, 36, contract_start=date(2020, 1, 1), active=False),
            Version(day, 32, contract_start=day, contract_end=day),
            Version(date(2024, 7, 2), 8, contract_start=date(2024, 7, 2)),
        ],
        statuses=[
            Status("pw", "regular", date(2024, 6, 30), day),
            Status("pw", "placement", date(2024, 7, 2), date(2024, 7, 2)),
        ],
    )
    return [world(period, [employee]) for period in ((day, day), YEAR)]


def zero_hours():
    """Nobody, nobody with hours, and one with hours beside them."""
    idle = [
        worker(date(2020, 1, 1), hours, [Status("wsw", "regular", date(2020, 1, 1))])
        for hours in (0, None)
    ]
    return [
        world(YEAR),
        world(YEAR, idle),
        world(YEAR, [*idle, worker(date(2020, 1, 1), 0.01)]),
        world(YEAR, [*idle, worker(date(2020, 1, 1), 168)]),
    ]


def negative_bills():
    """Refunds of more than was bought, bills below zero, and both corrected."""
    staff = [
        worker(date(2020, 1, 1), 40, [Status("wsw", "regular", date(2020, 1, 1), None)])
    ]
    one = supplier(Figure(2024, 1_000, 10, 50))
    day = date(2024, 5, 5)
    return [
        world(YEAR, staff, [one], bills, corrections)
        for bills, corrections in (
            ([Bill(0, 0, day, 900, kind="in_refund")], []),
            ([Bill(0, 0, day, -900)], []),
            ([Bill(0, 0, day, 900), Bill(0, 0, day, 901, "in_refund", reverses=0)], []),
            ([Bill(0, 0, day, 900)], [Correction("purchases", -901, 0, day)]),
            ([Bill(0, 0, day, 900)], [Correction("total_fte", -10)]),
            ([], [Correction("direct_fte", -10)]),
            ([Bill(0, 0, day, -900, kind="in_refund")], []),
        )
    ]


def foreign_currencies():
    """Figures in a currency that has no rate yet, has one, and gets one that day."""
    staff = [worker(date(2020, 1, 1), 40, [Status("wsw", "regular", date(2020, 1, 1))])]
    bills = [Bill(0, 0, date(2024, 5, 5), 100)]
    return [
        world(
            YEAR,
            staff,
            [supplier(Figure(year, 1_000, 10, 50, is_foreign=True))],
            bills,
        )
        for year in (2020, 2021, 2022, 2024)
    ]


def huge_numbers():
    """As much as a field takes, and as little."""
    staff = [
        worker(date(2020, 1, 1), hours, [Status("wsw", "regular", date(2020, 1, 1))])
        for hours in (168, 1e-9, 40)
    ]
    day = date(2024, 5, 5)
    return [
        world(YEAR, staff, [supplier(Figure(2024, turnover, fte, share))], bills, fixes)
        for turnover, fte, share, bills, fixes in (
            (HUGE, 1e9, 100, [Bill(0, 0, day, HUGE)], []),
            (1, 1e9, 100, [Bill(0, 0, day, HUGE)], []),
            (HUGE, 1e-9, 1e-9, [Bill(0, 0, day, 1)], []),
            (
                HUGE,
                1e9,
                100,
                [Bill(0, 0, day, HUGE)] * 3,
                [Correction("total_fte", 1e9)],
            ),
            (1, 1, 1, [], [Correction("purchases", float(HUGE), 0, day)]),
            (1, 1, 1, [], [Correction("direct_fte", 1e9)]),
        )
    ]


EXTREMES = (
    leap_days,
    year_ends,
    same_day,
    zero_hours,
    negative_bills,
    foreign_currencies,
    huge_numbers,
)


class ExtremesCase(PsoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = ("user", "manager", "hr", "purchase")
        cls.viewer = cls.user(*(f"pso_odoo.group_pso_{name}" for name in groups))

    def outputs(self, measurement):
        """Everything that is made of a measurement; the workbook with names."""
        companies = measurement.company_ids
        self.viewer.company_ids |= companies
        self.env.flush_all()
        context = {**self.env.context, "allowed_company_ids": companies.ids}
        env = self.env(user=self.viewer.id, context=context)
        measurement = measurement.with_env(env)
        dashboard = whole_page(
            env["pso.dashboard"],
            f"measurement-{measurement.id}",
            measurement.company_id.id,
        )
        book = None
        try:
            _name, content = measurement._workbook(with_names=True)
            book = load_workbook(io.BytesIO(content))
        except UserError as error:  # no figure is better than a wrong one
            self.assertIn("no exchange rate", str(error))
        page, _kind = env["ir.actions.report"]._render_qweb_html(
            "pso_odoo.report_measurement", measurement.ids
        )
        return SimpleNamespace(
            dashboard=json.dumps(dashboard, allow_nan=False, default=str),
            book=book,
            page=page.decode(),
        )

    def cells(self, book):
        return [cell for sheet in book or () for row in sheet for cell in row]


@tagged("post_install", "-at_install")
class TestExtremeFigures(ExtremesCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        random.seed(0)
        cls.writer = test_properties.WorldWriter(cls.env, cls.company, [EDITION])

    def test_figures(self):
        """Those of the slow calculation; whatever is made of them is made."""
        tried = 0
        for extreme in EXTREMES:
            worlds = extreme()
            measurements = self.writer.write(worlds)
            batch = Batch(self.writer, worlds, measurements)
            for number, measurement in enumerate(measurements):
                with self.subTest(extreme=extreme.__name__, number=number):
                    self.assertEqual(list(batch.figures([number])), [])
                    outputs = self.outputs(measurement)
                    has_rates = extreme is not foreign_currencies or number > 1
                    self.assertEqual(bool(outputs.book), has_rates)
                    for text in ("nan", "inf"):
                        self.assertNotIn(f">{text}<", outputs.page.lower())
                    broken = [
                        cell.value
                        for cell in self.cells(outputs.book)
                        if isinstance(cell.value, float)
                        and not math.isfinite(cell.value)
                    ]
                    self.assertFalse(broken)
                    tried += 1
        tell(f"extremes: {tried} companies, figures equal, all outputs, 0 tracebacks")


@tagged("post_install", "-at_install")
class TestExtremeNames(ExtremesCase):
    def test_names(self):
        """They stand in every output as text, whatever they look like."""
        self.company.name = "=1+1 שלום \x07 B.V."
        for name in NAMES:
            employee = self.employee(name=name)
            self.status(employee)
            vendor = self.social_vendor(name=name)
            vendor.pso_certificate_ids.number = name
            vendor.pso_figure_ids.source = name
            self.bill(vendor, 100)
        measurement = self.measurement(name="=cmd|'x'!A1 \x0b שלום")
        outputs = self.outputs(measurement)
        self.assertEqual(measurement.total_fte, len(NAMES))
        cells = self.cells(outputs.book)
        formulas = [
            cell.value
            for cell in cells
            if cell.data_type == "f" and ("cmd" in cell.value or "HYPER" in cell.value)
        ]
        self.assertFalse(formulas)
        texts = {cell.value for cell in cells if cell.data_type == "s"}
        for name in NAMES[:9]:
            self.assertTrue([t for t in texts if name.strip() in t], name)
        self.assertNotIn("<script>alert", outputs.page)
        measurement.action_lock()
        self.outputs(measurement)
        tell(
            f"extremes: {len(NAMES)} names in all outputs, live and locked, 0 formulas"
        )

    def test_in_the_file_of_an_edition(self):
        self.edition.group_rule_ids[0].source = "=cmd|'x'!A1"
        self.edition.group_rule_ids[1].source = "bell\x07"
        book = load_workbook(io.BytesIO(base64.b64decode(self.edition.export_file)))
        kinds = {cell.data_type for cell in self.cells(book)}
        self.assertNotIn("f", kinds)


@tagged("post_install", "-at_install")
class TestNoFigures(ExtremesCase):
    def test_refused(self):
        """NaN, infinity and what nobody can count with, sent as JSON may have them."""
        partner = self.social_vendor()
        measurement = self.measurement()
        correction = self.env["pso.correction"].create(
            {
                "measurement_id": measurement.id,
                "kind": "total_fte",
                "amount": 1,
                "reason": "x",
                "source": "x",
            }
        )
        employee = self.employee()
        records = (
            *(partner.pso_figure_ids, correction, measurement, self.edition),
            *(self.edition.norm_ids[0], self.edition.group_rule_ids[0]),
            *(self.edition.form_rule_ids[0], self.ref("level_step1")),
            *(self.company, employee.version_id),
        )
        tried = 0
        for record in records:
            ours = record._name.startswith("pso.")
            for field in record._fields.values():
                is_number = field.type in ("float", "monetary") and field.store
                if not is_number or not (ours or field.name.startswith("pso_")):
                    continue
                if field.compute and field.readonly:
                    continue
                for number in NO_FIGURES:
                    with self.subTest(field=str(field), number=number):
                        self.assertRefusesNumber(record, field.name, number)
                        tried += 1
        self.assertGreater(tried, 50)
        self.outputs(measurement)
        tell(f"extremes: {tried} values that are no figures, all refused")

    def assertRefusesNumber(self, record, name, number):
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                record.write({name: number})
                record.flush_recordset()
        except (UserError, IntegrityError):
            return
        self.fail(f"{number} was accepted")
