"""Records with whose names locked measurements are shown: each notes a change."""

from odoo import models

from .pso_locked_words import WORDS

for _name in WORDS:
    type(
        "PsoShown",
        (models.Model,),
        {
            "__doc__": "A record whose name locked measurements show.",
            "__module__": __name__,
            "_name": _name,
            "_inherit": [_name, "pso.shown.mixin"],
        },
    )


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _called_alike(self):
        """Return the contacts under these, and the companies, that bear their names."""
        contacts = self.sudo().with_context(active_test=False)
        companies = contacts.env["res.company"]
        return [
            contacts.search([("id", "child_of", self.ids)]),
            companies.search([("partner_id", "in", self.ids)]),
        ]
