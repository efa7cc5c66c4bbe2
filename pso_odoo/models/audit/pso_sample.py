from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import formatLang

from ...tools.groups import HR
from ...tools.sampling import proposed_size
from ...tools.score import exact
from ..measurement.pso_quality_answer import CRITERIA

# What a draw rests on, which nobody changes afterwards; and what it finds.
CLOSED_BY_DRAW = {"measurement_id", "seed", "size"}
DRAWN = {
    *("number", "is_seed_drawn", "population", "population_digest"),
    *("drawn_on", "drawn_by_id"),
}
# Only drawing and closing write these.
SET_BY_BUTTONS = frozenset({*DRAWN, "state", "closed_on", "closed_by_id", "line_ids"})
COMPUTED = {"compute": "_compute_results", "compute_sudo": True}


class PsoSample(models.Model):
    """The files of the target group that an auditor looks at (section 5).

    Drawn so that anybody can draw them again: see ``sampling.py``. Names and lines are
    for the PSO HR group, beside whom the auditor works; coordinators see the shares.
    """

    _name = "pso.sample"
    _description = "PSO File Review"
    _inherit = ["pso.by.buttons.mixin"]
    _by_buttons = SET_BY_BUTTONS
    _order = "id desc"

    name = fields.Char(
        required=True,
        default=lambda self: self.env._("File Review"),
        help="Of the review, not of a person.",
    )
    measurement_id = fields.Many2one(
        "pso.measurement",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self._default_measurement(),
        help="The sample is drawn from the people who count in it. Lock it first, or "
        "the people may change after the draw.",
    )
    company_id = fields.Many2one(related="measurement_id.company_id")
    is_locked = fields.Boolean(related="measurement_id.is_locked")
    state = fields.Selection(
        [("draft", "Draft"), ("drawn", "Drawn"), ("closed", "Closed")],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
    )
    # With the keys of the workbook it tells whose files were drawn.
    seed = fields.Char(
        size=64,
        copy=False,
        groups=HR,
        help="Decides, with the keys of the people, who is drawn. Let the auditor name "
        "it; left empty, a random one is drawn. It stays as it is after the draw.",
    )
    is_seed_drawn = fields.Boolean(
        string="Seed Drawn at Random",
        readonly=True,
        copy=False,
        help="Off where somebody entered the seed.",
    )
    size = fields.Integer(
        string="Number of Files",
        required=True,
        compute="_compute_size",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
        help="How many files are looked at: ask the auditor. The scheme does not "
        "publish its rule; what is filled in, the square root of the number of people "
        "and at least five, is our assumption. More than there are takes all.",
    )
    number = fields.Integer(
        string="Draw",
        readonly=True,
        copy=False,
        aggregator=None,
        help="Which draw from this measurement this is: that somebody drew again is "
        "seen.",
    )
    population = fields.Integer(
        string="People to Draw From",
        readonly=True,
        copy=False,
        groups=HR,
        aggregator=None,
        help="How many people of the target group counted in the measurement.",
    )
    population_digest = fields.Char(
        readonly=True,
        copy=False,
        groups=HR,
        help="SHA-256 over the sorted keys of these people, one a line.",
    )
    drawn_on = fields.Datetime(readonly=True, copy=False)
    drawn_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, ondelete="restrict"
    )
    closed_on = fields.Datetime(readonly=True, copy=False)
    closed_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, ondelete="restrict"
    )
    note = fields.Text(help="On the review as a whole; nothing about a person.")
    line_ids = fields.One2many(
        "pso.sample.line",
        "sample_id",
        string="Personnel Files",
        readonly=True,
        groups=HR,
    )

    draw_note = fields.Char(
        compute="_compute_draw_note", help="Whether there are other draws."
    )
    line_count = fields.Integer(**COMPUTED, string="Files Drawn")
    open_count = fields.Integer(
        **COMPUTED,
        string="Files to Review",
        help="Files of which is not yet said whether they are complete.",
    )
    is_suppressed = fields.Boolean(
        **COMPUTED,
        string="Shares Not Shown",
        help="Fewer files than the smallest group shown: their shares would be about "
        "persons. Those who may see names see them.",
    )
    error_percentage = fields.Float(
        **COMPUTED,
        string="Files Not Complete (%)",
        help="Files that are not complete, as a share of the files drawn.",
    )
    appraisal_percentage = fields.Float(
        **COMPUTED,
        string="Appraisal Talks (%)",
        help="Files that show an appraisal talk, as a share of the files drawn.",
    )
    development_percentage = fields.Float(
        **COMPUTED,
        string="Development Talks (%)",
        help="Files that show a development talk, as a share of the files drawn.",
    )
    talks_percentage = fields.Float(
        **COMPUTED,
        string="Both Talks (%)",
        help="Files that show both, as a share of the files drawn: the strictest "
        "reading of the rule that both are shown for at least 80 % of the files.",
    )
    asked_percentage = fields.Float(
        **COMPUTED,
        string="Talks Asked (%)",
        help="Share of the sampled files in which appraisal and development talks are "
        "to be shown, at re-certification.",
    )
    is_enough = fields.Boolean(
        **COMPUTED,
        string="Enough Talks",
        help="Both talks are shown in at least the share of the files asked for.",
    )
    work_result = fields.Char(**COMPUTED, string="Suitable Work")
    integration_result = fields.Char(**COMPUTED, string="Integration")
    development_result = fields.Char(**COMPUTED, string="Functioning and Development")
    guidance_result = fields.Char(**COMPUTED, string="Guidance")

    _size_positive = models.Constraint(
        "CHECK (size > 0)", "A sample has at least one file (Number of Files)."
    )
    _number_unique = models.UniqueIndex(
        "(measurement_id, number) WHERE number > 0",
        "Somebody else drew from this measurement at the same moment: try again.",
    )

    def _default_measurement(self):
        """Return the measurement of this company that ends last, a locked one first."""
        measurements = self.env["pso.measurement"].search(
            [("company_id", "=", self.env.company.id)]
        )
        return (measurements.filtered("is_locked") or measurements)[:1]

    @api.depends("measurement_id")
    def _compute_size(self):
        for sample in self:
            if sample.state in (False, "draft"):
                people = sample.measurement_id and sample._population()
                sample.size = proposed_size(len(people or ()))

    @api.depends("name", "number")
    def _compute_display_name(self):
        for sample in self:
            sample.display_name = sample.name
            if sample.number:
                sample.display_name = self.env._(
                    "%(name)s (draw %(number)s)", name=sample.name, number=sample.number
                )

    @api.depends("measurement_id", "number")
    @api.depends_context("lang")
    def _compute_draw_note(self):
        last = dict(
            self._read_group(
                [("measurement_id", "in", self.measurement_id.ids)],
                ["measurement_id"],
                ["number:max"],
            )
        )
        for sample in self:
            draws = last.get(sample.measurement_id._origin) or 0
            sample.draw_note = draws - bool(sample.number) > 0 and self.env._(
                "Samples drawn from this measurement: %(count)s. Each draw is kept.",
                count=draws,
            )

    # -- the results -----------------------------------------------------------

    @api.depends(
        "line_ids.file_state",
        "line_ids.has_appraisal",
        "line_ids.has_development",
        *(f"line_ids.{criterion}" for criterion, _label in CRITERIA),
        "measurement_id.edition_id.quality_min_share",
        "measurement_id.company_id.pso_small_group",
    )
    @api.depends_context("uid", "lang")
    def _compute_results(self):
        """Compute shares of the files drawn; of few files for who sees names alone."""
        sees_names = self.env.user.has_group(HR)
        for sample in self:
            lines = sample._as_addon().line_ids
            smallest = 1
            if not sees_names:
                smallest = sample._smallest_shown()
            sample.line_count = len(lines)
            sample.open_count = len(lines.filtered(lambda line: not line.file_state))
            sample.is_suppressed = 0 < len(lines) < smallest
            shown = lines.browse() if sample.is_suppressed else lines
            sample._set_shares(shown)
            for criterion, _label in CRITERIA:
                sample[f"{criterion}_result"] = sample._result(
                    shown.mapped(criterion), smallest
                )

    def _smallest_shown(self):
        """Return of how many files shares are shown, to who may not see names.

        Who sets that number himself is held to that of last night.
        """
        limit = self.measurement_id._small_group_limit()
        return limit or len(self.line_ids) + 1

    def _set_shares(self, lines):
        both = lines.filtered("has_appraisal").filtered("has_development")
        parts = {
            "error": lines.filtered(lambda line: line.file_state == "incomplete"),
            "appraisal": lines.filtered("has_appraisal"),
            "development": lines.filtered("has_development"),
            "talks": both,
        }
        for name, part in parts.items():
            self[f"{name}_percentage"] = lines and 100 * len(part) / len(lines)
        asked = exact(self.measurement_id.edition_id.quality_min_share)
        self.asked_percentage = float(100 * asked)
        self.is_enough = lines and len(both) >= asked * len(lines)

    def _result(self, judgements, smallest):
        """Say how many of the files that were judged meet a criterion."""
        judged = [each for each in judgements if each != "open"]
        if not judged:
            return self.env._("Not judged")
        if len(judged) < smallest:
            return self.env._("Too few files to show")
        met = judged.count("met")
        return self.env._(
            "%(share)s %% (%(met)s of %(judged)s)",
            share=formatLang(self.env, 100 * met / len(judged), digits=1),
            met=met,
            judged=len(judged),
        )

    # -- what may change -------------------------------------------------------

    def write(self, vals):
        self._check_by_buttons(vals)
        if not self.env.su:
            self._check_not_closed()
            if not CLOSED_BY_DRAW.isdisjoint(vals):
                self._check_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_drawn(self):
        self._check_draft()

    def _by_buttons_message(self, names):
        return self.env._("A sample is drawn and closed by its buttons alone.")

    def _check_not_closed(self):
        """Refuse to change a closed review, of which nothing is written any more.

        :raise UserError: if one is closed
        """
        for sample in self:
            if sample.state == "closed":
                raise UserError(
                    self.env._(
                        "%(sample)s is closed and stays as it is.",
                        sample=sample.display_name,
                    )
                )

    def _check_draft(self):
        """Refuse to change what has been drawn: it stays, and so does its seed.

        :raise UserError: if one has been drawn
        """
        for sample in self:
            if sample.state != "draft":
                raise UserError(
                    self.env._(
                        "%(sample)s has been drawn and stays as it is. Make a new one "
                        "to draw again.",
                        sample=sample.display_name,
                    )
                )
