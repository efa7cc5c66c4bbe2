from odoo import fields, models

from .origin import BY_HAND, OF_CERTIFICATE


class PsoCertificate(models.Model):
    """Where what is known of a certificate comes from."""

    _inherit = "pso.certificate"

    origin = fields.Selection(
        OF_CERTIFICATE,
        required=True,
        default=BY_HAND,
        copy=False,
        help="Where level and dates come from. Who changes them by hand changes this "
        "with them.",
    )

    def write(self, vals):
        """Take a change that does not say where it comes from for one by hand."""
        if "origin" in vals or self._evidence_of.isdisjoint(vals):
            return super().write(vals)
        changed = self.filtered(lambda c: c._is_changed_by(vals))
        result = super().write(vals)
        if others := changed.filtered(lambda c: c.origin != BY_HAND):
            super(PsoCertificate, others).write({"origin": BY_HAND})
        return result

    def _is_changed_by(self, vals):
        """Return whether one of the facts becomes another by these values."""
        return any(
            self._fields[name].convert_to_cache(vals[name], self)
            != self._fields[name].convert_to_cache(self[name], self)
            for name in self._evidence_of.intersection(vals)
        )
