"""The sheets that are words rather than figures: quality, and the checks."""

from odoo.tools import LazyTranslate

from .sheet import Sheet
from .table import Column

_lt = LazyTranslate(__name__)


class QualitySheet(Sheet):
    """The four criteria of quality (section 5)."""

    LABEL = _lt("Quality")
    ABOUT = _lt("The four criteria, and what the company says of them.")

    def fill(self):
        self._criteria = self.source.words("pso.quality.answer", "criterion")
        self._answers = self.source.words("pso.quality.answer", "answer")
        self.write_title(self._columns())
        table = self.open_table(self._columns())
        table.add(map(self._row, self.measurement.quality_ids))
        self._write_talks()

    def _columns(self):
        return [
            Column("criterion", self.env._("Criterion"), "label", 32),
            Column("answer", self.env._("Answer"), width=20),
            Column("explanation", self.env._("Explanation"), "wrap", 100),
        ]

    def _row(self, quality):
        return {
            "criterion": self._criteria[quality.criterion],
            "answer": self._answers[quality.answer],
            "explanation": quality.explanation,
            "styles": {} if quality.answer == "met" else {"answer": "mark"},
        }

    def _write_talks(self):
        page = self.page
        page.next()
        page.label_line(self.env._("Files that must show talks"))
        share = self.measurement.edition_id.quality_min_share
        page.put(1, share, "cell", "share", "left")
        how = self.env._(
            "At re-certification: the share of sampled files with appraisal and "
            "development talks."
        )
        page.put(2, how, "how")


class CheckSheet(Sheet):
    """What weakens the measurement, the worst first."""

    LABEL = _lt("Checks")
    ABOUT = _lt("What an auditor would ask about, errors first.")

    def fill(self):
        self._severities = self.source.words("pso.check.type", "severity")
        self.write_title(self._columns())
        table = self.open_table(self._columns())
        table.add(map(self._row, self._checks()))

    def _columns(self):
        ok, is_open = self.quote(self.env._("OK")), self.quote(self.env._("Open"))
        result = f"IF({{count}}=0,{ok},{is_open})"
        return [
            Column("severity", self.env._("Severity"), width=18),
            Column("check", self.env._("Check"), "wrap", 44),
            Column("count", self.env._("Count"), "integer", 10),
            Column("result", self.env._("Result"), "center", 12, result),
            Column("explanation", self.env._("Explanation"), "wrap", 100),
        ]

    def _checks(self):
        worst_first = list(self._severities)
        # All at once: each look at the checks derives them anew.
        # Their numbers are those of the lines, which this workbook has.
        checks = self.env["pso.check"].sudo()
        own = [("measurement_id", "=", self.measurement.id)]
        return checks.search_fetch(own, ["type_id", "sequence", "count"]).sorted(
            lambda check: (worst_first.index(check.severity), check.sequence)
        )

    def _row(self, check):
        is_open = check.count > 0
        return {
            "severity": self._severities[check.severity],
            "check": check.name,
            "count": check.count,
            "result": self.env._("Open") if is_open else self.env._("OK"),
            "explanation": check.explanation,
            "tone": () if is_open else ("muted",),
            "styles": {"result": "amber_center"} if is_open else {},
        }
