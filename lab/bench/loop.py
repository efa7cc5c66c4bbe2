"""The same figures as a program would get them that knows the ORM alone.

Honest: records are fetched in bulk and prefetched, every rule of the addon that the
data can meet is there, and nothing is computed twice. Statuses are read with the
inflow that the model computes.
"""

from collections import defaultdict
from datetime import date, timedelta

from odoo.addons.pso_odoo.tools.anniversary import last_day_of_months

DAY = timedelta(days=1)
BILLS = ("in_invoice", "in_refund", "in_receipt")


def figures(env, measurement):
    """Total, direct and indirect fte of a measurement, without its corrections."""
    total, direct = people(env, measurement)
    return {
        "total_fte": total,
        "direct_fte": direct,
        "indirect_fte": purchases(env, measurement),
    }


def _overlap(start, end, other_start, other_end):
    """The number of days that two periods share; None is no end."""
    end = min(filter(None, (end, other_end)), default=date.max)
    return max((end - max(start, other_start)).days + 1, 0)


def people(env, measurement):
    employees = (
        env["hr.employee"]
        .with_context(active_test=False)
        .search([("company_id", "in", measurement.company_ids.ids)])
    )
    versions = defaultdict(env["hr.version"].browse)
    found = env["hr.version"].search(
        [("employee_id", "in", employees.ids)], order="date_version"
    )
    # A union of records forgets with whom they were found: read for all at once.
    found.fetch(["pso_counts", "pso_hours_override", "pso_hours_custom"])
    for version in found:
        versions[version.employee_id] |= version
    statuses = defaultdict(list)
    for status in env["pso.status"].search([], order="date_start"):
        statuses[status.employee_id].append(status)
    group_rules = {r.group_id: r for r in measurement.edition_id.group_rule_ids}
    form_rules = {r.form_id: r for r in measurement.edition_id.form_rule_ids}
    days = (measurement.date_end - measurement.date_start).days + 1
    total = direct = 0
    for employee in employees:
        counting = list(_counting(statuses[employee], group_rules, form_rules))
        for fte, first, last, is_employed in _employment(employee, versions[employee]):
            first, last = (
                max(first, measurement.date_start),
                min(last or date.max, measurement.date_end),
            )
            total += fte * max((last - first).days + 1, 0)
            for (
                weight,
                is_in_total,
                start,
                end,
                start_counting,
                end_counting,
            ) in counting:
                counted = 0
                if start_counting and is_employed:
                    counted = _overlap(first, last, start_counting, end_counting)
                direct += fte * weight * counted
                if not is_in_total:
                    total -= fte * _overlap(first, last, start, end)
    return total / days, direct / days


def _employment(employee, versions):
    """The stretches of employment: ``(fte, first day, last day, is employed)``."""
    company = employee.company_id
    has_contract = any(version.contract_date_start for version in versions)
    following = [*versions[1:].mapped("date_version"), None]
    for number, (version, after) in enumerate(zip(versions, following, strict=True)):
        if has_contract and not version.contract_date_start:
            continue
        first, last = version.date_version, employee.departure_date
        if has_contract:
            last = min(filter(None, (version.contract_date_end, last)), default=None)
            first = max(first, version.contract_date_start)
            if number == 0:
                first = version.contract_date_start
        last = min(filter(None, (last, after and after - DAY)), default=None)
        if last and last < first or not version.pso_counts:
            continue
        fte = min(version.pso_hours / company.pso_fulltime_hours, 1)
        is_employed = has_contract or company.pso_count_without_contract
        yield fte, first, last, is_employed


def _counting(statuses, group_rules, form_rules):
    """For each status its weight and when it lasts and counts."""
    run_start = previous = None
    for status in statuses:
        continues = (
            previous
            and previous.form_id == status.form_id
            and previous.date_end
            and previous.date_end + DAY == status.date_start
        )
        run_start = run_start if continues else status.date_start
        previous = status
        group, form = group_rules.get(status.group_id), form_rules.get(status.form_id)
        begin = status.date_inflow
        if group and group.counting_from == "event":
            begin = status.date_event
        ends = [status.date_end]
        if begin and group and group.counting_months:
            ends.append(last_day_of_months(begin, group.counting_months))
        if form and form.max_months:
            ends.append(last_day_of_months(run_start, form.max_months))
        yield (
            group.weight * form.weight if group and form else 0,
            form.is_in_total if form else True,
            status.date_start,
            status.date_end,
            begin and max(begin, status.date_start),
            min(filter(None, ends), default=None),
        )


def purchases(env, measurement):
    certificates = defaultdict(list)
    for certificate in env["pso.certificate"].search([]):
        certificates[certificate.partner_id].append(certificate)
    bought = defaultdict(float)
    bills = env["account.move"].search(
        [
            ("move_type", "in", BILLS),
            ("state", "=", "posted"),
            ("company_id", "in", measurement.company_ids.ids),
            ("invoice_date", ">=", measurement.date_start),
            ("invoice_date", "<=", measurement.date_end),
            ("commercial_partner_id", "in", [p.id for p in certificates]),
        ]
    )
    for bill in bills:
        partner = bill.commercial_partner_id
        day = bill.reversed_entry_id.invoice_date or bill.invoice_date
        if any(_covers(certificate, day) for certificate in certificates[partner]):
            excluded = sum(
                line.balance for line in bill.invoice_line_ids if line.pso_excluded
            )
            bought[partner, bill.invoice_date.year] -= (
                bill.amount_untaxed_signed + excluded
            )
    return sum(
        _fte_of(env, measurement, partner, year, max(amount, 0))
        for (partner, year), amount in bought.items()
    )


def _covers(certificate, day):
    return (
        certificate.level_id.code != "aspirant"
        and certificate.date_start <= day
        and (not certificate.date_end or day <= certificate.date_end)
    )


def _fte_of(env, measurement, partner, year, amount):
    figure = env["pso.supplier.figure"].search(
        [("partner_id", "=", partner.id), ("year", "<=", year)],
        order="year desc",
        limit=1,
    )
    if not figure:
        return 0
    turnover = figure.currency_id._convert(
        figure.turnover,
        measurement.company_id.currency_id,
        measurement.company_id,
        date(figure.year, 12, 31),
        round=False,
    )
    share = figure.direct_percentage / 100
    return min(amount / turnover, 1) * figure.fte * share
