"""Prepare the copy of the database: somebody to log in as, and where Odoo is."""

from .inside import environment

LOGIN = "bench_pso"


def main(database, password, url):
    """:return: what the pages are called for, as ids"""
    with environment(database) as env:
        user = env["res.users"].search([("login", "=", LOGIN)])
        user.password = password
        parameters = env["ir.config_parameter"]
        parameters.set_param("web.base.url", url)
        parameters.set_param("report.url", url)
        measurement = env["pso.measurement"].search([("state", "=", "live")], limit=1)
        answer = {
            "login": LOGIN,
            "measurement": measurement.id,
            "edition": measurement.edition_id.id,
            "employee": env["hr.employee"]
            .search([("pso_status_ids", "=", False)], limit=1)
            .id,
            "group": env["pso.target.group"].search([], limit=1).id,
            "form": env["pso.contract.form"].search([], limit=1).id,
            "certificate": env["pso.certificate"].search([], limit=1).id,
            "menu": env.ref("pso_odoo.menu_root").id,
        }
        env.cr.commit()
    return answer
