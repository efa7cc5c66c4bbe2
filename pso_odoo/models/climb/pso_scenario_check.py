from collections import Counter

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, format_date, formatLang

from ...tools.groups import HR
from .pso_scenario_line import NEEDED, PURCHASES, WHOLE

# Names of fields with numbers that are never below zero.
POSITIVE = ("people", "hours", "turnover", "vendor_fte", "vendor_share")
MOST_HOURS = 168
MOST = 1e9


class PsoScenarioLine(models.Model):
    """What a change of a scenario cannot be, said at the field."""

    _inherit = "pso.scenario.line"

    @api.constrains(
        *("kind", "scenario_id", "people", "hours", "group_id", "form_id", "fte"),
        *("to_form_id", "date_from", "date_to", "partner_id", "to_partner_id"),
        *("amount", "change", "level_id", "turnover", "vendor_fte", "vendor_share"),
        *("fulltime_hours", "edition_id", "cost"),
    )
    def _check_line(self):
        for line in self:
            line._check_numbers()
            line._check_needed()
            window = line.scenario_id._window()
            if not window:
                raise ValidationError(line.scenario_id._missing_start())
            line._check_days(window)
            if line.kind in WHOLE and window.measurement.is_locked:
                line._refuse(
                    self.env._(
                        "a locked measurement keeps its figures: start from a live "
                        "one, or from the last twelve months"
                    ),
                    NEEDED[line.kind][0],
                )
        for scenario in self.scenario_id:
            scenario._check_vendors()
            scenario._check_leavers()

    def _refuse(self, why, *names):
        """Refuse a change.

        :param names: of the fields that are wrong
        :raise ValidationError: naming the change, what is wrong, and the fields
        """
        labels = [self._fields[name]._description_string(self.env) for name in names]
        raise ValidationError(
            self.env._(
                "“%(change)s”: %(why)s (%(fields)s).",
                change=self.sentence,
                why=why,
                fields=", ".join(labels),
            )
        )

    def _check_numbers(self):
        for name in POSITIVE:
            if self[name] < 0:
                self._refuse(self.env._("a number of zero or more is wanted"), name)
        for name in ("people", "fte", "amount", "turnover", "vendor_fte", "cost"):
            if abs(self[name]) >= MOST:
                self._refuse(self.env._("that is more than can be reckoned with"), name)
        for name in ("hours", "fulltime_hours"):
            if self[name] > MOST_HOURS or self[name] < 0:
                self._refuse(self.env._("a week has 168 hours"), name)
        if self.vendor_share > 100:
            self._refuse(self.env._("a share is at most 100"), "vendor_share")
        if self.kind == "move" and self.amount < 0:
            self._refuse(
                self.env._("an amount above zero is moved: turn the vendors round"),
                "amount",
            )

    def _check_needed(self):
        missing = self._lacking()
        if missing:
            self._refuse(self.env._("this is missing"), *missing)
        if self.kind == "form" and self.form_id == self.to_form_id:
            self._refuse(self.env._("the form stays as it is"), "to_form_id")
        one, other = self.partner_id, self.to_partner_id
        is_same = one.commercial_partner_id == other.commercial_partner_id
        if self.kind == "move" and is_same:
            self._refuse(self.env._("both are the same organisation"), "to_partner_id")
        wins = self.kind == "certificate" and self.change != "lose"
        if wins and not self.level_id:
            self._refuse(self.env._("say which level is assumed"), "level_id")
        if any((self.vendor_fte, self.vendor_share)) and not self.turnover:
            self._refuse(
                self.env._("figures are assumed together: the turnover is missing"),
                "turnover",
            )

    def _check_days(self, window):
        """Refuse days outside the period: that of the start, or of the outlook."""
        last = window.end
        if self.scenario_id.start_kind == "rolling":
            last = self.env["pso.trend"]._ends_ahead(last)[-1]
        days = {"start": window.start, "end": last}
        words = {name: format_date(self.env, day) for name, day in days.items()}
        for name in ("date_from", "date_to"):
            if self[name] and not window.start <= self[name] <= last:
                self._refuse(
                    self.env._(
                        "the day lies outside the period, %(start)s to %(end)s", **words
                    ),
                    name,
                )
        if self.date_from and self.date_to and self.date_to < self.date_from:
            self._refuse(self.env._("it ends before it begins"), "date_from", "date_to")


class PsoScenario(models.Model):
    """What the changes of a scenario cannot be together."""

    _inherit = "pso.scenario"

    @api.constrains("start_kind", "measurement_id", "company_id")
    def _check_lines_of_start(self):
        """Refuse another start that the changes do not fit."""
        self.line_ids._check_line()

    def _check_vendors(self):
        """Refuse purchases at who is none, or of whom nothing is known, or too few.

        :raise ValidationError: naming the change and the field
        """
        lines = self.line_ids.filtered(lambda line: line.kind in PURCHASES)
        if not lines:
            return
        window = self._window()
        books = self._books(window, lines)
        taken = Counter()
        for line in lines:
            name = "to_partner_id" if line.kind == "move" else "partner_id"
            if why := self._why_no_vendors(window, line._vendors()):
                line._refuse(why, name)
            is_known = any(
                vendor == line._certified().id for vendor, _ in books.figures
            )
            gives_less = line.kind == "spend" and line.amount < 0
            loses = line.kind == "certificate" and line.change == "lose"
            if not is_known and not gives_less and not loses:
                line._refuse(
                    self.env._(
                        "nothing is known of this vendor: add its turnover, fte and "
                        "direct share to the vendor, or assume them here"
                    ),
                    name,
                    *("turnover", "vendor_fte", "vendor_share"),
                )
            self._check_taken(books, line, taken)

    def _why_no_vendors(self, window, vendors):
        """Return why some partners are no vendors of a scenario, None if they are."""
        if vendors & window.companies.sudo().partner_id.commercial_partner_id:
            return self.env._("companies of the scope do not count as vendors")
        if not all(map(_is_organisation, vendors)):
            return self.env._("an organisation is wanted")
        return None

    def _check_taken(self, books, line, taken):
        """Refuse to take more away from a vendor than was bought there.

        :param taken: what the changes before this one take away, by vendor
        """
        less = line.amount if line.kind == "move" else -line.amount
        if line.kind == "certificate":
            return
        vendor = line.partner_id.commercial_partner_id
        taken[vendor] += less
        bought = float(books.bought(vendor.id))
        if less > 0 and taken[vendor] > bought + 0.005:
            line._refuse(
                self.env._(
                    "only %(bought)s was bought there in the period",
                    bought=formatLang(
                        self.env, max(bought, 0), currency_obj=self.currency_id
                    ),
                ),
                "amount",
            )

    def _check_leavers(self):
        """Refuse that more go than there are, to who may know how many there are.

        To nobody else: an error would tell it.

        :raise ValidationError: naming the change and the field
        """
        lines = self.line_ids.filtered(lambda line: line.kind in ("leave", "form"))
        if not lines or not self.env.user.has_group(HR):
            return
        there = self._count_there()
        gone = Counter()
        for line in lines:
            key = line.group_id.id, line.form_id.id
            gone[key] += line.people
            if gone[key] > there.get(key, 0):
                line._refuse(
                    self.env._(
                        "there are %(count)s of this group and form",
                        count=there.get(key, 0),
                    ),
                    "people",
                )

    def _count_there(self):
        """Count the people of the target group by group and form of contract.

        :return: ``{(group id, form id): people}`` of the start
        """
        lines = self.env["pso.person.line"].sudo()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT group_id, form_id, COUNT(DISTINCT key)
                FROM (%s) AS line WHERE kind = 'group' GROUP BY group_id, form_id
                """,
                lines._sql_for(self._window()),
            )
        )
        return {(group, form): count for group, form, count in rows}


def _is_organisation(vendor):
    """Whether a vendor is more than somebody: what one buys of people is not told."""
    vendor = vendor.sudo()
    return vendor.is_company or bool(vendor.pso_certificate_ids)
