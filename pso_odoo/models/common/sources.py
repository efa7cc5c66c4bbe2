"""Records that figures are derived from."""

# Of models whose fields all are what figures rest on.
ALL_FIELDS = True


def dropping_figures(modified):
    """Drop figures that rest on what was changed, which core tells here.

    The figures are read by SQL from tables that the ORM cannot link to them, so within
    a transaction a change must drop what has been read already. After a deletion core
    itself drops all that was read; no figure rests on what is not saved.
    """

    def _modified(self, fnames, create=False, before=False):
        result = modified(self, fnames, create, before)
        names = self._figures_rest_on
        is_saved = not before and any(self._ids)
        if is_saved and (names is ALL_FIELDS or not names.isdisjoint(fnames)):
            self.env["pso.figure.source"]._changed()
        return result

    return _modified
