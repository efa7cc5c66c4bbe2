from odoo import api, fields, models
from odoo.tools import format_date, formatLang

from ...tools.labels import selection_label, short_amount


class PsoScenarioLine(models.Model):
    """A change of a scenario, said in a sentence."""

    _inherit = "pso.scenario.line"

    sentence = fields.Char(
        string="In Words",
        compute="_compute_sentence",
        compute_sudo=True,
        help="The change, as it is said to others.",
    )

    @api.depends(
        *("kind", "people", "hours", "group_id", "form_id", "to_form_id", "fte"),
        *("date_from", "date_to", "partner_id", "to_partner_id", "amount", "change"),
        *("level_id", "turnover", "fulltime_hours", "edition_id"),
    )
    @api.depends_context("lang")
    def _compute_sentence(self):
        for line in self:
            about = line._said() if line._is_usable() else ""
            label = selection_label(line, "kind") if line.kind else ""
            line.sentence = about + line._said_days() if about else label

    @api.depends("sentence")
    def _compute_display_name(self):
        for line in self:
            line.display_name = line.sentence

    def _said(self):
        """Say what changes, without when."""
        if self.kind in ("hire", "leave", "form"):
            return self._said_of_people()
        if self.kind in ("spend", "move", "certificate"):
            return self._said_of_purchases()
        if self.kind == "staff":
            sign = "+" if self.fte > 0 else "−"
            return self.env._(
                "Other staff: %(sign)s%(fte)s fte",
                sign=sign,
                fte=formatLang(self.env, abs(self.fte)),
            )
        if self.kind == "hours":
            return self.env._(
                "Full-time is %(hours)s hours a week",
                hours=self._number(self.fulltime_hours),
            )
        return self.env._("Edition %(edition)s", edition=self.edition_id.display_name)

    def _said_of_people(self):
        names = {
            "count": self.people,
            "hours": self._number(self.hours),
            "group": self.group_id.name,
            "form": self.form_id.name,
            "becomes": self.to_form_id.name,
        }
        if self.kind == "hire":
            return self.env._(
                "+%(count)s × %(hours)s hours, %(group)s, %(form)s", **names
            )
        if self.kind == "leave":
            return self.env._(
                "−%(count)s × %(hours)s hours, %(group)s, %(form)s", **names
            )
        return self.env._(
            "%(count)s × %(hours)s hours, %(group)s: %(form)s becomes %(becomes)s",
            **names,
        )

    def _said_of_purchases(self):
        names = {
            "amount": short_amount(self.env, abs(self.amount), self.currency_id),
            "vendor": self.partner_id.display_name,
            "other": self.to_partner_id.display_name,
            "level": self.level_id.name or "",
        }
        if self.kind == "move":
            said = self.env._("%(amount)s from %(vendor)s to %(other)s", **names)
        elif self.kind == "spend" and self.amount > 0:
            said = self.env._("%(amount)s more at %(vendor)s", **names)
        elif self.kind == "spend":
            said = self.env._("%(amount)s less at %(vendor)s", **names)
        elif self.change == "lose":
            said = self.env._("%(vendor)s loses its certificate", **names)
        elif self.change == "renew":
            said = self.env._("%(vendor)s renews its certificate %(level)s", **names)
        else:
            said = self.env._("%(vendor)s wins a certificate %(level)s", **names)
        said = said.strip()
        if self._has_assumed():
            said += " " + self.env._("(figures assumed)")
        return said

    def _said_days(self):
        """Say from when until when, nothing where it is the whole period."""
        start = self.date_from and format_date(self.env, self.date_from)
        end = self.date_to and format_date(self.env, self.date_to)
        if start and end:
            return self.env._(", from %(start)s until %(end)s", start=start, end=end)
        if start:
            return self.env._(", from %(start)s", start=start)
        if end:
            return self.env._(", until %(end)s", end=end)
        return ""

    def _number(self, value):
        """Write a number with decimals only where it has any."""
        return formatLang(self.env, value, digits=0 if value == int(value) else 2)
