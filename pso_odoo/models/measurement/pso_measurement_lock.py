from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date, formatLang

from ...tools.context import without_defaults
from ...tools.progress import Progress
from .figures import FIGURES
from .kept_look import kept
from .look import ask
from .pso_measurement_figures import LINES


class PsoMeasurement(models.Model):
    """Locking a measurement: its figures, lines and checks stay as they are."""

    _inherit = "pso.measurement"

    lacking_figures = fields.Json(
        compute="_compute_lacking_figures",
        help="The figures that a lock by an earlier version of the addon did not keep: "
        "they are not zero, but unknown.",
    )

    @api.depends("state", "locked_figures")
    def _compute_lacking_figures(self):
        for measurement in self:
            lacking = [name for name in FIGURES if measurement._lacks(name)]
            measurement.lacking_figures = lacking or False

    def _lacks(self, *names):
        """Return whether one of these figures was not kept when it was locked.

        Then nobody knows it: wherever it would stand there is a dash, and not zero.
        """
        kept = self.locked_figures or {}
        return self.is_locked and not all(name in kept for name in names)

    @without_defaults
    def action_lock(self):
        """Freeze figures, lines and checks as they are now.

        Nobody waits for it: it holds the measurement alone, and who wants that too is
        refused at once.

        :raise UserError: if a supplier's turnover cannot be converted, or somebody else
            is changing a measurement
        :raise AccessError: for who is told figures of last night alone
        """
        self.check_access("write")
        self._refuse_kept(self.filtered(lambda m: not m.is_locked))
        self._reserve()
        self.filtered(lambda m: not m.is_locked).sudo()._lock()

    def _reserve(self):
        """Keep others from changing these measurements until the transaction ends.

        :raise UserError: at once, if somebody else is changing one of them
        """
        self._refuse_busy(self - self.try_lock_for_update())

    def _refuse_if_reserved(self):
        """Refuse what somebody else locks or unlocks right now.

        What others change at the same time is no obstacle.

        :raise UserError: at once
        """
        if not self._origin:
            return
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM pso_measurement WHERE id IN %s "
                "FOR KEY SHARE SKIP LOCKED",
                self._origin._ids,
            )
        )
        free = self.browse(measurement_id for (measurement_id,) in rows)
        self._refuse_busy((self._origin - free).exists())

    def _refuse_busy(self, busy):
        if busy:
            raise UserError(
                self.env._(
                    "%(measurements)s: somebody else is locking, unlocking or changing "
                    "this right now. Try again in a moment.",
                    measurements=", ".join(busy.mapped("name")),
                )
            )

    def _lock(self):
        """Lock live measurements, one after another."""
        for measurement in self:
            measurement._freeze(Progress(measurement))

    def _freeze(self, progress):
        """Keep figures, lines and checks of one measurement as they are now.

        :param Progress progress: told how far it is
        :raise UserError: if a supplier's turnover cannot be converted
        """
        progress.tell(self.env._("People and purchases"), 0)
        window, trend = self._window(), self.env["pso.trend"]
        course = trend._course_until(window)
        with kept(self.env, window, course.hull) as (own, hull):
            if self.env["pso.supplier.line"]._lacks_rate(own):
                self._check_rates()
            figures = self._figures_to_keep(window, own)
            progress.tell(self.env._("Trend"), 0.3)
            answers = ask(self.env, trend._questions(course, hull))
            figures["trend"] = trend._points_of(course, answers)
            labels = self.env._("Checks"), self.env._("People"), self.env._("Suppliers")
            for model, label, done in zip(LINES, labels, (0.5, 0.6, 0.9), strict=True):
                progress.tell(label, done)
                self.env[model]._freeze(own)
        self.write(
            {
                "state": "locked",
                "locked_by_id": self.env.uid,
                "locked_on": fields.Datetime.now(),
                "locked_figures": figures,
            }
        )
        self._forget_figures()
        self.message_post(
            body=self.env._(
                "Locked at %(total)s %% (%(level)s).",
                total=formatLang(self.env, figures["total_percentage"]),
                level=self.level_id.name or self.env._("no level"),
            )
        )

    def _figures_to_keep(self, window, periods):
        """Return the figures as they are now, with the rules and the gap in money.

        :param periods: those of the window, with its lines
        """
        figures = self._figures_by(self._sums([window], periods))[window]
        offers = self.env["pso.supplier.line"]._offers(window, periods)
        return figures | {
            "rules": self._rules(),
            "gap_purchases": self._gap_of(window, figures, offers),
        }

    @without_defaults
    def action_unlock(self):
        """Go live again; the trace of it stays with the measurement.

        :raise AccessError: for who is told figures of last night alone
        """
        self.check_access("write")
        self._refuse_kept(self.filtered("is_locked"))
        self._reserve()
        self.filtered("is_locked").sudo()._unlock()

    def _unlock(self):
        """Unlock locked measurements, one after another."""
        for measurement in self:
            measurement._thaw()
        self._forget_figures()

    def _thaw(self):
        """Drop what was kept of one measurement, and say what it was locked at."""
        for model in LINES:
            self.env[model]._thaw(self)
        self.message_post(
            body=self.env._(
                "Unlocked. It was locked on %(date)s by %(user)s at %(total)s %%.",
                date=format_date(self.env, self.locked_on),
                user=self.locked_by_id.name,
                total=formatLang(self.env, self.locked_figures["total_percentage"]),
            )
        )
        self.write(dict.fromkeys(self._by_buttons, False) | {"state": "live"})

    def _check_rates(self):
        """Refuse to lock where a turnover lacks the rate to convert it (section 4).

        :raise UserError: naming supplier, year and currency
        """
        # As superuser: a vendor may be one of a company that is not switched on.
        lines = self.env["pso.supplier.line"].sudo()
        line = lines.search(
            [("measurement_id", "in", self.ids), ("reason", "=", "no_rate")], limit=1
        )
        if line:
            raise UserError(
                self.env._(
                    "The turnover of %(supplier)s over %(year)s is in %(currency)s, "
                    "and there is no exchange rate for it on 31 December %(year)s. Add "
                    "the rate, or enter the turnover in %(own)s.",
                    supplier=line.partner_id.display_name,
                    year=line.figure_id.year,
                    currency=line.figure_id.currency_id.name,
                    own=line.measurement_id.currency_id.name,
                )
            )
