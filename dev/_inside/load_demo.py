"""Load the addon's demo data, in `odoo shell`.

Odoo installs demo data only where every module below has its own, and the demo
employees and orders of core would blur the company that ours describes.
"""

from odoo.modules import Manifest
from odoo.tools import html2plaintext
from odoo.tools.convert import convert_file

MODULE = "pso_odoo"
# What the people of the demo company work in, and its Dutch vendors are written to in.
LANGUAGE = "nl_NL"


def say_in_dutch(model, numbers):
    """Have core's notes that a record was made in the language of who reads them.

    Core loads files without a language, so that it notes that in English.
    """
    records = env[model].browse(numbers)
    if not hasattr(records, "_creation_message"):
        return
    notes = env["mail.message"].search(
        [("model", "=", model), ("res_id", "in", numbers), ("body", "!=", "")]
    )
    for note in notes:
        record = records.browse(note.res_id)
        if html2plaintext(note.body) == record._creation_message():
            note.body = record.with_context(lang=LANGUAGE)._creation_message()


known = env["ir.model.data"].search([("module", "=", MODULE)])
is_loaded = "demo_measurement_2025" in known.mapped("name")
mode = "update" if is_loaded else "init"  # leave alone what the user has changed
for file in Manifest.for_addon(MODULE)["demo"]:
    convert_file(env, MODULE, file, {}, mode, noupdate=True)
new = env["ir.model.data"].search([("module", "=", MODULE)]) - known
for model, names in new.grouped("model").items():
    say_in_dutch(model, names.mapped("res_id"))
    if model == "res.partner":
        vendors = env[model].browse(names.mapped("res_id"))
        vendors.filtered(lambda each: each.country_code == "NL").lang = LANGUAGE
    if model == "res.users":
        users = env[model].browse(names.mapped("res_id"))
        # Core's robot greets whom it does not know: on a phone, over the whole screen.
        users.filtered(lambda each: not each.odoobot_state).odoobot_state = "disabled"
env.cr.commit()
