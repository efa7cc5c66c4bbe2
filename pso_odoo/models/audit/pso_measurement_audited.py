from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import formatLang

from ...tools.score import TOLERANCE, exact
from ..measurement.figures import FIGURES, FORMULA_FACTS
from ..measurement.pso_measurement import LOCK_FIELDS
from .pso_audit_correction import STATED

NONE = "–"
AUDITED = {"compute": "_compute_audited"}
# The figures of a measurement that an audit can change, in the order in which they are
# shown, and how they are written.
SHOWN = {name: figure.kind for name, figure in FIGURES.items() if figure.row}
# The percentage of the total fte that a number of fte is kept as.
SHARES = {
    "pso30_fte": "pso30_percentage",
    "pso30_regular_fte": "pso30_regular_percentage",
}


class PsoMeasurement(models.Model):
    """The figures of a locked measurement as the auditor corrected them.

    The locked figures stay as submitted. The corrected ones are derived, by the same
    formula, from the locked fte and the corrections of the present lock (rule book,
    section 6). What is proven, and the checks, stay as submitted.
    """

    _inherit = "pso.measurement"
    _by_buttons = LOCK_FIELDS | {"audit_count"}

    audit_correction_ids = fields.One2many(
        "pso.audit.correction",
        "measurement_id",
        string="Corrections by the Auditor",
        readonly=True,
    )
    # The one stored thing: who corrects writes it, so that two at once are found out,
    # and lists need not look for corrections.
    audit_count = fields.Integer(
        string="Corrections by the Auditor (number)",
        readonly=True,
        copy=False,
        help="How many there are since the measurement was locked.",
    )
    audit_error_percentage = fields.Float(
        string="Error Percentage",
        compute="_compute_audited",
        help="As the auditor stated it last. How it enters the score is not public: "
        "nothing is computed with it.",
    )
    audit_error_text = fields.Char(
        string="Error Percentage as Stated",
        compute="_compute_audit_error_text",
        help="Empty where the auditor has stated none: that is not 0 %.",
    )
    audited_total_percentage = fields.Float(**AUDITED, string="Total as Corrected (%)")
    audited_level_id = fields.Many2one(
        "pso.level", **AUDITED, string="Level as Corrected"
    )
    audit_mark = fields.Char(
        string="Audit",
        compute="_compute_audit_mark",
        help="What the auditor's corrections make of the total and the level.",
    )
    audit_table = fields.Html(
        string="As Submitted and as Corrected",
        compute="_compute_audit_table",
        sanitize=False,
    )

    @api.depends(
        "state",
        "locked_figures",
        "revision",
        "audit_correction_ids.kind",
        "audit_correction_ids.amount",
    )
    def _compute_audited(self):
        for measurement in self:
            figures = measurement._audited_figures()
            for name in ("total_percentage", "level_id"):
                measurement[f"audited_{name}"] = figures.get(name, False)
            stated = measurement._audit_amounts()[STATED]
            measurement.audit_error_percentage = stated[-1] if stated else 0

    @api.depends("state", "revision", "audit_correction_ids.kind")
    @api.depends_context("lang")
    def _compute_audit_error_text(self):
        for measurement in self:
            stated = measurement._audit_corrections().filtered(
                lambda correction: correction.kind == STATED
            )
            last = stated.sorted("id")[-1:]
            measurement.audit_error_text = bool(last) and last._amount_text()

    @api.depends("audit_count", "audited_total_percentage", "audited_level_id")
    @api.depends_context("lang")
    def _compute_audit_mark(self):
        for measurement in self:
            measurement.audit_mark = bool(measurement.audit_count) and self.env._(
                "Corrected: %(total)s %%, %(level)s",
                total=formatLang(self.env, measurement.audited_total_percentage),
                level=measurement.audited_level_id.name or self.env._("no level"),
            )

    @api.depends("audit_count", "audited_total_percentage", "audited_level_id")
    @api.depends_context("lang")
    def _compute_audit_table(self):
        for measurement in self:
            rows = measurement.is_locked and measurement._audit_rows()
            measurement.audit_table = rows and self.env["ir.qweb"]._render(
                "pso_odoo.audit_table", {"rows": rows}
            )

    # -- what the auditor corrected --------------------------------------------

    def _audit_corrections(self):
        """Return the corrections that count: those since the measurement was locked."""
        return self.audit_correction_ids.filtered(
            lambda correction: self.is_locked and correction.revision == self.revision
        )

    def _audit_amounts(self):
        """Return the amounts of the corrections that count, by kind, in order."""
        amounts = defaultdict(list)
        for correction in self._audit_corrections().sorted("id"):
            amounts[correction.kind].append(correction.amount)
        return amounts

    def _submitted_facts(self):
        """Return what can be corrected, as locked: exact fte by kind of correction."""
        figures = self.locked_figures or dict.fromkeys(SHOWN, 0)
        facts = {name: exact(figures[name]) for name in FORMULA_FACTS}
        for name, percentage in SHARES.items():
            share = figures.get(percentage) or 0
            facts[name] = exact(share) * facts["total_fte"] / 100
        return facts

    def _audited_facts(self):
        """Return what can be corrected, with the corrections that count: exact fte."""
        amounts = self._audit_amounts()
        return {
            name: fte + sum(map(exact, amounts[name]))
            for name, fte in self._submitted_facts().items()
        }

    def _audited_figures(self):
        """Return the figures of a locked measurement as corrected, levels as ids."""
        self.ensure_one()
        if not self.is_locked:
            return {}
        facts = self._audited_facts()
        if facts == self._submitted_facts():
            return self.locked_figures
        are_weights_known = self.locked_figures.get(
            "are_weights_known", self.locked_figures["is_complete"]
        )
        return self.sudo()._figures(
            {
                "total_days": facts["total_fte"],
                "direct_days": facts["direct_fte"],
                "indirect": facts["indirect_fte"],
                "pso30_days": facts["pso30_fte"],
                "pso30_regular_days": facts["pso30_regular_fte"],
                "proven_days": 0,
                "proven_indirect": 0,
                "total_correction": 0,
                "direct_correction": 0,
                "unproven_correction": 0,
                "is_complete": self.locked_figures["is_complete"],
                # How much larger it may be was not kept: it would be a person's hours.
                "unsure_days": 0 if are_weights_known else None,
                "are_weights_known": are_weights_known,
                "has_corrections": True,
            },
            self._rules(),
        )

    # -- to be shown -----------------------------------------------------------

    def _audit_rows(self):
        """Return the figures as submitted and as corrected, in the user's language.

        :return: ``[{name, label, submitted, corrected, difference, is_changed}]``
        """
        submitted, corrected = self.locked_figures, self._audited_figures()
        return [
            {
                "name": name,
                "label": self.env._(FIGURES[name].row),
                "submitted": self._audit_text(name, submitted),
                "corrected": self._audit_text(name, corrected),
                **self._audit_difference(name, submitted, corrected),
            }
            for name in self._audit_names()
        ]

    def _audit_names(self):
        """The names of the figures that an audit can change, as far as kept."""
        # A lock by an earlier version knows no figure that came later.
        return [name for name in SHOWN if name in self.locked_figures]

    def _audit_text(self, name, figures):
        value, kind = figures[name], SHOWN[name]
        if FIGURES[name].needs_next_level and not figures["next_level_id"]:
            return NONE
        if kind == "level":
            below = self.env._("Below the norms") if name == "level_id" else NONE
            return self.env["pso.level"].browse(value or ()).name or below
        if kind == "answer":
            return self.env._("Reached") if value else self.env._("Not reached")
        number = formatLang(self.env, value, digits=2)
        return f"{number}\N{NO-BREAK SPACE}%" if kind == "percent" else number

    def _audit_difference(self, name, submitted, corrected):
        """Say how much a figure was changed, and whether it was."""
        old, new = submitted[name], corrected[name]
        if SHOWN[name] in ("level", "answer"):
            return {"difference": "", "is_changed": (old or False) != (new or False)}
        is_changed = abs(new - old) > TOLERANCE
        has_gaps = submitted["next_level_id"] and corrected["next_level_id"]
        if not is_changed or FIGURES[name].needs_next_level and not has_gaps:
            return {"difference": "", "is_changed": is_changed}
        sign = "\N{MINUS SIGN}" if new < old else "+"
        number = formatLang(self.env, abs(new - old), digits=2)
        return {"difference": f"{sign}{number}", "is_changed": True}

    # -- adding corrections ----------------------------------------------------

    def _open_to_audit(self):
        """Keep others from changing these measurements, which have to be locked.

        :raise UserError: if one is not, or somebody else is changing it
        """
        self.check_access("write")
        self._reserve()
        self.env["pso.seal"]._reserve(self.company_id)
        for measurement in self:
            if not measurement.is_locked:
                raise UserError(
                    self.env._(
                        "%(measurement)s is not locked: the auditor corrects what was "
                        "locked. Use Corrections instead.",
                        measurement=measurement.name,
                    )
                )

    def _corrected(self):
        """Seal and note that corrections were added."""
        for measurement in self.sudo():
            # Written each time: a second session that has not seen this correction
            # must not add up without it.
            measurement.audit_count = len(measurement._audit_corrections())
            measurement._seal("correct")

    @api.ondelete(at_uninstall=False)
    def _unlink_except_audited(self):
        """Keep what the auditor corrected, and the corrections.

        :raise UserError: if one has some
        """
        for measurement in self.sudo():
            if measurement.audit_correction_ids:
                raise UserError(
                    self.env._(
                        "%(measurement)s has corrections by the auditor, which are "
                        "kept: it cannot be deleted.",
                        measurement=measurement.name,
                    )
                )
