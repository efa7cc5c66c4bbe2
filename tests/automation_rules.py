"""Automation rules of Odoo's own addon, by an administrator without the target group.

Run by ``test_lifecycle.py`` in a shell of Odoo, on a database that has both addons.
"""

from odoo import Command
from odoo.exceptions import AccessError

HIDDEN = "[('pso_status_ids', '!=', False)]"
MADE_UP = "[('pso_status' + '_ids', '!=', False)]"
NESTED = f"[('department_id', 'any', [('member_ids', 'any', {HIDDEN})])]"
GOOD = "['|', ('user_id', '=', uid), ('child_ids', 'any', [('name', '!=', False)])]"

group = env.ref("base.group_system") | env.ref("hr.group_hr_manager")  # noqa: F821
admin = env["res.users"].create(  # noqa: F821
    {"name": "Admin", "login": "rules", "group_ids": [Command.set(group.ids)]}
)
env = env(user=admin)  # noqa: F821
models, fields = env["ir.model"], env["ir.model.fields"]
statuses = fields.sudo()._get("hr.employee", "pso_status_ids").ids
counts = fields.sudo()._get("hr.version", "pso_counts").ids


def rule(model, trigger="on_time_created", path="barcode", **vals):
    number = models._get_id(model)
    action = {"name": "Tell", "model_id": number, "state": "object_write"}
    action |= {"update_path": path, "value": "X", "usage": "base_automation"}
    if path:
        vals["action_server_ids"] = [Command.create(action)]
    return env["base.automation"].create(
        {"name": "Tell", "model_id": number, "trigger": trigger, **vals}
    )


good = rule("res.partner", "on_create_or_write", "ref", filter_domain=GOOD)
plain = rule("hr.employee", filter_domain="[('name', '=', 'x')]")
actions = plain.action_server_ids
ATTEMPTS = {
    **{
        f"{model}, {trigger}": lambda m=model, t=trigger: rule(m, t, path=None)
        for model in ("pso.status", "mail.activity", "ir.attachment", "mail.mail")
        for trigger in ("on_create_or_write", "on_time_created", "on_unlink")
    },
    **{
        f"{trigger}, {words}": lambda t=trigger, w=words: rule(
            "hr.employee", t, filter_domain=w
        )
        for words in (HIDDEN, MADE_UP, NESTED, "[('version_id.pso_counts', '=', 1)]")
        for trigger in ("on_create_or_write", "on_time_created")
    },
    "what is watched": lambda: rule(
        "hr.employee", "on_create_or_write", trigger_field_ids=[Command.set(statuses)]
    ),
    "a filter put later": lambda: plain.write({"filter_domain": HIDDEN}),
    "a model put later": lambda: plain.write({"model_name": "pso.status"}),
    "a path": lambda: rule("hr.employee", path="pso_status_ids.evidence_state"),
    "a path put later": lambda: actions.write({"update_path": "version_id.pso_counts"}),
    "what is sent": lambda: actions.write(
        {
            "state": "webhook",
            "webhook_url": "http://localhost",
            "webhook_field_ids": [Command.set(statuses + counts)],
        }
    ),
    "a job": lambda: env["ir.cron"].create(
        {"name": "Tell", "model_id": models._get_id("pso.status"), "state": "code"}
    ),
}
told = []
for name, attempt in ATTEMPTS.items():
    try:
        with env.cr.savepoint():
            attempt()
        told.append(name)
    except AccessError:
        pass
rows = [["x", str(models._get_id("hr.employee")), "on_time_created", HIDDEN]]
columns = ["name", "model_id/.id", "trigger", "filter_domain"]
if env["base.automation"].load(columns, rows)["ids"]:
    told.append("a list that is loaded")
assert good.copy() and not told, told
