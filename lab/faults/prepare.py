"""Prepare the copy of the benchmark's company: who does what, and what it is done to.

Run where Odoo is, by ``lab.bench.inside``.
"""

from datetime import date

from odoo.fields import Command

from lab.bench.inside import environment

# Groups of each user, beside what their groups imply.
USERS = {
    "first": ("group_pso_manager", "group_pso_purchase", "group_pso_hr"),
    "second": ("group_pso_manager", "group_pso_purchase", "group_pso_hr"),
    "officer": ("group_pso_hr",),
}
LOOKED_AT = 60  # employees in a file to import
PAST = 400  # statuses past their retention period
LONG_AGO = 2005
ASKED = 100  # vendors whose mail waits for the job


def main(database, password):
    """:return: ids and names of what the operations are done to"""
    with environment(database) as env:
        users(env, password)
        last, before = env["pso.measurement"].search([], order="date_end desc", limit=2)
        answer = {
            "last": last.id,
            "before": before.id,
            "company": env.company.id,
            "rows": rows(env),
            "free": free(env, LOOKED_AT).ids,
            "group": env.ref("pso_odoo.group_wajong").id,
            "form": env.ref("pso_odoo.form_regular").id,
            "cron": env.ref("pso_odoo.cron_anonymise").id,
            "mailing": env.ref("pso_odoo.cron_request").id,
        }
        past(env)
        asked(env)
        env.cr.commit()
    return answer


def users(env, password):
    for login, groups in USERS.items():
        groups = [env.ref(f"pso_odoo.{name}").id for name in groups]
        groups.append(env.ref("base.group_user").id)
        env["res.users"].create(
            {
                "name": login,
                "login": login,
                "password": password,
                "group_ids": [Command.set(groups)],
            }
        )
    env.ref("base.user_admin").password = password


def free(env, count):
    """Employees without a status, who work here all the years measured."""
    year = date.today().year
    domain = [
        ("pso_status_ids", "=", False),
        ("company_id", "=", env.company.id),
        ("contract_date_start", "<", f"{year - 2}-01-01"),
        ("contract_date_end", "=", False),
    ]
    return env["hr.employee"].search(domain, order="id", limit=count)


def rows(env):
    """A file of statuses to import, as rows of a table."""
    lines = [["employee_id/.id", "group", "form", "start date", "end date"]]
    for employee in free(env, LOOKED_AT * 2)[LOOKED_AT:]:
        lines.append([str(employee.id), "wajong", "regular", "2024-02-01", ""])
        lines.append(
            [str(employee.id), "wajong", "regular", "2022-03-01", "2023-12-31"]
        )
    return "\n".join(map(",".join, lines))


def past(env):
    """Statuses that ended long ago, with proof, and a lock whose names may go."""
    employees = free(env, LOOKED_AT * 2 + PAST // 4)[LOOKED_AT * 2 :]
    env["pso.status"].create(
        [
            {
                "employee_id": employee.id,
                "group_id": env.ref("pso_odoo.group_wajong").id,
                "form_id": env.ref("pso_odoo.form_regular").id,
                "date_start": f"{LONG_AGO + year}-01-01",
                "date_end": f"{LONG_AGO + year}-12-31",
                "attachment_ids": [
                    Command.create({"name": "proof.txt", "raw": b"proof"})
                ],
            }
            for employee in employees
            for year in range(4)
        ]
    )
    year = date.today().year - 6
    old = env["pso.measurement"].create(
        {"date_start": f"{year}-01-01", "date_end": f"{year}-12-31"}
    )
    old.action_lock()


def asked(env):
    """A campaign whose mails somebody has released, and the job has still to send."""
    env.user.partner_id.email = "responsible@example.com"
    vendors = env["res.partner"].create(
        [
            {
                "name": f"Asked {number}",
                "is_company": True,
                "email": f"asked{number}@example.com",
            }
            for number in range(ASKED)
        ]
    )
    requests = [Command.create({"partner_id": vendor.id}) for vendor in vendors]
    campaign = env["pso.campaign"].create(
        {"name": "Ask them", "user_id": env.user.id, "request_ids": requests}
    )
    campaign.sudo()._start()
    campaign.request_ids.sudo().is_queued = True
