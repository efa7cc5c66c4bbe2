from odoo import api, models


class PsoFigureSourceMixin(models.AbstractModel):
    """A record that figures are derived from.

    The figures are read by SQL from tables that the ORM cannot link to them, so within
    a transaction a change here must drop what has been read already.
    """

    _name = "pso.figure.source.mixin"
    _description = "Source of PSO Figures"

    _has_counted_numbers = True
    # The fields that figures rest on; all of them where it does not say which.
    _figures_rest_on = None

    @api.private
    def modified(self, fnames, create=False, before=False):
        """Drop figures that rest on what was changed, which core tells here.

        After a deletion core itself drops all that was read; no figure rests on what
        is not saved.
        """
        result = super().modified(fnames, create, before)
        names = self._figures_rest_on
        is_saved = not before and any(self._ids)
        if is_saved and (names is None or not names.isdisjoint(fnames)):
            self._figures_changed()
        return result

    def _figures_changed(self):
        """Drop the figures that were read earlier in this transaction.

        What these are the measurement knows, which is higher up.
        """
