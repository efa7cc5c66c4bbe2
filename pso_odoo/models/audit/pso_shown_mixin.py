from odoo import models

from .pso_locked_words import FOLLOWS, GONE, WORDS


class PsoShownMixin(models.AbstractModel):
    """Records whose names locked measurements show: a change of them is noted."""

    _name = "pso.shown.mixin"
    _description = "PSO Record Shown by Locked Measurements"

    def write(self, vals):
        if not self._changes_words(vals):
            return super().write(vals)
        words = self.env["pso.locked.words"].sudo()
        photos = [(shown, words._photo(shown)) for shown in self._called_alike()]
        result = super().write(vals)
        for shown, before in photos:
            words._note_changes(shown, before)
        return result

    def unlink(self):
        words = self.env["pso.locked.words"].sudo()
        model, shown = self._name, words._shown_by(self) if self else {}
        result = super().unlink()
        for company, numbers in shown.items():
            for number in numbers:
                words._note(model, number, company, GONE)
        return result

    def _changes_words(self, vals):
        """Return whether writing these values may change what measurements show."""
        names = {*WORDS[self._name], *FOLLOWS.get(self._name, ())}
        return bool(self._ids) and not names.isdisjoint(vals)

    def _called_alike(self):
        """Return the records that bear the names of these, a recordset a model."""
        return [self]
