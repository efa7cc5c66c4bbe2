import base64
import binascii

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command

from ...tools.context import without_defaults


class PsoEvidenceMixin(models.AbstractModel):
    """A fact that an auditor wants to see proof of."""

    _name = "pso.evidence.mixin"
    _description = "PSO Evidence"
    _inherit = ["pso.files.mixin"]

    evidence_state = fields.Selection(
        [("missing", "Missing"), ("received", "Received"), ("verified", "Verified")],
        string="Proof",
        required=True,
        default="missing",
        copy=False,
        help="Verified: somebody has seen the proof and found it good. Only what is "
        "verified counts in the proven figures.",
    )
    verified_by_id = fields.Many2one(
        "res.users",
        compute="_compute_verified",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
        ondelete="restrict",
        help="Who has seen the proof. Nobody signs for another.",
    )
    verified_on = fields.Date(
        compute="_compute_verified",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
        help="On which day the proof was seen.",
    )
    attachment_ids = fields.Many2many(
        string="Proof Files",
        help="What proves it. Only who may read this record may read its files; for a "
        "person, that somebody has seen the decision is enough.",
    )

    proof_kind = fields.Selection(
        [
            ("list", "What an imported list says"),
            ("other", "Another document"),
        ],
        string="Document Seen",
        copy=False,
        help="What was seen when the proof was verified.",
    )
    proof_date = fields.Date(
        string="Date of the Document",
        copy=False,
        help="The date that the document bears, if it bears one.",
    )
    proof_place = fields.Char(
        string="Kept At",
        copy=False,
        help="Where the document can be found again, if not among the files here.",
    )
    new_files = fields.Json(
        compute="_compute_new_files",
        inverse="_inverse_new_files",
        help="Files that come with a record that is not saved yet, as "
        "``[{name, content}]``, the content in base64. They are sent with the record: "
        "an upload before it would belong to no record, and be open to administrators.",
    )

    # What the proof is proof of: a change of these asks for a new look at it.
    _evidence_of = frozenset()

    @api.model_create_multi
    def create(self, vals_list):
        defaults = self.default_get(["evidence_state", "verified_by_id", "proof_kind"])
        for vals in vals_list:
            self._check_signature(defaults | vals)
            self._check_seen(defaults | vals)
        records = super().create(vals_list)
        records._note_signatures(self)
        return records

    def write(self, vals):
        self._check_signature(vals)
        self._check_seen(vals)
        is_said = "evidence_state" in vals
        is_changed = not is_said and not self._evidence_of.isdisjoint(vals)
        verified = self._verified() if is_said or is_changed else self.browse()
        if is_changed:
            super(PsoEvidenceMixin, verified).write({"evidence_state": "received"})
        result = super().write(vals)
        if is_said or verified:
            self._note_signatures(verified)
        return result

    def _check_signature(self, vals):
        """See that nobody signs for another; withdrawing a signature is free.

        :raise AccessError: if a user signs in another's name, or changes the date of
            another's signature
        """
        if self.env.su or not vals.keys() & {"verified_by_id", "verified_on"}:
            return
        state = vals.get("evidence_state")
        signed = self.filtered(lambda r: r.evidence_state == "verified")
        is_withdrawn = state != "verified" if state else not signed
        signer = vals.get("verified_by_id", self.env.uid)
        if signer != self.env.uid and (signer or not is_withdrawn):
            raise AccessError(
                self.env._("Proof is verified in your own name (Verified By).")
            )
        if is_withdrawn or "verified_on" not in vals or "verified_by_id" in vals:
            return
        date = fields.Date.to_date(vals["verified_on"])
        others = signed.filtered(lambda r: r.verified_by_id - self.env.user)
        if any(record.verified_on != date for record in others):
            raise AccessError(
                self.env._(
                    "Somebody else verified this proof, and alone changes the date "
                    "(Verified On)."
                )
            )

    def _verified(self):
        return self.filtered(lambda record: record.evidence_state == "verified")

    def _check_seen(self, vals):
        """See that who verifies proof has it, and says what he has seen.

        :raise UserError: if a user verifies what is missing, or does not say what
        """
        if self.env.su or vals.get("evidence_state") != "verified":
            return
        signed = self - self._verified()
        if any(record.evidence_state == "missing" for record in signed):
            raise UserError(
                self.env._(
                    "Record that the proof was received before somebody verifies it."
                )
            )
        is_said = vals.get("proof_kind", all(signed.mapped("proof_kind")))
        if not is_said or not (self or vals.get("proof_kind")):
            raise UserError(
                self.env._(
                    "Say what you have seen (Document Seen): proof is not verified "
                    "without."
                )
            )

    def _note_signatures(self, verified):
        """Write into the log what a user verified, or withdrew, of these records.

        :param verified: those of them that were verified before
        """
        if self.env.su:
            return
        now = self._verified()
        for event, records in (
            ("verify", now - verified),
            ("withdraw", verified - now),
        ):
            if records:
                self._note_signature(event, records)

    def _note_signature(self, event, records):
        """Write a line of the log, without the number of a record."""
        self.env["pso.log"]._note(event, self._name, count=len(records))

    @api.depends()
    def _compute_new_files(self):
        self.new_files = False

    def _inverse_new_files(self):
        """Keep files that came with a record among its proof.

        :raise UserError: if they are not as the field says
        """
        for record in self:
            files = record._read_new_files(record.new_files or [])
            record.attachment_ids = [
                Command.create({**file, **record._file_owner()}) for file in files
            ]
        self.invalidate_recordset(["new_files"], flush=False)

    def _read_new_files(self, files):
        try:
            return [
                {
                    "name": str(file["name"]),
                    "raw": base64.b64decode(file["content"], validate=True),
                }
                for file in files
            ]
        except (TypeError, KeyError, ValueError, binascii.Error) as error:
            raise UserError(
                self.env._("A file was not sent as a whole: attach it again.")
            ) from error

    def _keep_files(self):
        """Record that proof that comes with a file has been received."""
        result = super()._keep_files()
        for record in self:
            if record.attachment_ids and record.evidence_state == "missing":
                record.evidence_state = "received"
        return result

    @api.depends("evidence_state")
    def _compute_verified(self):
        """Sign a verification with user and date; a withdrawn one is unsigned."""
        for record in self:
            verified = record.evidence_state == "verified"
            signer = verified and record.verified_by_id
            # A date without a signature is nobody's: whoever signs signs today.
            signed_on = signer and record.verified_on
            record.verified_by_id = verified and (signer or self.env.user)
            record.verified_on = verified and (
                signed_on or fields.Date.context_today(record)
            )

    @api.constrains("proof_date")
    def _check_proof_date(self):
        today = fields.Date.context_today(self)
        if any(record.proof_date and record.proof_date > today for record in self):
            raise ValidationError(
                self.env._("No document is of the future (Date of the Document).")
            )

    @api.constrains("verified_on")
    def _check_verified_on(self):
        today = fields.Date.context_today(self)
        for record in self:
            if record.verified_on and record.verified_on > today:
                raise ValidationError(
                    self.env._(
                        "Proof cannot have been verified in the future (Verified On)."
                    )
                )

    @without_defaults
    def action_receive(self):
        """Record that the proof has come in; nobody has looked at it yet."""
        missing = self.filtered(lambda record: record.evidence_state == "missing")
        missing.write({"evidence_state": "received"})

    @api.readonly
    @without_defaults
    def action_look(self):
        """Ask what the current user has seen of the proof of one record.

        :raise AccessError: who may not verify it
        """
        self.ensure_one()
        self.check_access("write")
        view = self.env.ref(f"pso_odoo.{self._table}_view_form_proof")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Verify Proof"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [[view.id, "form"]],
            "target": "new",
        }

    @without_defaults
    def action_verify(self):
        """Record that the current user has seen the proof today.

        :raise UserError: if there is none, or it is not said what was seen
        """
        self.write({"evidence_state": "verified"})

    @without_defaults
    def action_withdraw(self):
        """Withdraw the verification; the log says who did so."""
        self._verified().write({"evidence_state": "received"})
