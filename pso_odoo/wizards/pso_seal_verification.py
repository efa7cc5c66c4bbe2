from markupsafe import Markup

from odoo import fields, models

# As many as one reads; the others are counted.
MOST_SHOWN = 50


class PsoSealVerification(models.TransientModel):
    """What a verification has found, in a dialog. Nothing of it is stored."""

    _name = "pso.seal.verification"
    _description = "Verification of PSO Seals"

    is_intact = fields.Boolean(readonly=True)
    scope = fields.Char(readonly=True)
    digest = fields.Char(readonly=True)
    findings = fields.Html(readonly=True)
    notes = fields.Html(readonly=True)
    limits = fields.Html(readonly=True)

    def _show(self, verification, scope, digest):
        """Return the action that shows a verification.

        :param str scope: what was verified
        :param digest: the one to write down or to compare
        """
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Verification"),
            "res_model": self._name,
            "views": [[False, "form"]],
            "target": "new",
            "context": {
                "default_is_intact": not verification.findings,
                "default_scope": scope,
                "default_digest": digest,
                "default_findings": self._list(verification.findings),
                "default_notes": self._list(verification.notes),
                "default_limits": self._list(verification.limits),
            },
        }

    def _list(self, texts):
        """Write texts as an HTML list, empty for none."""
        if not texts:
            return False
        shown = list(texts[:MOST_SHOWN])
        if len(texts) > MOST_SHOWN:
            shown.append(
                self.env._("… and %(count)s more", count=len(texts) - MOST_SHOWN)
            )
        items = Markup().join(Markup("<li>%s</li>") % text for text in shown)
        return Markup('<ul class="mb-0">%s</ul>') % items
