from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import formatLang

from ...tools.labels import selection_label
from ...tools.score import TOLERANCE

# More fte than any organisation has; it keeps infinity and NaN out as well.
MOST_FTE = 1_000_000
# What is stated and not computed with.
STATED = "error_percentage"
# The figure that may not be larger than another, both in fte.
WHOLE_OF = {
    "direct_fte": "total_fte",
    "pso30_fte": "total_fte",
    "pso30_regular_fte": "pso30_fte",
}


class PsoAuditCorrection(models.Model):
    """What the auditor corrects in a locked measurement (rule book, section 6).

    The locked figures stay as they were submitted; the corrected ones follow from them
    and from these lines. A line is never changed or deleted: a wrong one is undone by
    one of the opposite amount. After unlocking and locking again the lines are history
    and count no more.
    """

    _name = "pso.audit.correction"
    _description = "PSO Correction by the Auditor"
    _inherit = ["pso.append.only.mixin"]
    _order = "measurement_id desc, revision desc, id"
    _rec_name = "reason"

    measurement_id = fields.Many2one(
        "pso.measurement", required=True, index=True, ondelete="restrict"
    )
    revision = fields.Integer(
        readonly=True,
        aggregator=None,
        help="The lock of the measurement that the line belongs to: the lines of "
        "earlier ones are history.",
    )
    kind = fields.Selection(
        [
            ("total_fte", "Total fte"),
            ("direct_fte", "Direct fte"),
            ("indirect_fte", "Indirect fte"),
            ("pso30_fte", "Fte for PSO 30+"),
            ("pso30_regular_fte", "Fte for PSO 30+, regular"),
            (STATED, "Error percentage"),
        ],
        string="Corrected Figure",
        required=True,
        default="direct_fte",
        help="What is corrected. The error percentage is kept as stated: how it enters "
        "the score is not public, so nothing is computed with it.",
    )
    amount = fields.Float(
        required=True,
        aggregator=None,
        help="Fte averaged over the period, weighted where they are direct, and "
        "purchases as the fte that they bring. Negative to take away.",
    )
    amount_text = fields.Char(string="Correction", compute="_compute_amount_text")
    reason = fields.Char(
        required=True,
        help="Why the auditor corrects it. Everybody who sees the totals reads this: "
        "name nobody.",
    )
    source = fields.Char(
        string="Finding",
        required=True,
        help="Where the auditor states it: a finding in the report, the key of a file "
        "in the sample.",
    )
    auditor = fields.Char(
        required=True,
        default=lambda self: self._default_auditor(),
        help="Who states it: the auditor or the certifying body.",
    )
    uid = fields.Integer(string="User Number", readonly=True, aggregator=None)
    user_name = fields.Char(string="Entered By", readonly=True)
    date = fields.Datetime(string="Entered On", readonly=True)
    is_history = fields.Boolean(
        string="History",
        compute="_compute_is_history",
        help="Of an earlier lock: it does not count.",
    )
    amount_before = fields.Float(
        string="Now",
        compute="_compute_outcome",
        digits=(16, 4),
        help="The figure with all corrections so far.",
    )
    amount_after = fields.Float(
        string="Then",
        compute="_compute_outcome",
        digits=(16, 4),
        help="The figure with this correction as well.",
    )

    # NaN is larger than every number in PostgreSQL.
    _amount_sensible = models.Constraint(
        f"CHECK ((amount <> 0 OR kind = '{STATED}') "
        f"AND amount BETWEEN -{MOST_FTE} AND {MOST_FTE})",
        "A correction by the auditor is a number other than zero, of at most a million "
        "(Amount).",
    )
    _error_percentage_range = models.Constraint(
        f"CHECK (kind <> '{STATED}' OR amount BETWEEN 0 AND 100)",
        "An error percentage lies between 0 and 100 (Amount).",
    )

    def _default_auditor(self):
        """Propose who stated the last correction of the same measurement."""
        measurement_id = self.env.context.get("default_measurement_id")
        domain = [("measurement_id", "=", measurement_id)]
        return measurement_id and self.search(domain, limit=1, order="id desc").auditor

    @api.depends("amount", "kind")
    @api.depends_context("lang")
    def _compute_amount_text(self):
        for correction in self:
            correction.amount_text = correction._amount_text()

    def _amount_text(self):
        digits = 2 if round(self.amount, 2) == round(self.amount, 4) else 4
        number = formatLang(self.env, abs(self.amount), digits=digits)
        if self.kind == STATED:
            return self.env._("%(number)s %%", number=number)
        sign = "\N{MINUS SIGN}" if self.amount < 0 else "+"
        return self.env._("%(sign)s%(number)s fte", sign=sign, number=number)

    @api.depends("revision", "measurement_id.state", "measurement_id.revision")
    def _compute_is_history(self):
        for correction in self:
            correction.is_history = correction not in (
                correction.measurement_id._audit_corrections()
            )

    @api.depends("kind", "amount", "measurement_id.audit_correction_ids.amount")
    def _compute_outcome(self):
        for correction in self:
            facts = correction.measurement_id._origin._audited_facts()
            now = float(facts.get(correction.kind, 0))
            correction.amount_before = now
            correction.amount_after = now + correction.amount

    @api.model_create_multi
    def create(self, vals_list):
        """Add corrections to locked measurements, in the name of the current user.

        :raise UserError: if one is not locked, or somebody else is changing it
        :raise ValidationError: if a figure would become impossible
        """
        self.check_access("create")
        defaults = self.default_get(["measurement_id"])
        vals_list = [defaults | vals for vals in vals_list]
        numbers = {vals.get("measurement_id") for vals in vals_list}
        measurements = self.env["pso.measurement"].browse(numbers - {None, False})
        measurements._open_to_audit()
        entered = {
            "uid": self.env.uid,
            "user_name": self.env.user.name,
            "date": fields.Datetime.now(),
        }
        revisions = {each.id: each.revision for each in measurements}
        corrections = super().create(
            [
                vals | entered | {"revision": revisions.get(vals.get("measurement_id"))}
                for vals in vals_list
            ]
        )
        measurements._corrected()
        return corrections

    @api.constrains("amount", "kind")
    def _check_figures(self):
        """Refuse corrections that leave figures which no organisation can have.

        :raise ValidationError: naming the figure, in fte
        """
        for measurement in self.measurement_id:
            submitted = measurement._submitted_facts()
            audited = measurement._audited_facts()
            for name, amount in audited.items():
                self._check_positive(name, amount, submitted[name])
            for part, whole in WHOLE_OF.items():
                excess = audited[part] - audited[whole]
                if excess > max(submitted[part] - submitted[whole], 0) + TOLERANCE:
                    raise ValidationError(
                        self.env._(
                            "%(part)s would be %(amount)s, more than %(whole)s of "
                            "%(limit)s (Amount).",
                            part=self._word(part),
                            amount=self._number(audited[part]),
                            whole=self._word(whole),
                            limit=self._number(audited[whole]),
                        )
                    )

    def _check_positive(self, name, amount, submitted):
        if amount < min(submitted, 0) - TOLERANCE:
            raise ValidationError(
                self.env._(
                    "%(figure)s would be %(amount)s: it cannot be less than zero "
                    "(Amount).",
                    figure=self._word(name),
                    amount=self._number(amount),
                )
            )

    def _word(self, kind):
        return selection_label(self, "kind", kind)

    def _number(self, amount):
        return formatLang(self.env, float(amount), digits=4)
