"""Print the PSO score of the demo company and write its workbook, in `odoo shell`."""

import os
from pathlib import Path

LOGIN = "pso"  # the PSO coordinator, who may export


def percent(value):
    return "unknown" if value is None else f"{value:.2f} %"


def fte(value):
    return f"{value:.2f} fte"


def levels(measurement):
    """The level reached, the next one, and what is missing."""
    yield "  proven", percent(measurement.proven_total_percentage), ""
    yield "Level", "", measurement.level_id.name or "none"
    if measurement.next_level_id:
        gap = percent(measurement.gap_percentage), fte(measurement.gap_fte)
        yield f"To {measurement.next_level_id.name}", *gap


def rows(measurement):
    """Every line of the table: what, the percentage, and the remark."""
    m = measurement
    yield "Total fte", "", fte(m.total_fte)
    yield "Direct", percent(m.direct_percentage), fte(m.direct_fte)
    yield "Indirect", percent(m.indirect_percentage), fte(m.indirect_fte)
    yield "  counted", percent(m.indirect_counted_percentage), ""
    yield "Total", percent(m.total_percentage), ""
    yield from levels(m)
    for level, percentage in m._norms_at_size():
        yield f"Norm {level.name}", percent(percentage), ""
    for check in m.check_ids.filtered("shown_count"):
        yield f"Check ({check.severity})", check.found, check.name


def write_workbook(measurement):
    name, content = measurement._workbook()
    path = Path(os.environ["PSO_OUTPUT"], name)
    path.write_bytes(content)
    return os.path.relpath(path)


user = env["res.users"].search([("login", "=", LOGIN)])
measurement = (
    env.ref("pso_odoo.demo_measurement_2025")
    .with_user(user)
    .with_context(lang=os.environ["PSO_LANGUAGE"])
)
company = measurement.company_id.name
print(f"{company}, {measurement.date_start} to {measurement.date_end}")
print(f"Edition {measurement.edition_id.name}")
print()
for label, figure, remark in rows(measurement):
    print(f"  {label:<22}{figure:>10}  {remark}".rstrip())
print()
print(f"Workbook: {write_workbook(measurement)}")
