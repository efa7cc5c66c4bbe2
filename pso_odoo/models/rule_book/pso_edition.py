import base64
from datetime import date

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, convert_file, format_date

from ...tools import columns
from ...tools.context import without_defaults
from ...tools.score import Ladder, exact
from ..common.sources import ALL_FIELDS

# In the order in which they refer to each other.
RULE_BOOK = (
    "pso.level",
    "pso.target.group",
    "pso.contract.form",
    "pso.edition",
    "pso.norm",
    "pso.group.rule",
    "pso.form.rule",
)
# What the rungs of the ladder are read from.
RUNG_FACTS = {
    "pso.edition": ["level_ids"],
    "pso.level": ["code", "name", "sequence", "is_computed"],
    "pso.norm": ["edition_id", "level_id", "size_fte", "percentage"],
}
# The last one of those that have begun is in force.
OLDEST_FIRST = "date_from nulls first, code"


class PsoEdition(models.Model):
    """An edition of the rule book: every value the calculation takes from the scheme.

    What is not public stays unknown, and what is unconfirmed says so; no weight,
    norm or period is a constant in the code.
    """

    _name = "pso.edition"
    _description = "PSO Rule Book Edition"
    _order = "date_from desc nulls last, code desc, id desc"
    _figures_rest_on = ALL_FIELDS

    code = fields.Char(
        required=True, copy=False, help="The number of the edition, such as 2.1."
    )
    name = fields.Char(required=True)
    active = fields.Boolean(
        default=True,
        help="An archived edition is out of use, and a draft when it is restored.",
    )
    is_in_use = fields.Boolean(
        string="In Use",
        copy=False,
        help="Off for a draft, which nothing follows but measurements that name it. "
        "What is new is a draft until somebody puts it into use.",
    )
    standing = fields.Selection(
        [
            ("draft", "Draft"),
            ("in_force", "In Force"),
            ("later", "In Force Later"),
            ("earlier", "Earlier"),
        ],
        compute="_compute_standing",
        help="Whether the dashboard, statuses and purchases of today follow it.",
    )
    standing_note = fields.Char(
        string="Which One Is in Force", compute="_compute_standing"
    )
    date_from = fields.Date(
        string="In Force From",
        help="The date of application decides the edition. Empty where the date is "
        "not known.",
    )
    level_ids = fields.Many2many(
        "pso.level",
        string="Levels",
        help="The ladder of this edition. A level without norms has an unknown norm.",
    )
    indirect_max_share = fields.Float(
        default=0.8,
        required=True,
        string="Largest Indirect Share",
        help="The largest part of the total that the indirect share may be, between "
        "0 and 1. What is above it is cut off.",
    )
    certificate_months = fields.Integer(
        default=24,
        string="Certificate Validity (months)",
        help="How long a certificate is valid at most.",
    )
    aspirant_renewals = fields.Integer(
        help="How often an aspirant status may be renewed."
    )
    aspirant_supplier_counts = fields.Boolean(
        string="Aspirant Suppliers Count",
        help="Whether purchases at suppliers with aspirant status count. The scheme "
        "does not publish this: off until confirmed.",
    )
    min_fte = fields.Float(
        string="Smallest Size (fte)",
        default=2,
        help="Organisations below this size cannot be certified.",
    )
    quality_min_share = fields.Float(
        default=0.8,
        string="Files with Talks",
        help="The share of sampled files, between 0 and 1, that must show appraisal "
        "and development talks at re-certification.",
    )
    pso30_min_percentage = fields.Float(
        default=30,
        string="PSO 30+: Target Group (%)",
        help="The target group that counts for it, in points of the total fte.",
    )
    pso30_min_regular_percentage = fields.Float(
        default=6,
        string="PSO 30+: on Regular Contracts (%)",
        help="The part of the target group, in points, on regular contracts.",
    )
    pso30_min_months = fields.Integer(
        default=6,
        string="PSO 30+: Months Worked",
        help="Months that seconded and flexible workers must have worked before the "
        "end of the period.",
    )
    pso30_min_hours = fields.Float(
        default=2,
        string="PSO 30+: Hours a Week",
        help="Hours a week that seconded and flexible workers must work at least.",
    )
    is_confirmed = fields.Boolean(
        string="Confirmed", help="Confirmed by the scheme for this edition."
    )
    source = fields.Text(
        translate=True, help="Where the values come from, and what is assumed."
    )
    norm_ids = fields.One2many("pso.norm", "edition_id", string="Norms", copy=True)
    group_rule_ids = fields.One2many(
        "pso.group.rule", "edition_id", string="Target Groups", copy=True
    )
    form_rule_ids = fields.One2many(
        "pso.form.rule", "edition_id", string="Forms of Contract", copy=True
    )

    rungs = fields.Json(
        string="Ladder",
        compute="_compute_rungs",
        help="The levels that follow from a score, from the lowest up, each with the "
        "sizes and percentages of its norm. An unknown norm has none.",
    )
    export_file = fields.Binary(
        compute="_compute_export_file",
        help="Everything this edition says, as a spreadsheet to be imported again.",
    )

    _code_unique = models.UniqueIndex("(code)", "Each edition has a code of its own.")
    _indirect_max_share_range = models.Constraint(
        "CHECK (indirect_max_share >= 0 AND indirect_max_share < 1)",
        "The largest indirect share of an edition lies between 0 and 1 (1 excluded).",
    )
    _quality_min_share_range = models.Constraint(
        "CHECK (quality_min_share >= 0 AND quality_min_share <= 1)",
        "The share of files with talks lies between 0 and 1.",
    )
    _terms_positive = models.Constraint(
        "CHECK (certificate_months > 0 AND aspirant_renewals >= 0)",
        "A certificate is valid for a month or more; renewals cannot be negative.",
    )

    @api.model
    def _load_rule_book(self):
        """Load the rule book that is shipped, table by table."""
        for model in RULE_BOOK:
            file = f"data/rule_book/{model}.csv"
            convert_file(self.env, "pso_odoo", file, {}, "init", noupdate=True)

    @api.depends("is_in_use", "active", "date_from", "code", "name")
    @api.depends_context("lang", "tz")
    def _compute_standing(self):
        today = fields.Date.context_today(self)
        current = self._at(today)
        for edition in self:
            saved = edition._origin
            if not saved.is_in_use:
                edition.standing = "draft"
            elif saved == current:
                edition.standing = "in_force"
            elif saved.date_from and saved.date_from > today:
                edition.standing = "later"
            else:
                edition.standing = "earlier"
            edition.standing_note = edition._standing_note(current)

    def _standing_note(self, current):
        """Say in words whether this edition is in force today, else which one is.

        :param current: the edition in force today, empty if none is in use
        """
        names = {"current": current.display_name}
        if not current:
            return self.env._("No edition of the rule book is in use.")
        if self.standing == "in_force":
            return self.env._(
                "In force today: dashboard, statuses and purchases follow it."
            )
        if self.standing == "draft":
            return self.env._(
                "A draft: nothing follows it but measurements that name it. In force "
                "today is %(current)s.",
                **names,
            )
        if self.standing == "later":
            return self.env._(
                "In use, in force from %(date)s. Until then it is %(current)s.",
                date=format_date(self.env, self._origin.date_from),
                **names,
            )
        return self.env._(
            "In use for the time before the next one. In force today is %(current)s.",
            **names,
        )

    @api.depends("name", "code")
    def _compute_display_name(self):
        for edition in self:
            edition.display_name = edition.name or edition.code

    def _compute_export_file(self):
        for edition in self:
            content = self.env["pso.edition.file"]._write_file(edition)
            edition.export_file = base64.b64encode(content)

    @api.readonly
    @without_defaults
    def action_export(self):
        """Download this edition as a spreadsheet."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/pso.edition/{self.id}/export_file"
            f"/PSO_{self.code}.xlsx?download=true",
            "target": "download",
        }

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        for edition, vals in zip(self, vals_list, strict=True):
            vals.setdefault("code", edition._next_copy_code())
            if "name" not in (default or {}):
                vals["name"] = self.env._("%(name)s (copy)", name=edition.name)
            vals["is_confirmed"] = False
        return vals_list

    def write(self, vals):
        if not vals.get("active", True) and vals.get("is_in_use", True):
            self._check_not_in_use()
        result = super().write(vals)
        # Which one is in force is said by all of them.
        self.invalidate_model(["standing", "standing_note"], flush=False)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_use(self):
        self._check_not_in_use()

    def _check_not_in_use(self):
        """Refuse to drop what figures follow: its own button shows what that changes.

        :raise UserError: for an edition in use
        """
        if in_use := self.filtered("is_in_use")[:1]:
            raise UserError(
                self.env._(
                    "%(edition)s is in use. Take it out of use first: that shows what "
                    "it changes.",
                    edition=in_use.name,
                )
            )

    def _next_copy_code(self):
        """Return a free code for a copy; archived editions have theirs too."""
        editions = self.with_context(active_test=False)
        number = 1
        while editions.search_count([("code", "=", f"{self.code}-{number}")], limit=1):
            number += 1
        return f"{self.code}-{number}"

    def _at(self, date):
        """Return the edition in force on a date, the oldest one for dates before all.

        An edition whose date is unknown counts as the oldest.
        """
        return self._all()._in_force(date)

    def _all(self):
        """Read the editions in use, the oldest first, in one query."""
        names = [
            field.name
            for field in self._fields.values()
            if field.column_type and field.store and field.prefetch
        ]
        return self.search_fetch([("is_in_use", "=", True)], names, order=OLDEST_FIRST)

    def _in_force(self, date):
        """Return which of these editions is in force on a date; see ``_at``.

        For who asks of many dates, and has read ``_all`` once, or asks what would be.
        """
        date = fields.Date.to_date(date)
        begun = self.filtered(lambda e: date and e.date_from and e.date_from <= date)
        return begun[-1:] or self[:1]

    def _once_in_use(self):
        """Return the editions that would be in use, the oldest first, if this one were.

        One that is in force from the same day makes way: one of both decides.
        """
        self.ensure_one()
        others = self._all().filtered(lambda e: e.date_from != self.date_from)
        return (others | self).sorted(lambda e: e.date_from or date.min)

    def _put_into_use(self):
        """Put this edition into use, in the place of those from the same day."""
        (self._all() - self._once_in_use()).is_in_use = False
        self.write({"active": True, "is_in_use": True})

    def _take_out_of_use(self):
        """Make this edition a draft again."""
        self.is_in_use = False

    def _aspirants_count(self, date):
        """Return whether purchases at suppliers in aspirant status count on a date."""
        return self._at(date).aspirant_supplier_counts

    @api.depends(
        "level_ids.code",
        "level_ids.name",
        "level_ids.sequence",
        "level_ids.is_computed",
        "norm_ids.level_id",
        "norm_ids.size_fte",
        "norm_ids.percentage",
    )
    @api.depends_context("lang")
    def _compute_rungs(self):
        rungs = {edition.id: {} for edition in self._origin}
        rows = rungs and self.env.execute_query(
            SQL(
                """
                SELECT rel.pso_edition_id, level.id, level.code, %(name)s,
                    norm.size_fte, norm.percentage
                FROM pso_edition_pso_level_rel rel
                JOIN pso_level level ON level.id = rel.pso_level_id
                LEFT JOIN pso_norm norm ON norm.edition_id = rel.pso_edition_id
                    AND norm.level_id = level.id
                WHERE rel.pso_edition_id IN %(editions)s AND level.is_computed
                ORDER BY level.sequence, level.id, norm.size_fte
                %(flush)s
                """,
                name=self.env["pso.level"]._field_to_sql("level", "name"),
                editions=tuple(rungs),
                flush=columns.sql_flush(self.env, RUNG_FACTS),
            )
        )
        for edition, level, code, name, *point in rows:
            empty = {"id": level, "code": code, "name": name, "points": []}
            rung = rungs[edition].setdefault(level, empty)
            if point[0] is not None:
                rung["points"].append(point)
        for edition in self:
            edition.rungs = list(rungs.get(edition._origin.id, {}).values())

    def _rules(self):
        """Return what a score is held against, as values to keep (sections 2, 5)."""
        self.ensure_one()
        return {
            "indirect_max_share": self.indirect_max_share,
            "rungs": [[rung["id"], rung["points"]] for rung in self.rungs or ()],
            "pso30_min_percentage": self.pso30_min_percentage,
            "pso30_min_regular_percentage": self.pso30_min_regular_percentage,
            "min_fte": self.min_fte,
        }

    def _ladder(self, rules=None):
        """Return the levels that follow from a score and their norms, for ``score.py``.

        Values are exact: what the user typed as 6.8 is 34/5.

        :param rules: as ``_rules`` had them when they were kept, those of now if None
        """
        rules = rules or self._rules()
        levels = self.env["pso.level"]
        return Ladder(
            exact(rules["indirect_max_share"]),
            tuple(
                (
                    levels.browse(level),
                    tuple((exact(size), exact(norm)) for size, norm in points),
                )
                for level, points in rules["rungs"]
            ),
        )
