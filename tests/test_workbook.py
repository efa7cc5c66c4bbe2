"""The yearly workbook: its figures, its formulas, and who may have it.

LibreOffice recalculates every workbook from its inputs. Whatever it makes of a formula
must be the value that we wrote beside it, and that of the measurement.
"""

import os
import re
import subprocess
import tempfile
import zipfile
from io import BytesIO
from math import fsum
from pathlib import Path
from unittest.mock import patch

from common import PsoCase, noted
from openpyxl import load_workbook

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.pso_odoo.models.measurement.figures import FIGURES as FIGURES_SAID
from odoo.addons.pso_odoo.reports.workbook.book import Page
from odoo.addons.pso_odoo.reports.workbook.source import Source

SAME = 1e-9
CORRUPT = "=cmd|'/C calc'!A0"
SECRET_NAMES = ("Zwaantje Quist", "Xerxes Pym", "Wubbo Vlek")
# Figures of the measurement, and the names of the cells that hold them.
FIGURES = {
    "total_fte": "total_fte",
    "direct_fte": "direct_fte",
    "indirect_fte": "indirect_fte",
    "direct_percentage": "direct_percentage",
    "indirect_percentage": "indirect_percentage",
    "indirect_counted_percentage": "indirect_counted_percentage",
    "total_percentage": "total_percentage",
    "proven_direct_percentage": "proven_direct_percentage",
    "proven_indirect_percentage": "proven_indirect_percentage",
    "proven_total_percentage": "proven_total_percentage",
    "pso30_percentage": "pso30_percentage",
    "pso30_regular_percentage": "pso30_regular_percentage",
}
# LibreOffice shows the values it finds in a file, unless told to work them out.
RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop>
</item>
</oor:items>
"""


class Workbook:
    """A workbook, as its formulas and as the values beside them."""

    def __init__(self, content):
        self.content = content
        self.formulas = load_workbook(BytesIO(content))
        self.values = load_workbook(BytesIO(content), data_only=True)

    def cell(self, name):
        """The one cell that a name stands for: ``(sheet, coordinate)``."""
        return next(self.formulas.defined_names[name].destinations)

    def formula(self, name):
        sheet, coordinate = self.cell(name)
        return self.formulas[sheet][coordinate].value

    def value(self, name):
        sheet, coordinate = self.cell(name)
        return self.values[sheet][coordinate.replace("$", "")].value

    def column(self, name):
        """The values of the range that a name stands for."""
        sheet, area = self.cell(name)
        cells = self.values[sheet][area]
        rows = cells if isinstance(cells, tuple) else [[cells]]
        return [cell.value for row in rows for cell in row]

    def derived(self):
        """Every cell with a formula: ``{(sheet, coordinate): value}``."""
        return {
            (sheet.title, cell.coordinate): self.values[sheet.title][
                cell.coordinate
            ].value
            for sheet in self.formulas
            for row in sheet.iter_rows()
            for cell in row
            if cell.data_type == "f"
        }

    def rows(self, sheet):
        """The cells of a sheet that are not empty, row by row."""
        return [
            [cell for cell in row if cell not in (None, "")]
            for row in self.values[sheet].iter_rows(values_only=True)
        ]

    def text(self):
        """All that is in the file, unpacked."""
        with zipfile.ZipFile(BytesIO(self.content)) as archive:
            return "\n".join(archive.read(name).decode() for name in archive.namelist())


def recalculate(*workbooks):
    """The same workbooks after LibreOffice has worked out every formula."""
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        (folder / "profile/user").mkdir(parents=True)
        settings = folder / "profile/user/registrymodifications.xcu"
        settings.write_text(RECALCULATE)
        files = [folder / f"{number}.xlsx" for number in range(len(workbooks))]
        for file, workbook in zip(files, workbooks, strict=True):
            file.write_bytes(workbook.content)
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        subprocess.run(
            ["soffice", "--headless", profile, "--convert-to", "xlsx"]
            + ["--outdir", folder / "out", *files],
            check=True,
            capture_output=True,
            timeout=120,
            env={**os.environ, "HOME": str(folder)},
        )
        return [Workbook((folder / "out" / f.name).read_bytes()) for f in files]


class WorkbookCase(PsoCase):
    def workbook(self, measurement, **options):
        self.env["pso.measurement"]._forget_figures()
        return Workbook(measurement._workbook(**options)[1])

    def assertSame(self, one, other, place):
        if isinstance(one, int | float) and isinstance(other, int | float):
            self.assertAlmostEqual(one, other, delta=SAME, msg=place)
        else:
            self.assertEqual(one or "", other or "", place)

    def assertRecalculates(self, *workbooks):
        """Assert that every formula makes the value that stands beside it."""
        for workbook, fresh in zip(workbooks, recalculate(*workbooks), strict=True):
            derived = workbook.derived()
            self.assertGreater(len(derived), 50)
            for (sheet, coordinate), value in derived.items():
                again = fresh.values[sheet][coordinate].value
                self.assertSame(value, again, f"{sheet}!{coordinate}")

    def assertTells(self, workbook, measurement):
        """Assert that the workbook has the figures of the measurement, as formulas."""
        for name, field in FIGURES.items():
            self.assertTrue(str(workbook.formula(name)).startswith("="), name)
            self.assertSame(workbook.value(name), measurement[field], name)
        level, proven = measurement.level_id, measurement.proven_level_id
        self.assertEqual(workbook.value("level"), level.name or "no level")
        self.assertEqual(workbook.value("proven_level"), proven.name or "no level")
        next_level = measurement.next_level_id
        self.assertEqual(workbook.value("next_level"), next_level.name or "–")
        norms = [norm for _level, norm in measurement._norms_at_size()]
        for told, norm in zip(workbook.column("rung_norms"), norms, strict=True):
            if norm is None:
                self.assertIn(told, ("unknown", "–"))
            else:
                self.assertAlmostEqual(told, norm, delta=SAME)


class BusyCompany(WorkbookCase):
    """A company in which everything happens that a workbook has to tell of."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.company_registry = "12345678"
        cls._add_people()
        cls._add_purchases()
        cls.measured = cls.measurement(payroll_fte=40)
        cls._add_corrections()

    @classmethod
    def _add_people(cls):
        for _number in range(36):
            cls.employee()
        cls.employee(hours=24, start="2025-03-01", end="2025-10-15")
        moved = cls.employee(hours=40)
        cls.version(moved, "2025-05-01", 20)
        cls.employee(pso_hours_override=True, pso_hours_custom=0)
        one, two, three = (cls.employee(name=name) for name in SECRET_NAMES)
        cls.status(one, evidence_state="verified")
        cls.status(two, "ww", start="2025-07-04", form="secondment")
        cls.status(three, "pw", start="2020-07-15")
        cls.status(cls.employee(), "bbl_bol_3", start="2025-02-01")
        cls.status(cls.employee(), "bbl_bol_1", start="2024-09-01")
        cls.status(cls.employee(), "vso_pro")
        cls.status(cls.employee(hours=32), "wsw", form="seconded_out")
        outside = cls.employee(pso_counts=False)
        cls.status(outside, start="2025-04-01", evidence_state="verified")

    @classmethod
    def _add_purchases(cls):
        cls.corrupt = cls.vendor(CORRUPT, company_registry="87654321")
        cls.certificate(cls.corrupt, "2023-02-01", "2025-01-31")
        cls.certificate(
            cls.corrupt, "2025-03-01", "2027-02-28", evidence_state="verified"
        )
        cls.figures(cls.corrupt, 2023, 100000, is_estimate=True, source=CORRUPT)
        cls.bill(cls.corrupt, 1000, "2025-01-15")
        cls.bill(cls.corrupt, 500, "2025-02-15")
        cls.april = cls.bill(cls.corrupt, 2000, "2025-04-15")
        lines = [cls.bill_line(700), cls.bill_line(300, pso_excluded=True)]
        cls.bill(cls.corrupt, 0, "2025-05-15", invoice_line_ids=lines)
        cls.bill(cls.corrupt, 100, "2025-05-20", type="in_refund")
        sheltered = cls.vendor("Sheltered")
        cls.certificate(sheltered, "2015-01-01", False, kind="sw")
        cls.figures(sheltered, turnover=50000, fte=12.5, share=80)
        cls.bill(sheltered, 1234.56)
        without_figures = cls.vendor("Without figures")
        cls.certificate(without_figures)
        cls.bill(without_figures, 777)
        refunded = cls.social_vendor(name="Refunded")
        cls.bill(refunded, 50, type="in_refund")
        expensive = cls.social_vendor(name="Above its turnover")
        cls.bill(expensive, 1500)

    @classmethod
    def _add_corrections(cls):
        own = cls.company.partner_id
        purchase = {"kind": "purchases", "partner_id": cls.corrupt.id}
        cls.env["pso.correction"].create(
            [
                {
                    "measurement_id": cls.measured.id,
                    "reason": CORRUPT,
                    "source": CORRUPT,
                    **vals,
                }
                for vals in (
                    {"kind": "total_fte", "amount": 1.5},
                    {"kind": "direct_fte", "amount": 0.75},
                    {"kind": "direct_fte", "amount": -0.25},
                    {**purchase, "amount": 400, "date": "2025-06-01"},
                    {**purchase, "amount": 90, "date": "2025-02-10"},
                    {**purchase, "amount": 5, "date": "2025-06-01"}
                    | {"partner_id": own.id},
                )
            ]
        )


@tagged("post_install", "-at_install")
class TestFigures(BusyCompany):
    def test_sheets(self):
        workbook = self.workbook(self.measured)
        names = "Request,Size,Target group,Purchases,Bills,Score,Quality,Checks"
        self.assertEqual(workbook.formulas.sheetnames, names.split(","))
        for sheet in workbook.formulas:
            self.assertEqual(sheet.page_setup.orientation, "landscape", sheet.title)
            self.assertEqual(sheet.page_setup.fitToHeight, 0, sheet.title)
            self.assertEqual(sheet.oddFooter.right.text, "&P / &N", sheet.title)
        for sheet in ("Size", "Target group", "Purchases", "Bills", "Checks"):
            frozen = workbook.formulas[sheet].freeze_panes
            header = workbook.formulas[sheet].print_title_rows
            self.assertEqual(int(re.sub(r"\D", "", frozen)) - 1, int(header[-1]))

    def test_request(self):
        workbook = self.workbook(self.measured)
        rows = workbook.rows("Request")
        self.assertIn(["PSO test company", "12345678", 40], rows)
        self.assertIn(["Edition of the rule book", "PSO 2.1"], rows)
        self.assertIn(["State", "Live"], rows)
        self.assertEqual(workbook.value("period_days"), 365)
        self.assertIn("location=\"'Target group'!A1\"", workbook.text())

    def test_figures_are_formulas_with_values(self):
        self.assertTells(self.workbook(self.measured), self.measured)

    def test_libreoffice_finds_the_same(self):
        self.assertRecalculates(self.workbook(self.measured))

    def test_libreoffice_finds_a_wrong_value(self):
        """The proof of the test above: wrong values do not come back."""
        derive = Page._derive

        def derive_wrongly(page, col, formula, value, look):
            wrong = value + 1 if isinstance(value, int | float) else "wrong"
            derive(page, col, formula, wrong, look)

        with patch.object(Page, "_derive", derive_wrongly):
            workbook = self.workbook(self.measured)
        [fresh] = recalculate(workbook)
        for (sheet, coordinate), value in workbook.derived().items():
            again = fresh.values[sheet][coordinate].value
            self.assertNotEqual(again, value, f"{sheet}!{coordinate}")
        for name, field in FIGURES.items():
            self.assertAlmostEqual(
                fresh.value(name), self.measured[field], delta=SAME, msg=name
            )

    def test_inputs_make_the_figures(self):
        """A changed input goes all the way to the score."""
        content = BytesIO(self.workbook(self.measured).content)
        book = load_workbook(content)
        sheet = book["Target group"]
        header = [cell.value for cell in sheet[7]]
        last_day = header.index("Counts to")
        row = next(row for row in sheet.iter_rows(8) if row[-2].value == "Counts")
        row[last_day].value = row[last_day - 1].value
        changed = BytesIO()
        book.save(changed)
        before, after = recalculate(
            Workbook(content.getvalue()), Workbook(changed.getvalue())
        )
        self.assertLess(after.value("direct_fte"), before.value("direct_fte"))
        total = "total_percentage"
        self.assertLess(after.value(total), before.value(total))

    def test_rows_add_up(self):
        workbook = self.workbook(self.measured)
        direct = fsum(workbook.column("person_weighted_fte")) + 0.5
        self.assertAlmostEqual(direct, self.measured.direct_fte, delta=SAME)
        indirect = fsum(self.measured.supplier_line_ids.mapped("indirect_fte"))
        self.assertAlmostEqual(indirect, workbook.value("indirect_fte"), delta=SAME)
        counted = dict.fromkeys(workbook.column("bill_line"), 0)
        for line, amount, counts in zip(
            workbook.column("bill_line"),
            workbook.column("bill_counted"),
            workbook.column("bill_counts"),
            strict=True,
        ):
            counted[line] += amount * counts
        # 1000 in January, 2000 in April, 700 of the 1000 in May, 100 given back
        self.assertIn(3600, [round(amount, 2) for amount in counted.values()])
        # Every row is in one of three blocks, and once more in the sum of its block.
        size = fsum(self._column(workbook, "Size", "Fte")) / 2
        self.assertAlmostEqual(size, self.measured.total_fte, delta=SAME)

    def test_adjustments(self):
        """Added where staff does not count, taken off where the form is not in it."""
        rows = self.workbook(self.measured).rows("Size")
        start = rows.index(["Adjustments for the target group"])
        adjustments = sorted(row[-2] for row in rows[start + 2 : start + 4])
        self.assertAlmostEqual(adjustments[0], -0.8)
        self.assertAlmostEqual(adjustments[1], 275 / 365)
        self.assertIn(["Total fte by payroll", 40], rows)

    def test_marks(self):
        workbook = self.workbook(self.measured)
        group = [cell for row in workbook.rows("Target group") for cell in row]
        for text in ("unknown", "unconfirmed", "Weight is not public", "Counts"):
            self.assertIn(text, group)
        purchases = workbook.rows("Purchases")
        why = {row[1]: row for row in purchases if len(row) > 10}
        self.assertIn("estimate", why[CORRUPT])
        self.assertIn("unknown", why["Without figures"])
        self.assertIn("Nothing bought on balance", why["Refunded"])
        rows = workbook.rows("Score")
        self.assertIn(["Basic Step", 1, "unknown", "unknown"], rows)
        complete = next(row for row in rows if row[:1] == ["Figures are complete"])
        self.assertEqual(complete[1], "no")
        self.assertIn("lower bound", complete[2])

    def test_corrections_are_shown_apart(self):
        workbook = self.workbook(self.measured)
        self.assertEqual(workbook.value("correction_fte"), 1.5)
        self.assertEqual(workbook.value("correction_direct_fte"), 0.5)
        # That of February lies between two certificates; the own company's is none.
        self.assertEqual(workbook.value("correction_purchases"), 400)
        self.assertEqual(workbook.column("correction_counted"), [400, 90])
        self.assertEqual(workbook.column("correction_counts"), [1, 0])

    def test_checks(self):
        rows = self.workbook(self.measured).rows("Checks")[4:]
        severities = [row[0] for row in rows]
        order = ["Error", "Warning", "For information"]
        self.assertEqual(severities, sorted(severities, key=order.index))
        for row, check in zip(rows, self._checks(), strict=True):
            self.assertEqual(row[1:3], [check.name, check.count])
            self.assertEqual(row[3], "Open" if check.count else "OK")

    def test_quality(self):
        self.measured.quality_ids[0].write({"answer": "met", "explanation": "=1+1"})
        rows = self.workbook(self.measured).rows("Quality")
        self.assertIn(["Suitable work", "Met", "=1+1"], rows)
        self.assertIn(["Guidance", "Not yet answered"], rows)
        self.assertEqual(rows[-1][:2], ["Files that must show talks", 0.8])

    def test_odd_text(self):
        """Control characters and endless texts do not break the file."""
        self.corrupt.name = "Vertical\x0btab & <b>"
        self.measured.quality_ids[0].explanation = "Words\n" * 9000
        workbook = self.workbook(self.measured)
        self.assertIn("Vertical", str(workbook.rows("Bills")))
        self.assertRecalculates(workbook)

    def test_text_is_never_a_formula(self):
        workbook = self.workbook(self.measured)
        found = [
            cell.data_type
            for sheet in workbook.formulas
            for row in sheet.iter_rows()
            for cell in row
            if cell.value == CORRUPT
        ]
        # supplier, its source, on the bills and in every correction
        self.assertGreater(len(found), 10)
        formulas = re.findall(r"<f>(.*?)</f>", workbook.text())
        self.assertFalse([formula for formula in formulas if "cmd" in formula])

    def _column(self, workbook, sheet, label):
        values = list(workbook.values[sheet].iter_rows(values_only=True))
        header = next(n for n, row in enumerate(values) if row[0] == "Key")
        col = values[header].index(label)
        cells = [row[col] for row in values[header + 1 :]]
        return [cell for cell in cells if isinstance(cell, int | float)]

    def _checks(self):
        order = ["error", "warning", "info"]
        return self.measured.check_ids.sorted(
            lambda check: (order.index(check.severity), check.sequence)
        )


@tagged("post_install", "-at_install")
class TestNorms(WorkbookCase):
    """The norm at a size, on the ladder of the workbook as in the measurement."""

    def sized(self, total_fte, direct_fte=1, **vals):
        corrections = [("total_fte", total_fte), ("direct_fte", direct_fte)]
        return self.measurement(
            correction_ids=[
                Command.create(
                    {"kind": kind, "amount": amount, "reason": "Size", "source": "Test"}
                )
                for kind, amount in corrections
            ],
            **vals,
        )

    def assertWorkbooks(self, measurements):
        workbooks = [self.workbook(measurement) for measurement in measurements]
        for workbook, measurement in zip(workbooks, measurements, strict=True):
            self.assertTells(workbook, measurement)
        self.assertRecalculates(*workbooks)

    def test_every_kind_of_size(self):
        sizes = (0, 1.9, 2, 2.5, 48, 50, 104.9, 105, 400)
        self.assertWorkbooks([self.sized(size) for size in sizes])

    def test_every_level(self):
        shares = (0, 1.5, 1.58, 2.0, 2.03, 3.5, 3.52, 20)
        self.assertWorkbooks([self.sized(50, share) for share in shares])

    def test_other_edition(self):
        self.assertWorkbooks(
            [self.sized(48, 1.6, edition_id=self.ref("edition_1_7").id)]
        )

    def test_sizes_that_differ_by_level(self):
        """Norms of a level that the others lack are interpolated in the table."""
        edition = self.edition.copy()
        basic = self.ref("level_basic").id
        edition.norm_ids = [
            Command.create({"level_id": basic, "size_fte": size, "percentage": norm})
            for size, norm in ((7, 5), (48, 1), (200, 0.5))
        ]
        self.assertWorkbooks(
            [
                self.sized(size, 1, edition_id=edition.id)
                for size in (6, 7, 30, 48, 150, 200, 201)
            ]
        )

    def test_no_norms_at_all(self):
        edition = self.edition.copy()
        edition.norm_ids.unlink()
        self.assertWorkbooks([self.sized(48, edition_id=edition.id)])

    def test_nobody_knows_whether_an_unknown_norm_is_reached(self):
        measurement = self.sized(50, 3.5)
        measurement.action_lock()
        workbook = self.workbook(measurement)
        place = workbook.column("rung_norms").index("unknown")
        for name in ("rungs_reached", "proven_rungs_reached", "audited_reached"):
            told = workbook.column(name)
            self.assertIn(told.pop(place), (None, ""))
            self.assertLessEqual(set(told), {0, 1})
        self.assertWorkbooks([measurement])

    def test_nobody(self):
        self.assertWorkbooks([self.measurement()])

    def test_gap_is_proven(self):
        workbook = self.workbook(self.sized(48, 1))
        answer = [row for row in workbook.rows("Score") if row[:1] == ["Norm reached"]]
        self.assertEqual(answer, [["Norm reached", "yes"]])

    def test_indirect_is_cut_off(self):
        self.bill(self.social_vendor(), 900)
        measurement = self.sized(48, 0.2)
        self.assertLess(
            measurement.indirect_counted_percentage, measurement.indirect_percentage
        )
        self.assertWorkbooks([measurement])


@tagged("post_install", "-at_install")
class TestScope(WorkbookCase):
    def test_several_companies(self):
        """Each with full-time hours of its own; the rows say whose they are."""
        other = self.create_company("Second company", pso_fulltime_hours=36)
        self.env.user.company_ids += other
        self.employee()
        calendar = {"resource_calendar_id": self.calendar(36).id}
        self.status(self.employee(company_id=other.id, **calendar))
        self.bill(self.social_vendor(), 100)
        measurement = self.measurement(
            company_ids=[Command.set((self.company + other).ids)]
        )
        workbook = self.workbook(measurement)
        self.assertTells(workbook, measurement)
        self.assertEqual(measurement.total_fte, 2)
        self.assertIn("Second company", workbook.rows("Target group")[7])
        self.assertRecalculates(workbook)

    def test_two_years(self):
        """A supplier has a line for each calendar year, with its own figures."""
        partner = self.vendor()
        self.certificate(partner, "2024-01-01", "2026-12-31")
        self.figures(partner, 2024, share=40)
        self.figures(partner, 2025, share=60)
        self.bill(partner, 100, "2024-10-01")
        self.bill(partner, 200, "2025-02-01")
        self.status(self.employee())
        measurement = self.measurement("2024-07-01", "2025-06-30")
        workbook = self.workbook(measurement)
        self.assertEqual(workbook.column("bill_line"), ["S001", "S002"])
        self.assertTells(workbook, measurement)
        self.assertRecalculates(workbook)

    def test_file_name(self):
        self.company.name = "Jansen & Co. / Groen"
        name, _content = self.measurement()._workbook()
        self.assertEqual(name, "PSO_2025_Jansen_Co_Groen.xlsx")
        name, _content = self.measurement("2024-07-01", "2025-06-30")._workbook(True)
        period = "2024-07-01_2025-06-30"
        self.assertEqual(name, f"PSO_{period}_Jansen_Co_Groen_names.xlsx")


@tagged("post_install", "-at_install")
class TestLocked(BusyCompany):
    """What is locked stands, whatever happens to its sources."""

    def lock(self):
        self.measured.action_lock()
        self.env.flush_all()

    def assertStands(self):
        workbook = self.workbook(self.measured)
        self.assertTells(workbook, self.measured)
        self.assertRecalculates(workbook)
        return workbook

    def line_of(self, workbook, supplier):
        rows = workbook.rows("Purchases")
        return next(row for row in rows if row[1:2] == [supplier])

    def test_locked(self):
        bills = self.workbook(self.measured).column("bill_counted")
        self.lock()
        workbook = self.assertStands()
        self.assertEqual(workbook.column("bill_counted"), bills)
        self.assertIn(["State", "Locked"], workbook.rows("Request"))

    def test_figures_that_an_old_lock_lacks(self):
        """They are dashes, and no formula makes of the lines what nobody submitted."""
        self.lock()
        lacking = (
            *("pso30_percentage", "pso30_regular_percentage"),
            *("proven_total_percentage", "is_level_certain"),
        )
        kept = self.measured.locked_figures
        figures = {name: kept[name] for name in kept if name not in lacking}
        self.measured.sudo().locked_figures = figures
        self.assertEqual(set(self.measured.lacking_figures), set(lacking))
        workbook = self.workbook(self.measured)
        for name in (
            *("pso30_percentage", "pso30_regular_percentage", "pso30_fte"),
            "proven_total_percentage",
        ):
            self.assertEqual(workbook.value(name), "–", name)
        # What was kept is told, without a formula over what was not.
        level = self.measured.proven_level_id.name or "no level"
        self.assertEqual(workbook.formula("proven_level"), level)
        self.assertNotIn("=", str(workbook.formula("pso30_reached")))
        self.assertAlmostEqual(
            workbook.value("total_percentage"), self.measured.total_percentage
        )
        word = str(FIGURES_SAID["is_level_certain"].cell)
        [row] = [row for row in workbook.rows("Score") if row[:1] == [word]]
        self.assertEqual(row[1], "–")
        self.assertRecalculates(workbook)

    def test_bill_changed_since(self):
        self.lock()
        total = self.measured.total_percentage
        self.april.button_draft()
        self.april.button_cancel()
        workbook = self.assertStands()
        self.assertEqual(workbook.value("total_percentage"), total)
        self.assertIn("as locked, estimate", self.line_of(workbook, CORRUPT))
        self.assertIn(3600, self.line_of(workbook, CORRUPT))
        suppliers = [row[1] for row in workbook.rows("Bills") if len(row) > 5]
        self.assertNotIn(CORRUPT, suppliers)
        self.assertIn("Sheltered", suppliers)

    def test_certificate_changed_since(self):
        self.lock()
        certificates = self.env["pso.certificate"].search(
            [("partner_id", "=", self.corrupt.id)]
        )
        certificates.write({"evidence_state": "missing"})
        self.assertIn("as locked", str(self.line_of(self.assertStands(), CORRUPT)))
        certificates.unlink()
        self.assertStands()

    def test_new_supplier_since(self):
        self.lock()
        self.bill(self.social_vendor(name="New"), 100)
        self.assertNotIn("New", str(self.assertStands().rows("Bills")))

    def test_rule_book_changed_since(self):
        self.lock()
        self.edition.norm_ids.filtered(
            lambda norm: norm.level_id == self.ref("level_step1")
        ).percentage = 0.1
        self.edition.indirect_max_share = 0.01
        self.edition.pso30_min_percentage = 0
        self.edition.pso30_min_regular_percentage = 0
        workbook = self.assertStands()
        self.assertEqual(len(workbook.column("norm_sizes")), 1)

    def test_names_after_departure(self):
        """An employee who is deleted since leaves the line, without a name."""
        one = self.env["hr.employee"].search([("name", "=", SECRET_NAMES[0])])
        self.lock()
        self.env["pso.status"].search([("employee_id", "=", one.id)]).unlink()
        one.unlink()
        workbook = self.workbook(self.measured, with_names=True)
        self.assertTells(workbook, self.measured)
        self.assertNotIn(SECRET_NAMES[0], workbook.text())
        self.assertIn(SECRET_NAMES[1], workbook.text())


@tagged("post_install", "-at_install")
class TestPrivacy(BusyCompany):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        user = cls.user
        cls.manager = user("pso_odoo.group_pso_manager")
        cls.hr = user("pso_odoo.group_pso_hr")
        cls.reader = user("pso_odoo.group_pso_user")
        cls.buyer = user("pso_odoo.group_pso_purchase")
        cls.admin = user("base.group_system", "hr.group_hr_manager")

    def export(self, user, **options):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.measured.with_user(user)._workbook(**options)[1]

    def test_pseudonymous(self):
        """Neither a name nor an id of an employee is in the file, anywhere."""
        workbook = Workbook(self.export(self.manager))
        text = workbook.text()
        for name in (*SECRET_NAMES, *"Zwaantje Quist Xerxes Pym Wubbo Vlek".split()):
            self.assertNotIn(name, text)
        self.assertNotIn("Somebody", text)
        source = Source(self.measured)
        self.assertNotIn("employee_id", source.staff[0]._fields)
        self.assertEqual({person.employee_id for person in source.group}, {None})
        for people in (source.staff, source.group):
            in_file = [person.key for person in people]
            self.assertEqual(in_file, sorted(in_file))
        keys = set(self.measured.person_line_ids.mapped("key"))
        self.assertTrue(keys)
        for key in keys:
            self.assertIn(key, text)
        self.assertEqual(workbook.formulas.properties.creator, self.company.name)

    def test_names(self):
        workbook = Workbook(self.export(self.hr, with_names=True))
        for name in SECRET_NAMES:
            self.assertIn(name, workbook.text())
        named = [s.title for s in workbook.values if self._names(s, SECRET_NAMES[0])]
        self.assertEqual(named, ["Target group"])
        self.assertRecalculates(workbook)

    @staticmethod
    def _names(sheet, name):
        return any(name in row for row in sheet.iter_rows(values_only=True))

    def test_who_may_export(self):
        allowed = {(self.manager, False), (self.hr, True)}
        for user in (self.manager, self.hr, self.reader, self.buyer, self.admin):
            for with_names in (False, True):
                measured = self.measured.with_user(user)
                action = (
                    measured.action_export_xlsx_names
                    if with_names
                    else measured.action_export_xlsx
                )
                with self.subTest(user=user.login, with_names=with_names):
                    if (user, with_names) in allowed:
                        self.assertTrue(self.export(user, with_names=with_names))
                        self.assertEqual(action()["type"], "ir.actions.client")
                        continue
                    with self.assertRaises(AccessError):
                        self.export(user, with_names=with_names)
                    with self.assertRaises(AccessError):
                        action()

    def test_other_company(self):
        stranger = self.user(
            "pso_odoo.group_pso_manager", companies=self.create_company("Elsewhere")
        )
        with self.assertRaises(AccessError):
            self.export(stranger)

    def test_supplier_of_another_company(self):
        """A vendor that the user may not read is still in the file of the scope."""
        other = self.create_company("Sister")
        self.corrupt.company_id = self.company
        manager = self.user(
            "pso_odoo.group_pso_manager", companies=other + self.company
        )
        measured = self.measured.with_user(manager).with_context(
            allowed_company_ids=(self.company + other).ids
        )
        self.assertTrue(measured._workbook()[1])

    def test_no_exchange_rate(self):
        currency = self.env["res.currency"].create({"name": "XQX", "symbol": "q"})
        partner = self.vendor("Far away")
        self.certificate(partner)
        self.figures(partner, currency_id=currency.id)
        self.bill(partner, 10)
        with self.assertRaises(UserError):
            self.measured._workbook()


@tagged("post_install", "-at_install")
class TestDownload(HttpCase):
    """The download checks everything itself: an address is no permission."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls.env.company
        for name in ("manager", "hr", "user"):
            new_test_user(
                cls.env, f"pso-{name}", f"pso_odoo.group_pso_{name}", password=name * 2
            )
        employee = cls.env["hr.employee"].create({"name": SECRET_NAMES[0]})
        employee.version_id.write(
            {"date_version": "2020-01-01", "contract_date_start": "2020-01-01"}
        )
        cls.env["pso.status"].create(
            {
                "employee_id": employee.id,
                "group_id": cls.env.ref("pso_odoo.group_wajong").id,
                "form_id": cls.env.ref("pso_odoo.form_regular").id,
                "date_start": "2020-01-01",
            }
        )
        cls.measured = cls.env["pso.measurement"].create(
            {
                "company_id": company.id,
                "date_start": "2025-01-01",
                "date_end": "2025-12-31",
            }
        )

    def download(self, user, query="", measurement_id=None):
        self.authenticate(f"pso-{user}", user * 2)
        address = f"/pso_odoo/workbook/{measurement_id or self.measured.id}{query}"
        return self.url_open(address)

    def noted(self, user):
        user = self.env["res.users"].search([("login", "=", f"pso-{user}")])
        return noted(self.env, user, "export", "export_names")

    def test_manager(self):
        response = self.download("manager")
        self.assertEqual(response.status_code, 200)
        self.assertIn("PSO_2025_", response.headers["Content-Disposition"])
        self.assertIn("attachment", response.headers["Content-Disposition"])
        self.assertEqual(response.headers["Cache-Control"], "no-store")
        workbook = Workbook(response.content)
        self.assertTrue(workbook.value("total_fte"))
        self.assertNotIn(SECRET_NAMES[0], workbook.text())
        [line] = self.noted("manager")
        self.assertEqual((line["event"], line["record"]), ("export", self.measured.id))
        self.assertNotIn(SECRET_NAMES[0], str(line))

    def test_names(self):
        response = self.download("hr", "?names=1")
        self.assertIn(SECRET_NAMES[0], Workbook(response.content).text())
        [line] = self.noted("hr")
        self.assertEqual(line["event"], "export_names")

    def test_refused(self):
        for user, query in (
            ("manager", "?names=1"),
            ("hr", ""),
            ("user", ""),
            ("user", "?names=1"),
        ):
            with self.subTest(user=user, query=query):
                response = self.download(user, query)
                self.assertEqual(response.status_code, 403)
                self.assertIn("may export", response.text)

    def test_unknown(self):
        missing = self.measured.copy()
        number = missing.id
        missing.unlink()
        self.assertEqual(
            self.download("manager", measurement_id=number).status_code, 404
        )

    def test_nobody(self):
        response = self.url_open(f"/pso_odoo/workbook/{self.measured.id}")
        self.assertIn("/web/login", response.url)

    def test_cannot_be_made(self):
        message = "No exchange rate for that year."
        measurement = type(self.env["pso.measurement"])
        with patch.object(measurement, "_check_rates", side_effect=UserError(message)):
            response = self.download("manager")
        self.assertEqual(response.status_code, 422)
        self.assertIn(message, response.text)
