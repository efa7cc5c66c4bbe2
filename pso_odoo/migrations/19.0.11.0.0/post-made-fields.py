"""What administrators made before tells nothing of persons that is kept in a column.

Fields made by hand that lead to messages, activities or files of others, or to what the
PSO Target Group alone may read, were worked out by the nightly job too, and kept. Their
values follow from others, so that they are no longer kept: each is worked out for who
reads it, as far as he may. Automation rules that go such a way are put out of use.
"""

import logging

from odoo import SUPERUSER_ID, api
from odoo.exceptions import AccessError

_logger = logging.getLogger(__name__)


def migrate(cr, version):
    if not version:
        return
    env = api.Environment(cr, SUPERUSER_ID, {})
    for field in _kept_of_persons(env):
        _logger.warning(
            "The field %s of %s, made by hand, leads to persons: it is no longer "
            "stored, and shows to each what he may read. Grouping by it may no longer "
            "be possible.",
            field.name,
            field.model,
        )
        # Past the ORM, which refuses to change that of a field that is there.
        cr.execute("UPDATE ir_model_fields SET store = FALSE WHERE id = %s", [field.id])
        table, column = env[field.model]._table, field.name
        cr.execute(f'ALTER TABLE "{table}" DROP COLUMN IF EXISTS "{column}"')
        env.registry.clear_all_caches()
        env.registry._setup_models__(cr, [field.model])
    for rule in _rules_of_persons(env):
        _logger.warning(
            "The automation rule %s (%s) follows a path to persons, as its nightly job "
            "would for its maker: it is archived. Somebody of the PSO Target Group may "
            "look at it and use it again.",
            rule.id,
            rule.name,
        )
        cr.execute("UPDATE base_automation SET active = FALSE WHERE id = %s", [rule.id])


def _kept_of_persons(env):
    """Yield the stored fields made by hand that are derived along such a path."""
    made = [("state", "=", "manual"), ("store", "=", True)]
    for field in env["ir.model.fields"].search(made):
        paths = [field.related, *(field.depends or "").split(",")]
        if any(path and _leads(env, field.model, path.strip()) for path in paths):
            yield field


def _rules_of_persons(env):
    if "base.automation" not in env:
        return
    for rule in env["base.automation"].search([]):
        try:
            env["pso.carrier"]._check_followed(rule, always=True)
        except AccessError:
            yield rule


def _leads(env, model, path):
    try:
        env["pso.carrier"]._check_not_carried(model, path, always=True)
    except AccessError:
        return True
    return False
