import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import format_date

from ..purchases.pso_supplier_figure_origin import ORIGIN_OF
from ..purchases.res_partner import digits
from .pso_answer import CERTIFIED, SAID

# In the order in which one looks: who, what, from when, for whom; then what it changes.
KINDS = [
    ("entity", "The organisation on the paper is this vendor"),
    ("level", "The level"),
    ("dates", "First and last day of validity"),
    ("entities", "The entities covered"),
    ("register", "Seen in the public register"),
    ("figures", "The figures"),
    ("changes", "What it changes here"),
]
EQUAL, DIFFERENT, UNKNOWN = "equal", "different", "unknown"


class PsoAnswerCheck(models.Model):
    """Something that purchase looks at before an answer counts, and who did so when."""

    _name = "pso.answer.check"
    _description = "PSO Check of an Answer"
    _order = "answer_id, sequence, id"

    answer_id = fields.Many2one(
        "pso.answer", required=True, index=True, ondelete="cascade", readonly=True
    )
    sequence = fields.Integer(readonly=True)
    kind = fields.Selection(KINDS, string="What", required=True, readonly=True)
    applies = fields.Boolean(
        compute="_compute_finding",
        help="Whether the answer has it, so that it has to be looked at.",
    )
    finding = fields.Char(
        string="On the Answer",
        compute="_compute_finding",
        help="What the answer says of it, beside what is known here.",
    )
    is_alarming = fields.Boolean(
        compute="_compute_finding", help="What the answer says is not what is known."
    )
    is_seen = fields.Boolean(
        string="Looked At",
        help="Tick it when you have seen it yourself; your name and the day are kept.",
    )
    seen_by_id = fields.Many2one(
        "res.users",
        string="By",
        readonly=True,
        ondelete="restrict",
        help="Who ticked it. Nobody ticks for another.",
    )
    seen_on = fields.Date(string="On", readonly=True, help="On which day it was seen.")
    seen_digest = fields.Char(
        string="Digest of What Was Seen", readonly=True, groups=fields.NO_ACCESS
    )
    note = fields.Char(help="What you found, or where; for who looks at it later.")

    _kind_once = models.UniqueIndex(
        "(answer_id, kind)", "An answer has each check once (What)."
    )

    def write(self, vals):
        """Sign a tick with user and day; one that is taken back is unsigned.

        :raise AccessError: for what follows from the answer, and where it is decided on
        """
        if not self.env.su:
            self._check_may_tick(vals)
        if "is_seen" not in vals:
            return super().write(vals)
        # Who ticks what is ticked already changes nothing of it.
        changed = self.filtered(lambda check: check.is_seen != bool(vals["is_seen"]))
        result = super().write(vals)
        if vals["is_seen"]:
            changed._sign()
        else:
            changed._unsign()
        return result

    def _sign(self):
        """Note who has seen what, and when: what changes later was not seen."""
        today = fields.Date.context_today(self)
        for check in self:
            signed = {"seen_by_id": self.env.uid, "seen_on": today}
            check.sudo().write({**signed, "seen_digest": check._digest()})

    def _unsign(self):
        self.sudo().write({"seen_by_id": False, "seen_on": False, "seen_digest": False})

    def _labels(self):
        """Return what the checks are of, as it is read."""
        return [
            self._fields["kind"].convert_to_export(check.kind, check) for check in self
        ]

    def _changed_since(self):
        """Return the ticked checks of which there is something else to see by now."""
        return self.filtered(
            lambda check: check.is_seen and check.sudo().seen_digest != check._digest()
        )

    def _digest(self):
        """Digest what there is to see, as values: the same in every language."""
        facts = getattr(self, f"_facts_{self.kind}")(self.answer_id)
        text = json.dumps(facts, default=str)
        return hashlib.sha256(text.encode()).hexdigest()

    def _check_may_tick(self, vals):
        if vals.keys() - {"is_seen", "note"}:
            raise AccessError(
                self.env._("Of a check one ticks that it was seen, and adds a note.")
            )
        if any(check.answer_id.state != "to_verify" for check in self):
            raise AccessError(
                self.env._("This answer is decided on, and stays as it is.")
            )

    # -- what it is about, as values ---------------------------------------------------

    def _facts_entity(self, answer):
        vendor = answer.partner_id
        return [vendor.id, vendor.company_registry, answer.company_registry]

    def _facts_level(self, answer):
        return [answer.kind, answer.level_id.id, answer.is_pso30]

    def _facts_dates(self, answer):
        return [answer.kind, answer.date_start, answer.date_end]

    def _facts_entities(self, answer):
        return [[each.name, each.company_registry] for each in answer.entity_ids]

    def _facts_register(self, answer):
        return [answer.kind, answer.number, answer.company_registry]

    def _facts_figures(self, answer):
        values = [answer.has_figures, answer.year, answer.currency_id.id]
        return [*values, answer.turnover, answer.fte, answer.direct_percentage]

    def _facts_changes(self, answer):
        return answer._overwritten_facts()

    # -- what there is to see --------------------------------------------------------

    @api.depends(
        "kind",
        *(f"answer_id.{name}" for name in ("kind", "level_id", "is_pso30", "number")),
        *(f"answer_id.{name}" for name in ("date_start", "date_end", "has_figures")),
        *(f"answer_id.{name}" for name in ("company_registry", "entity_ids.name")),
        *(f"answer_id.{name}" for name in ("turnover", "fte", "direct_percentage")),
        *(f"answer_id.{name}" for name in ("year", "currency_id")),
        "answer_id.entity_ids.company_registry",
        "answer_id.partner_id.company_registry",
        *(f"answer_id.{name}" for name in ("proof_kind", "proof_date")),
        *(f"answer_id.{name}" for name in ORIGIN_OF.values()),
    )
    @api.depends_context("lang", "uid")
    def _compute_finding(self):
        for check in self:
            # Each says whether it applies, what there is, and whether it alarms.
            say = getattr(check, f"_find_{check.kind}")
            check.applies, check.finding, check.is_alarming = say(check.answer_id)

    def _find_entity(self, answer):
        applies = answer.kind in CERTIFIED or answer.has_figures
        here = answer.partner_id.company_registry
        there = answer.company_registry
        verdict = self._compare(there, here)
        words = {
            EQUAL: self.env._("KvK number %(number)s: equal", number=there),
            DIFFERENT: self.env._(
                "KvK number %(number)s: different, here it is %(known)s",
                number=there,
                known=here,
            ),
            UNKNOWN: self.env._(
                "KvK number unknown: on the paper %(number)s, here %(known)s",
                number=there or "–",
                known=here or "–",
            ),
        }
        return applies, words[verdict], applies and verdict == DIFFERENT

    @api.model
    def _compare(self, there, here):
        """Say whether two KvK numbers are of the same legal entity."""
        if not digits(there) or not digits(here):
            return UNKNOWN
        return EQUAL if digits(there) == digits(here) else DIFFERENT

    def _find_level(self, answer):
        level = answer.level_id.name or ""
        if answer.is_pso30:
            level = self.env._("%(level)s, 30+", level=level)
        return answer.kind == "pso", level, False

    def _find_dates(self, answer):
        start = answer.date_start and format_date(self.env, answer.date_start)
        end = answer.date_end and format_date(self.env, answer.date_end)
        today = fields.Date.context_today(self)
        is_past = bool(answer.date_end) and answer.date_end < today
        words = self.env._(
            "From %(start)s to %(end)s", start=start or "–", end=end or "–"
        )
        return answer.kind in CERTIFIED, words, is_past

    def _find_entities(self, answer):
        names = (
            f"{entity.name} ({entity.company_registry})"
            if entity.company_registry
            else entity.name
            for entity in answer.entity_ids
        )
        applies = answer.kind in CERTIFIED and bool(answer.entity_ids)
        return applies, "; ".join(filter(None, names)), False

    def _find_register(self, answer):
        words = answer.number and self.env._(
            "Certificate number %(number)s", number=answer.number
        )
        return answer.kind == "pso", words or "", False

    def _find_figures(self, answer):
        return answer.has_figures, answer._figure_words(), False

    def _find_changes(self, answer):
        overwritten = answer._overwritten()
        return bool(overwritten), "; ".join(overwritten), bool(overwritten)


class PsoAnswer(models.Model):
    """The checklist of an answer."""

    _inherit = "pso.answer"

    check_ids = fields.One2many("pso.answer.check", "answer_id", string="Checklist")

    def write(self, vals):
        """Take back the ticks at what becomes something else."""
        result = super().write(vals)
        if not SAID.isdisjoint(vals):
            self._untick_changed()
        return result

    def _untick_changed(self):
        self.sudo().check_ids._changed_since().write({"is_seen": False})

    @api.model_create_multi
    def create(self, vals_list):
        answers = super().create(vals_list)
        self.env["pso.answer.check"].sudo().create(
            [
                {"answer_id": answer.id, "kind": kind, "sequence": number}
                for answer in answers
                for number, (kind, _label) in enumerate(KINDS)
            ]
        )
        return answers
