from odoo import models


class PsoTracedMixin(models.AbstractModel):
    """Facts about persons: who sees something of the score and changes one is noted.

    But for users who can do both it costs nothing (see ``pso.trace``).
    """

    _name = "pso.traced.mixin"
    _description = "Facts that PSO Rests On"

    # The fields on which the employment of a person rests.
    _pso_facts_traced = frozenset()

    def write(self, vals):
        names = self._pso_facts_traced.intersection(vals)
        if not names or not self.env.user._pso_is_traced():
            return super().write(vals)
        traces = self.env["pso.trace"]
        before = traces._state(self, names)
        result = super().write(vals)
        traces._note(before, traces._state(self, names))
        return result
