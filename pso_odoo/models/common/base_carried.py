"""What names a record about persons is found by who may read such records."""

from odoo.fields import Domain


class Carried:
    """What every model has of this (see ``base.py``): what names persons is left out.

    Core and fields made by hand read messages, activities and files as superuser, by a
    path or a number that anybody gives. So whoever may not read the records that these
    name does not find them either, superuser or not: they are as if not there.
    """

    __slots__ = ()

    def _pso_shown(self, bypass=False):
        """Return the filter of what names no persons whom the user may not read of.

        :param bypass: whether core leaves out what it asks of all but the superuser
        :return: None if there is nothing to leave out
        """
        names, wholes = self._pso_names, self._pso_wholes
        if not self._pso_carries or self._is_addon():
            return None
        carrier = self.env["pso.carrier"]
        hidden = carrier._hidden()
        parts = [Domain(name, "not in", hidden) for name in names if hidden]
        # Nobody but the superuser is shown by core what is of records of others.
        if (self.env.su or bypass) and not carrier._hides_all_or_none(hidden):
            parts += self._pso_of_his_companies(names)
        for field, comodel in wholes:
            if shown := self.env[comodel]._pso_shown(bypass=True):
                # What is not joined has no number, and might pass without this.
                is_joined = Domain("id", ">", 0)
                parts.append(Domain(field, "any!", is_joined & shown))
        return Domain.AND(parts) if parts else None

    def _pso_of_his_companies(self, names):
        """List the filters of what names no persons of companies that he is not in.

        What was uploaded for such a record, and not saved with it yet, is his who did.
        """
        carrier = self.env["pso.carrier"]
        unseen = carrier._unseen()
        own = Domain.FALSE
        if self._log_access:
            own = Domain("create_uid", "=", self.env.uid)
        for model, name, number in carrier._pairs():
            if model == self._name and name in names:
                unsaved = Domain(number, "in", [False, 0])
                # PostgreSQL looks at the first alone of almost all rows.
                yield Domain.OR(
                    [
                        Domain(name, "not in", list(unseen)),
                        own & unsaved,
                        ~unsaved
                        & Domain.AND(
                            Domain(name, "!=", other) | Domain(number, "not in", query)
                            for other, query in unseen.items()
                        ),
                    ]
                )
