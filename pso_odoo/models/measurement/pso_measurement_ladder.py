from odoo import api, fields, models
from odoo.tools import formatLang

from ...tools.score import TOLERANCE, counted_indirect, exact, norm_at
from .figures import FIGURES


class PsoMeasurement(models.Model):
    """The rules that a measurement is held against, and its place on the ladder."""

    _inherit = "pso.measurement"

    ladder = fields.Json(
        compute="_compute_ladder",
        help="The score on the ladder of norms, for the picture of it.",
    )

    @api.depends(*FIGURES)
    @api.depends_context("uid", "lang")
    def _compute_ladder(self):
        for measurement in self:
            figures = {name: measurement[name] for name in FIGURES}
            picture = measurement._ladder_picture(figures, measurement.edition_id)
            if measurement._lacks("proven_total_percentage"):
                picture["proven_total"] = None
            measurement.ladder = picture

    def _rules(self):
        """Return the rules of the score: the edition's, or as they were when locked."""
        self.ensure_one()
        today = self.edition_id._rules()
        if not self.is_locked:
            return today
        return self.locked_figures.get("rules") or self._rules_of_old_lock(today)

    def _rules_of_old_lock(self, today):
        """Return the rules of a lock by a version that did not keep them.

        If the edition has changed since, the norms of the submitted size are all that
        is known of then.

        :param today: the rules of the edition as they are now
        """
        if self._has_norms_of_today(self.locked_figures):
            return today
        rungs = [
            [level.id, [] if norm is None else [[0, norm]]]
            for level, norm in self._norms_at_size(self.locked_figures["norms"])
        ]
        return today | {"rungs": rungs}

    def _has_norms_of_today(self, figures):
        """Return whether the norms of some figures are those of the edition by now.

        The rule book is open to change, yet a locked measurement keeps its norms.

        :param figures: of this measurement, with ``total_fte`` and ``norms``
        """
        size = exact(figures["total_fte"])
        now = {
            level: norm_at(points, size)
            for level, points in self.edition_id._ladder().rungs
        }
        then = dict(self._norms_at_size(figures["norms"]))
        return list(now) == list(then) and all(
            _is_same(norm, now[level]) for level, norm in then.items()
        )

    def _indirect_max_share(self):
        """Return the largest indirect share of the total, 0-1, as at the lock.

        Earlier versions did not keep it: if that of the edition gives another figure by
        now, the share that gives the locked one.
        """
        share = self._rules()["indirect_max_share"]
        counted = self.indirect_counted_percentage
        today = counted_indirect(
            self.direct_percentage, self.indirect_percentage, share
        )
        if abs(today - counted) < TOLERANCE:
            return share
        return counted / self.total_percentage if counted else 0

    def _norms_at_size(self, norms=None):
        """List the norms at this size, from the lowest level up; None if unknown."""
        norms = norms or self.norms or {}
        levels = self.env["pso.level"].browse(map(int, norms)).sorted()
        return [(level, norms[str(level.id)]) for level in levels]

    def _ladder_rows(self):
        """Return the levels and their norms at the size of this measurement."""
        return self._rows_of_norms(self.norms, self.edition_id)

    def _rows_of_norms(self, norms, edition):
        """Return the levels of norms, ready to be shown.

        :param norms: percentages by the id of the level as text, None if unknown;
            false without figures
        :param edition: by which they were found
        :return: ``[{id, code, name, percentage, has_norms, text}]``; no percentage
            where the level has no norm at this size (though it has at others), or
            where it is unknown
        """
        norms = norms or {}
        return [
            {
                "id": level["id"],
                "code": level["code"],
                "name": level["name"],
                "percentage": norms[str(level["id"])],
                "has_norms": bool(level["points"]),
                "text": self._norm_text(level, norms[str(level["id"])]),
            }
            for level in self._rungs(norms, edition)
        ]

    def _norm_text(self, level, norm):
        """Write a norm; an organisation may also be too small to have one.

        :param level: a rung, as the edition has it
        """
        if norm is not None:
            return formatLang(self.env, norm)
        return "–" if level["points"] else self.env._("unknown")

    def _rungs(self, norms, edition):
        """Return the rungs that some norms are of, as the edition has them."""
        rungs = {str(rung["id"]): rung for rung in edition.rungs or ()}
        if norms.keys() <= rungs.keys():
            return [rung for key, rung in rungs.items() if key in norms]
        # The ladder of the edition was changed after this was locked.
        return [
            {"id": level.id, "code": level.code, "name": level.name, "points": []}
            | rungs.get(str(level.id), {})
            for level, _norm in self._norms_at_size(norms)
        ]

    def _ladder_picture(self, figures, edition):
        """Return what the picture of the ladder shows: percentages, levels by name.

        :param figures: as ``_figures_now`` has them
        :param edition: by which they were found
        """
        rows = self._rows_of_norms(figures["norms"], edition)
        levels = {row["id"]: row for row in rows}

        def level(value):
            row = levels.get(value if isinstance(value, int) else value and value.id)
            return row and {name: row[name] for name in ("id", "name", "code")}

        return {
            "rows": rows,
            "direct": figures["direct_percentage"],
            "counted": figures["indirect_counted_percentage"],
            "total": figures["total_percentage"],
            "proven_total": figures["proven_total_percentage"],
            "level": level(figures["level_id"]) or False,
            "next_level": level(figures["next_level_id"]) or False,
        }


def _is_same(norm, other):
    if norm is None or other is None:
        return norm is other
    return abs(norm - other) < TOLERANCE
