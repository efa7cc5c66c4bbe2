"""Load the addon's demo data, in `odoo shell`.

Odoo installs demo data only where every module below has its own, and the demo
employees and orders of core would blur the company that ours describes.
"""

from odoo.modules import Manifest
from odoo.tools.convert import convert_file

MODULE = "pso_odoo"

is_loaded = env["ir.model.data"].search_count(
    [("module", "=", MODULE), ("name", "=", "demo_measurement_2025")]
)
mode = "update" if is_loaded else "init"  # leave alone what the user has changed
for file in Manifest.for_addon(MODULE)["demo"]:
    convert_file(env, MODULE, file, {}, mode, noupdate=True)
env.cr.commit()
