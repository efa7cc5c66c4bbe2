from odoo import SUPERUSER_ID, api
from odoo.tools import SQL


def migrate(cr, version):
    """Take away the external ids of records about persons; the records stay."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    personal = [name for name, model in env.items() if model._is_personal]
    cr.execute(SQL("DELETE FROM ir_model_data WHERE model = ANY(%s)", personal))
    env.registry.clear_cache()
