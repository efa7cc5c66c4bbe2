from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Take what was noted, drawn and locked before into the chains, as found now."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    cr.execute("SELECT DISTINCT company_id FROM pso_log ORDER BY 1")
    for (company_id,) in cr.fetchall():
        env["pso.log.link"]._link(cr, company_id, None, kind="found")
    measurements = env["pso.measurement"].search(
        [("state", "=", "locked")], order="locked_on, id"
    )
    for measurement in measurements:
        last = env["pso.seal"]._last_of(measurement)
        if last and "words" not in last["manifest"]:
            measurement._seal("upgrade")
    samples = env["pso.sample"].search([("state", "!=", "draft")], order="drawn_on, id")
    for sample in samples:
        if not env["pso.seal"]._last_of_sample(sample):
            sample._seal("review")
