from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Seal what was locked before there were seals, as it is found now."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    measurements = env["pso.measurement"].search(
        [("state", "=", "locked")], order="locked_on, id"
    )
    measurements.filtered(lambda m: not m.seal_number)._seal("upgrade")
