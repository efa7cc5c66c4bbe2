"""Upgrade a database to this version, and work in it: ``new.py ADDONS DATABASE``

Run by tests/test_upgrade.py. It upgrades twice: the second time nothing may change.
"""

import sys

import inside
import photo


def look(registry):
    with inside.environment(registry) as env:
        return {
            "figures": inside.figures(env),
            "photo": photo.take(env.cr),
            "schema": photo.schema(env.cr),
            **seals(env),
        }


def seals(env):
    """The chain of seals: what it is of, and what its verification found."""
    companies = env["res.company"].search([])
    found = [env["pso.seal"]._verify(company.id) for company in companies]
    return {
        "seals": env["pso.seal"].search_read([], ["record", "event"], order="number"),
        "findings": [line for each in found for line in each.findings],
        "notes": [line for each in found for line in each.notes],
    }


def work(env):
    """Whatever is done with a measurement, with each; locked ones are locked anew."""
    done = []
    for measurement in env["pso.measurement"].search([], order="id"):
        content = measurement._workbook()[1]
        page = env["pso.dashboard"].retrieve(f"measurement-{measurement.id}")
        done += [len(content) > 0, bool(page)]
        if measurement.state == "locked":
            measurement.action_unlock()
            measurement.action_lock()
    return done


def main():
    addons, database = sys.argv[1:]
    inside.start(addons)
    looks = []
    for _turn in ("upgrade", "over itself"):
        registry = inside.load(database, upgrade_modules=[inside.MODULE])
        looks.append(look(registry))
    with inside.environment(registry) as env:
        done = work(env(user=env.ref("pso_odoo.demo_user_pso").id))
    looks.append(look(registry))
    inside.answer(looks=looks, done=done)


if __name__ == "__main__":
    main()
