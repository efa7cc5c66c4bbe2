from odoo import api, fields, models
from odoo.exceptions import AccessError

from .figures import FIGURES

# What stands for a figure of which nothing is kept yet. It is not shown.
NO_FIGURES = {
    "is_complete": True,
    "is_level_certain": True,
    "has_corrections": False,
    "norms": {},
}


class PsoMeasurement(models.Model):
    """A measurement as who can change facts about persons is told of it.

    Of a locked one the frozen figures are told to everybody: no change reaches them.
    """

    _inherit = "pso.measurement"

    has_figures = fields.Boolean(
        compute="_compute_figures_note",
        help="Off where the user is not told figures of now, and none are kept yet.",
    )
    figures_note = fields.Char(
        string="As of",
        compute="_compute_figures_note",
        help="Of which day the figures are, where they are not those of now, and why.",
    )

    @api.depends("state")
    @api.depends_context("uid", "lang")
    def _compute_figures_note(self):
        sees_kept = self._sees_kept()
        kept = {}
        if sees_kept:
            found = self._kept([each._window() for each in self._origin], "figures")
            kept = {window.number: date for window, (date, _part) in found.items()}
        snapshots = self.env["pso.snapshot"]
        for measurement in self:
            is_now = measurement.is_locked or not sees_kept
            date = kept.get(measurement._origin.id)
            measurement.has_figures = is_now or bool(date)
            measurement.figures_note = not is_now and snapshots._explanation(date)

    def _sees_kept(self):
        """Return whether the user, superuser or not, is told no figure of now."""
        return self.env.user._pso_sees_kept_figures()

    def _kept(self, windows, *path):
        """Return what was kept last of windows.

        :param path: leads to a part of it
        :return: ``{window: (date, part)}``, without those of which nothing is kept
        """
        keys = {window: (window.company.id, self._key_of(window)) for window in windows}
        found = self.env["pso.snapshot"]._read(list(keys.values()), *path)
        return {window: found[key] for window, key in keys.items() if key in found}

    def _kept_part(self, window, *path):
        """Return a part of what was kept last of one window, None if there is none."""
        _date, part = self._kept([window], *path).get(window, (None, None))
        return part

    def _kept_in_words(self, window, part):
        """Return a part of the dashboard as it was kept last, None if there is none."""
        answers = self._kept_part(window, "answers")
        return self.env["pso.snapshot"]._in_words(answers).get(part)

    def _small_group_limit(self):
        """Return from how many people on a group may be told, None if nobody knows.

        Who can set that number himself is held to that of last night.
        """
        if self._sees_kept():
            kept = self._kept_in_words(self._window(), "breakdown") or {}
            return kept.get("limit")
        return max(self.sudo().company_ids.mapped("pso_small_group"))

    def _level_for_all(self):
        """Return the level, no newer than all of its readers may know it.

        For what is kept elsewhere: whoever can change facts about persons reads that
        too, and is told of a live measurement what was kept last night.
        """
        start = self._origin.sudo()
        if not start or start.is_locked:
            return start.level_id
        figures = start._kept_part(start._window(), "figures") or {}
        return self.env["pso.level"].browse(figures.get("level_id") or ())

    def _lacks_level_for_all(self):
        """Whether nobody may be told the level yet: of a live one no night is kept."""
        start = self._origin.sudo()
        is_live = bool(start) and not start.is_locked
        return is_live and start._kept_part(start._window(), "figures") is None

    def _kept_figures(self, windows):
        """Return the figures of windows of last night, zero where nothing is kept."""
        kept = self._kept(windows, "figures")
        absent = dict.fromkeys(FIGURES, 0) | NO_FIGURES
        return {window: kept.get(window, (None, absent))[1] for window in windows}

    def _refuse_kept(self, measurements):
        """Refuse figures of now to who is told those of last night alone.

        :param measurements: whose figures of now would be frozen or handed out, or be
            made live again
        :raise AccessError: naming them
        """
        if measurements and self._sees_kept():
            raise AccessError(
                self.env._(
                    "%(measurements)s: you can change facts about employees, so you "
                    "are not shown figures of now, and can neither lock, unlock nor "
                    "export them. A coordinator without such rights can, or one with "
                    "access to the PSO Target Group.",
                    measurements=", ".join(measurements.mapped("name")),
                )
            )
