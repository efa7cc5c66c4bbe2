from dataclasses import replace

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import formatLang

from ..tools.context import without_defaults


class PsoEditionUse(models.TransientModel):
    """Put an edition into use, or take it out, having seen what that changes."""

    _name = "pso.edition.use"
    _description = "Put a PSO Edition into Use"

    edition_id = fields.Many2one("pso.edition", required=True, ondelete="cascade")
    is_in_use = fields.Boolean(related="edition_id.is_in_use")
    note = fields.Char(
        compute="_compute_note", help="Which edition makes way, or takes over."
    )
    effects = fields.Html(
        compute="_compute_effects",
        help="Level and total of each period of the dashboard that another edition "
        "would decide, and of live measurements under it, now and then.",
    )
    candidate_ids = fields.Many2many(
        "pso.measurement", compute="_compute_candidate_ids"
    )
    measurement_ids = fields.Many2many(
        "pso.measurement",
        "pso_edition_use_measurement_rel",
        string="Live Measurements to Take Along",
        compute="_compute_measurement_ids",
        store=True,
        readonly=False,
        help="A live measurement keeps its edition unless it is ticked.",
    )

    # -- what would be -----------------------------------------------------------

    def _editions(self):
        """Return the editions in use before and after, each the oldest first."""
        before, edition = self.env["pso.edition"]._all(), self.edition_id._origin
        if edition.is_in_use:
            return before, before - edition
        return before, edition._once_in_use() if edition else before

    def _candidates(self):
        """Return live measurements for which another edition would be the usual one."""
        before, after = self._editions()
        live = self.env["pso.measurement"].search(
            [("state", "=", "live"), ("company_id", "in", self.env.companies.ids)]
        )
        return live.filtered(
            lambda m: after._in_force(m.date_end)
            not in (before._in_force(m.date_end), m.edition_id)
        )

    @api.depends("edition_id")
    def _compute_candidate_ids(self):
        for use in self:
            use.candidate_ids = use._candidates()

    @api.depends("edition_id")
    def _compute_measurement_ids(self):
        """Propose those that are under the usual edition; others were chosen."""
        for use in self:
            before, _after = use._editions()
            use.measurement_ids = use._candidates().filtered(
                lambda m, before=before: before._in_force(m.date_end) == m.edition_id
            )

    @api.depends("edition_id")
    @api.depends_context("lang")
    def _compute_note(self):
        for use in self:
            before, after = use._editions()
            out = before - after - use.edition_id._origin
            use.note = bool(out) and self.env._(
                "In force from the same day, and out of use from now on: %(editions)s.",
                editions=", ".join(out.mapped("display_name")),
            )

    @api.depends("edition_id")
    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_effects(self):
        for use in self:
            use.effects = use._effects()

    def _effects(self):
        """Return a table of level and total before and after, or why there is none."""
        if self.env["pso.measurement"]._sees_kept():
            return self.env._(
                "You can change facts about employees, so you are not shown what this "
                "changes: a coordinator without such rights sees it here."
            )
        before, after = self._editions()
        if not after or not before:
            return False
        windows = self._windows(before, after)
        if not windows:
            return self.env._("No figure of the dashboard or a live measurement.")
        return self._effects_table(windows)

    def _windows(self, before, after):
        """Return what another edition would decide.

        :return: ``[(name, window before, window after)]``
        """
        measurements = self.env["pso.measurement"]
        today = fields.Date.context_today(self)
        found = []
        for company in self.env.companies:
            for key in measurements._period_keys(today):
                pair = [
                    measurements._window_of(company, key, today, editions)
                    for editions in (before, after)
                ]
                if pair[0].edition != pair[1].edition:
                    found.append((self._name_of(company, key), *pair))
        for measurement in self._candidates():
            window = measurement._window()
            usual = after._in_force(measurement.date_end)
            then = replace(window, edition=usual.with_env(window.edition.env))
            found.append((measurement.display_name, window, then))
        return found

    def _name_of(self, company, key):
        names = {
            period["key"]: period["name"]
            for period in self.env["pso.dashboard"]._periods(
                self.env["pso.measurement"], fields.Date.context_today(self)
            )
        }
        if len(self.env.companies) == 1:
            return names[key]
        return f"{company.display_name}: {names[key]}"

    def _effects_table(self, windows):
        """Return the figures of windows before and after as a table.

        :param windows: as of ``_windows``
        """
        measurements = self.env["pso.measurement"]
        names, *pairs = zip(*windows, strict=True)
        figures = [measurements._figures_of(each) for each in pairs]
        cell = Markup("<td>%s</td><td>%s</td><td class='text-end'>%s</td>")
        rows = Markup().join(
            Markup("<tr><th rowspan='2' scope='rowgroup'>%s</th>%s</tr><tr>%s</tr>")
            % (
                name,
                *(
                    cell % (when, *self._in_words(window, found[window]))
                    for when, window, found in zip(
                        (self.env._("Now"), self.env._("Then")),
                        pair,
                        figures,
                        strict=True,
                    )
                ),
            )
            for name, *pair in zip(names, *pairs, strict=True)
        )
        head = Markup().join(
            Markup("<th scope='col'>%s</th>") % title
            for title in ("", "", self.env._("Edition and Level"))
        ) + Markup("<th scope='col' class='text-end'>%s</th>") % self.env._("Total")
        return Markup(
            "<table class='table table-sm o_pso_effects'>"
            "<thead><tr>%s</tr></thead><tbody>%s</tbody></table>"
        ) % (head, rows)

    def _in_words(self, window, figures):
        """Return the level of a window with its edition, and its total."""
        level = self.env["pso.level"].browse(figures["level_id"] or ())
        total = (
            f"{formatLang(self.env, figures['total_percentage'])}\N{NO-BREAK SPACE}%"
        )
        return (
            f"{window.edition.display_name}: "
            f"{level.display_name or self.env._('no level')}",
            total if figures["is_complete"] else f"≥\N{NO-BREAK SPACE}{total}",
        )

    # -- the act -----------------------------------------------------------------

    @without_defaults
    def action_apply(self):
        """Put the edition into use, or take it out, and take measurements along.

        :raise UserError: if no edition would be left in use
        """
        self.ensure_one()
        _before, after = self._editions()
        if not after:
            raise UserError(self.env._("Put another edition into use first."))
        chosen = self.measurement_ids & self._candidates()
        if self.edition_id.is_in_use:
            self.edition_id._take_out_of_use()
        else:
            self.edition_id._put_into_use()
        for measurement in chosen:
            measurement.edition_id = after._in_force(measurement.date_end)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
