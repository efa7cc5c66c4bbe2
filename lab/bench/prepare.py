"""The company of the benchmark before it has employees and bills: by the ORM."""

from odoo.fields import Command

from .inside import environment

HOURS = {40: 8, 36: 7.2, 32: 6.4, 24: 4.8, 20: 4, 16: 3.2}
DEPARTMENTS = LOCATIONS = 24
DIVISIONS = 4
JOBS = PRODUCTS = 40


def main(database):
    with environment(database) as env:
        prepare(env)
        env.cr.commit()


def prepare(env):
    """A chart of accounts, calendars, departments, locations, jobs and products."""
    company = env.company
    company.write({"name": "Benchmark B.V.", "country_id": env.ref("base.nl").id})
    env["account.chart.template"].try_loading("nl", company, install_demo=False)
    _calendars(env)
    _organisation(env)
    _products(env)
    _users(env)


def _calendars(env):
    for hours, a_day in HOURS.items():
        env["resource.calendar"].create(
            {
                "name": f"Bench {hours}",
                "attendance_ids": [
                    Command.create(
                        {
                            "name": str(day),
                            "dayofweek": str(day),
                            "hour_from": 8,
                            "hour_to": 8 + a_day,
                            "day_period": "morning",
                        }
                    )
                    for day in range(5)
                ],
            }
        )


def _organisation(env):
    divisions = env["hr.department"].create(
        [{"name": f"Division {n}"} for n in range(1, DIVISIONS + 1)]
    )
    env["hr.department"].create(
        [
            {"name": f"Department {n}", "parent_id": divisions[n % DIVISIONS].id}
            for n in range(1, DEPARTMENTS - DIVISIONS + 1)
        ]
    )
    env["hr.work.location"].create(
        [
            {"name": f"Location {n}", "address_id": env.company.partner_id.id}
            for n in range(1, LOCATIONS + 1)
        ]
    )
    env["hr.job"].create([{"name": f"Job {n}"} for n in range(1, JOBS + 1)])


def _products(env):
    env["product.product"].create(
        [
            {
                "name": f"Product {n}",
                "default_code": f"BENCH{n:02d}",
                "type": "service" if n % 2 else "consu",
                "purchase_method": "purchase",
            }
            for n in range(1, PRODUCTS + 1)
        ]
    )


def _users(env):
    """A buyer, an accountant and an HR officer in one, who writes what is timed."""
    groups = [
        "base.group_user",
        "purchase.group_purchase_manager",
        "account.group_account_manager",
        "hr.group_hr_manager",
    ]
    env["res.users"].create(
        {
            "name": "Bench",
            "login": "bench",
            "group_ids": [Command.set([env.ref(group).id for group in groups])],
        }
    )
