from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...tools.context import without_defaults
from .pso_register_entry import SETTLED

# What is written when all is applied; what contradicts what is here is not among it.
APPLIED = ("new", "renewal", "change")
# What of a certificate the register speaks of.
COMPARED = ("level_id", "is_pso30", "date_start", "date_end")
FAR = fields.Date.to_date("9999-12-31")


class PsoRegisterMatch(models.Model):
    """What the register would change of the certificates of a vendor, and doing it.

    Seen in the register is proof that was received: that it is good somebody says who
    has looked. What was verified is overwritten by nobody but a user who says so of
    this very certificate.
    """

    _inherit = "pso.register.match"

    outcome = fields.Selection(
        [
            ("new", "New certificate"),
            ("renewal", "Renewal"),
            ("change", "Certificate changes"),
            ("conflict", "Contradiction"),
            ("same", "As it is here"),
            ("incomplete", "The list says too little"),
            ("left", "Left the register"),
        ],
        string="What Changes",
        compute="_compute_outcome",
        search="_search_outcome",
        help="What taking over from the register does to the certificates of the "
        "vendor. Nothing is written before you do that. A contradiction: a certificate "
        "here has other values, and was verified, or is not older.",
    )
    before = fields.Char(
        string="Certificate Here",
        compute="_compute_outcome",
        help="The certificate that the register speaks of, as it is kept here.",
    )
    after = fields.Char(
        string="By the Register",
        compute="_compute_outcome",
        help="What the certificate is by the register.",
    )

    @api.depends(
        *(
            f"entry_id.{name}"
            for name in ("kind", "number", "left_on", "last_seen", *COMPARED)
        ),
        *(
            f"partner_id.pso_certificate_ids.{name}"
            for name in ("kind", "number", "evidence_state", *COMPARED)
        ),
    )
    @api.depends_context("lang")
    def _compute_outcome(self):
        ends = self._ends_by_start()
        for match in self:
            outcome, certificate, values = match._compare(ends)
            match.outcome = outcome
            match.before = certificate._told() if certificate else False
            match.after = match._told(values)

    def _search_outcome(self, operator, value):
        if operator != "in":
            return NotImplemented
        matches = self.search(Domain.TRUE)
        return Domain("id", "in", matches.filtered(lambda m: m.outcome in value).ids)

    # -- what would change -----------------------------------------------------

    def _ends_by_start(self):
        """Find the last days that follow from the first ones: ``{first: last}``."""
        starts = {
            entry.date_start
            for entry in self.entry_id
            if entry.kind == "pso" and entry.date_start and not entry.date_end
        }
        return self.env["pso.certificate"]._usual_ends(starts)

    def _compare(self, ends):
        """Hold the register against the certificates of the vendor.

        :param ends: as of ``_ends_by_start``
        :return: ``(outcome, the certificate that it is about, values of the register)``
        """
        entry, certificates = self.entry_id, self.partner_id.pso_certificate_ids
        values = self._values(ends)
        same_kind = certificates.filtered(lambda c: c.kind == entry.kind)
        twin = self._twin(same_kind, values)
        if entry.left_on:
            return "left", same_kind[:1], values
        if not values.get("date_start") or entry.kind == "pso" and not entry.level_id:
            return "incomplete", same_kind[:1], values
        if twin:
            if not _differences(twin, values):
                return "same", twin, values
            is_verified = twin.evidence_state == "verified"
            return ("conflict" if is_verified else "change"), twin, values
        return self._compare_with_others(same_kind, values)

    def _twin(self, certificates, values):
        """Return the certificate that the register means: by its number, or day.

        A number may outlive a renewal: of what does not overlap it is another one.
        """
        number, start = self.entry_id.number, values.get("date_start")
        end = values.get("date_end") or FAR
        by_number = certificates.filtered(
            lambda c: (
                number
                and c.number == number
                and (not start or c.date_start <= end and (c.date_end or FAR) >= start)
            )
        )
        return (by_number or certificates.filtered(lambda c: c.date_start == start))[:1]

    def _compare_with_others(self, certificates, values):
        """Say what a certificate is that is not here yet.

        It renews those that it is later than; what overlaps it and is not earlier
        cannot be right as well.
        """
        start, end = values["date_start"], values.get("date_end") or FAR
        earlier = certificates.filtered(
            lambda c: c.date_start < start and (c.date_end or FAR) <= end
        )
        contradicting = (certificates - earlier).filtered(
            lambda c: c.date_start <= end and (c.date_end or FAR) >= start
        )
        if contradicting:
            return "conflict", contradicting[:1], values
        return ("renewal" if earlier else "new"), earlier[:1], values

    def _values(self, ends):
        """Return what the register says of the certificate: what it does not is out."""
        entry = self.entry_id
        start = entry.date_start
        values = {
            "kind": entry.kind,
            "level_id": entry.level_id.id,
            "is_pso30": entry.is_pso30,
            "number": entry.number,
            "date_start": start,
            "date_end": entry.date_end
            or (entry.kind == "pso" and start and ends.get(start)),
        }
        return {name: value for name, value in values.items() if value}

    def _told(self, values):
        """Write what the register says in words, as a certificate is told."""
        # Of the same kind of record, that both read alike.
        return self.env["pso.certificate"].new(values)._told()

    # -- taking it over --------------------------------------------------------

    @without_defaults
    def action_apply(self):
        """Write the certificates that the register has of these vendors.

        What contradicts a certificate here, and what nobody confirmed, is left.
        """
        self.check_access("write")
        self._apply()

    @without_defaults
    def action_take_over(self):
        """Write what the register says though it contradicts what is here.

        A certificate with the same number or first day is changed, and no longer
        verified; one with other days stays. The page of the vendor says what it was.

        :raise UserError: of vendors that nobody confirmed
        """
        self.check_access("write")
        if self - self._settled():
            raise UserError(self.env._("Confirm first that it is this vendor."))
        self._apply(("conflict",))

    def _settled(self):
        return self.filtered(lambda match: match.state in SETTLED)

    def _apply(self, outcomes=APPLIED):
        """Write the certificates of those of these matches with such an outcome."""
        settled = self._settled()
        ends = settled._ends_by_start()
        count = 0
        for match in settled:
            outcome, certificate, values = match._compare(ends)
            if outcome in outcomes:
                match._write_certificate(outcome, certificate, values)
                count += 1
        if count:
            self.env["pso.log"]._note("import", model="pso.certificate", count=count)

    def _write_certificate(self, outcome, certificate, values):
        """Write one certificate, and say on the page of the vendor what it was."""
        proof = self._proof()
        is_twin = certificate and certificate == self._twin(certificate, values)
        before = certificate._told() if certificate else ""
        if is_twin:
            if certificate.evidence_state == "missing":
                proof["evidence_state"] = "received"
            certificate.write(values | proof)
        else:
            certificate = certificate.create(
                {
                    **values,
                    **proof,
                    "partner_id": self.partner_id.id,
                    "evidence_state": "received",
                }
            )
        if outcome in ("change", "conflict"):
            self._tell_vendor(before, certificate._told(), is_twin)

    def _proof(self):
        """Return what is kept of where it was seen, and when."""
        entry, today = self.entry_id, fields.Date.context_today(self)
        return {
            "origin": "register",
            "proof_kind": "register",
            # Where it was imported it may be tomorrow already.
            "proof_date": entry.last_seen and min(entry.last_seen, today),
            "proof_place": entry.source,
        }

    def _tell_vendor(self, before, after, is_changed):
        """Note on the page of the vendor what was taken over from the register.

        :param is_changed: what was here is changed, and does not stay beside it
        """
        if is_changed:
            body = self.env._(
                "Taken over from the PSO register: %(after)s. It was: %(before)s.",
                after=after,
                before=before,
            )
        else:
            body = self.env._(
                "Taken over from the PSO register: %(after)s. This stays: %(before)s.",
                after=after,
                before=before,
            )
        self.partner_id.sudo()._message_log(body=body)


def _differences(certificate, values):
    """Return the fields in which a certificate is not as the register says."""
    there = {name: certificate[name] for name in COMPARED}
    there["level_id"] = certificate.level_id.id
    return [n for n in COMPARED if n in values and values[n] != there[n]]
