"""How large the company of the benchmark is, at size 1 and below."""

from dataclasses import dataclass

YEARS = 4  # of bills up to today


@dataclass(frozen=True)
class Size:
    """Numbers of records, in proportion but for the few that a company has anyway."""

    factor: float

    def part(self, number):
        return max(round(number * self.factor), 1)

    @property
    def employees(self):
        """With two versions each, on average."""
        return self.part(50_000)

    @property
    def statuses(self):
        return self.part(3_000)

    @property
    def vendors(self):
        return self.part(5_000)

    @property
    def certified(self):
        return self.part(300)

    @property
    def bills(self):
        """With four lines each, on average."""
        return self.part(250_000)

    @property
    def orders(self):
        """With three lines each, on average."""
        return self.part(5_000)
