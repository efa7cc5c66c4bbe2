from odoo import models
from odoo.tools import format_date


class PsoCertificate(models.Model):
    """Told as the register tells it: level and both days."""

    _inherit = "pso.certificate"

    def _told(self):
        """Say what is certified, from when and until when."""
        words = [self._title()]
        if self.date_start:
            words.append(format_date(self.env, self.date_start))
        end = self.date_end and format_date(self.env, self.date_end)
        return " – ".join(filter(None, [" ".join(filter(None, words)), end]))
