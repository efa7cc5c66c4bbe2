"""Install an earlier version of the addon, and work with it: ``old.py ADDONS DATABASE``

Run by tests/test_upgrade.py. Everything is made by the code of that version.
"""

import base64
import sys

import inside
import photo

from odoo.fields import Command
from odoo.modules import Manifest
from odoo.tools.convert import convert_file

LEAVER_CAME = "2025-02-01"


def demo(env):
    """The demo company, as dev/_inside/load_demo.py loads it."""
    for file in Manifest.for_addon(inside.MODULE)["demo"]:
        convert_file(env, inside.MODULE, file, {}, "init", noupdate=True)


def ref(env, name):
    return env.ref(f"{inside.MODULE}.{name}")


def proof(env, name):
    content = base64.b64encode(f"proof: {name}".encode())
    values = {"name": f"{name}.txt", "datas": content}
    return {"attachment_ids": [Command.create(values)]}


def people(env):
    """Statuses of every state of proof, hours of their own, and who left."""
    company = ref(env, "demo_company")
    employees = env["hr.employee"].create(
        [
            {
                "name": f"Upgrade {number}",
                "company_id": company.id,
                "date_version": start,
                "contract_date_start": start,
            }
            for number, start in enumerate(["2024-01-01"] * 4 + [LEAVER_CAME])
        ]
    )
    groups = ("wajong", "pw", "ww", "wia", "bbl_bol_2")
    statuses = env["pso.status"].create(
        [
            {
                "employee_id": employee.id,
                "group_id": ref(env, f"group_{groups[number]}").id,
                "form_id": ref(env, "form_regular").id,
                "date_start": LEAVER_CAME if number == 4 else "2024-03-01",
                "date_end": "2026-02-28" if number % 2 else False,
                "date_inflow_manual": "2024-02-01" if number == 2 else False,
                "date_event": "2024-01-15",
                "is_zero_hours": number == 4,
                **(proof(env, f"status-{number}") if number < 3 else {}),
            }
            for number, employee in enumerate(employees)
        ]
    )
    statuses[0].action_verify()
    statuses[1].evidence_state = "received"
    versions = employees.version_id
    versions[0].write({"pso_hours_override": True, "pso_hours_custom": 30})
    versions[1].pso_counts = False
    employees[3].create_version({"date_version": "2025-07-01"})
    employees[2].active = False
    return employees


def purchases(env):
    """A vendor with certificates, files, figures, and an order with a line left out."""
    company = ref(env, "demo_company")
    vendor = env["res.partner"].create({"name": "Upgrade Vendor", "is_company": True})
    certificates = env["pso.certificate"].create(
        [
            {
                "partner_id": vendor.id,
                "level_id": ref(env, "level_step2").id,
                "number": f"UP-{year}",
                "date_start": f"{year}-01-01",
                "date_end": f"{year}-12-31",
                **proof(env, f"certificate-{year}"),
            }
            for year in (2024, 2025)
        ]
    )
    certificates[1].action_verify()
    env["pso.supplier.figure"].create(
        {
            "partner_id": vendor.id,
            "year": 2025,
            "turnover": 500000,
            "fte": 12.5,
            "direct_percentage": 40,
            "currency_id": company.currency_id.id,
            "source": "Annual report",
        }
    )
    order = env["purchase.order"].search([("company_id", "=", company.id)], limit=1)
    line = order.order_line.filtered("product_id")[:1]
    line.write({"pso_excluded": True, "pso_excluded_reason": "other"})
    line.product_id.product_tmpl_id.pso_excluded = True
    return vendor


def rule_book(env):
    """What the users of the rule book have written in it."""
    edition = ref(env, "edition_2_1").copy({"code": "own", "name": "Own Edition"})
    norm = edition.norm_ids[:1]
    norm.write({"percentage": norm.percentage + 0.5, "source": "Our own"})
    edition.group_rule_ids[:1].unlink()
    ref(env, "edition_2_1").norm_ids[:1].source = "Read in the rule book"
    return edition


def measurements(env, vendor, edition):
    """One that is locked, one that was, and one under an edition of their own.

    :return: the last of them, in which nobody is deleted afterwards
    """
    company = ref(env, "demo_company")
    company.write({"pso_fulltime_hours": 38, "pso_count_without_contract": True})
    locked = ref(env, "demo_measurement_2025")
    corrections = [
        {"kind": "total_fte", "amount": 1.5},
        {"kind": "direct_fte", "amount": 0.25},
        {
            "kind": "purchases",
            "amount": 12000,
            "partner_id": vendor.id,
            "date": "2025-05-01",
        },
    ]
    for vals in corrections:
        text = {"reason": f"By hand: {vals['kind']}", "source": "Ledger"}
        env["pso.correction"].create({"measurement_id": locked.id, **text, **vals})
    locked.note = "<p>What the auditor should know.</p>"
    was_locked, own = env["pso.measurement"].create(
        [
            {"company_id": company.id, "date_start": start, "date_end": end, **values}
            for start, end, values in (
                ("2024-07-01", "2025-06-30", {"payroll_fte": 47}),
                ("2024-01-01", "2024-12-31", {"edition_id": edition.id}),
            )
        ]
    )
    was_locked.action_lock()
    was_locked.action_unlock()
    own.name = "By Our Own Book"
    (locked | own).action_lock()
    return own


def climb(env, vendor):
    """A scenario and an approved plan, of versions that have them."""
    if "pso.plan" not in env:
        return
    locked = ref(env, "demo_measurement_2025")
    changes = [
        {
            "kind": "hire",
            "people": 2,
            "hours": 24,
            "group_id": ref(env, "group_pw").id,
            "form_id": ref(env, "form_regular").id,
        },
        {"kind": "spend", "partner_id": vendor.id, "amount": 18000},
    ]
    env["pso.scenario"].create(
        {
            "name": "Upgrade Scenario",
            "company_id": locked.company_id.id,
            "measurement_id": locked.id,
            "line_ids": [Command.create(each) for each in changes],
        }
    )
    plan = env["pso.plan"].create(
        {
            "name": "Upgrade Plan",
            "company_id": locked.company_id.id,
            "target_level_id": ref(env, "level_step3").id,
            "date_deadline": "2099-12-31",
        }
    )
    action = {"name": "Hire", "kind": "hires", "target_value": 2}
    env["pso.plan.action"].create({**action, "plan_id": plan.id})
    plan.state = "approved"


def leaves(env, employee):
    """Somebody who stands in locked lines is deleted, as far as that version can."""
    env["pso.status"].search([("employee_id", "=", employee.id)]).unlink()
    employee.unlink()


def main():
    addons, database = sys.argv[1:]
    inside.start(addons)
    registry = inside.load(database, install_modules=[inside.MODULE])
    with inside.environment(registry) as env:
        demo(env)
        env = env(context={"allowed_company_ids": ref(env, "demo_company").ids})
        employees = people(env)
        vendor = purchases(env)
        whole = measurements(env, vendor, rule_book(env)).id
        climb(env, vendor)
        leaves(env, employees[4])
    with inside.environment(registry) as env:
        inside.answer(
            figures=inside.figures(env), photo=photo.take(env.cr), whole=whole
        )


if __name__ == "__main__":
    main()
