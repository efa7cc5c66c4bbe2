from odoo import api, fields, models
from odoo.exceptions import AccessError

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
        kept = self._kept("figures") if sees_kept else {}
        snapshots = self.env["pso.snapshot"]
        for measurement in self:
            is_now = measurement.is_locked or not sees_kept
            date, _figures = kept.get(measurement._origin, (None, None))
            measurement.has_figures = is_now or bool(date)
            measurement.figures_note = not is_now and snapshots._explanation(date)

    @api.model
    def _sees_kept(self):
        """Whether the current user, superuser or not, is told no figure of now."""
        return self.env.user._pso_sees_kept_figures()

    def _period_key(self):
        """What the dashboard calls this period; nothing for days of one's own choice.

        A virtual measurement is of a calendar year or of the year to today.
        """
        self.ensure_one()
        if self._origin:
            return f"measurement-{self._origin.id}"
        return self._key_of_days(self.date_start, self.date_end)

    def _kept(self, *path):
        """What was kept last of these measurements, virtual or not.

        :param path: leads to a part of it
        :return: ``{measurement: (date, part)}``, without those of which nothing is kept
        """
        keys = {
            measurement._origin or measurement: (
                measurement.company_id._origin.id,
                measurement._period_key(),
            )
            for measurement in self
        }
        found = self.env["pso.snapshot"]._read(list(keys.values()), *path)
        return {
            measurement: found[key] for measurement, key in keys.items() if key in found
        }

    def _kept_part(self, *path):
        """A part of what was kept last of one measurement, None if there is none."""
        self.ensure_one()
        _date, part = self._kept(*path).get(self._origin or self, (None, None))
        return part

    def _kept_in_words(self, part):
        """A part of the dashboard as it was kept last, None if there is none."""
        answers = self._kept_part("answers")
        return self.env["pso.snapshot"]._in_words(answers).get(part)

    def _kept_figures(self):
        """As ``_live_figures``, of last night; all zero where nothing is kept."""
        kept = self._kept("figures")
        absent = dict.fromkeys(self._figure_names(), 0) | NO_FIGURES
        return {
            measurement: kept.get(measurement._origin or measurement, (None, absent))[1]
            for measurement in self
        }

    @api.model
    def _refuse_kept(self, measurements):
        """:raise AccessError: if the current user is told figures of last night alone

        :param measurements: those whose figures of now would be frozen or handed out,
            or be made live again
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
