from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, formatLang

from ...tools.context import without_defaults
from ..common.pso_files_mixin import AS_SENT
from ..purchases.pso_supplier_figure_origin import ORIGIN_OF
from .pso_answer import CERTIFIED

# What is kept of an answer, by the names that both have.
OF_CERTIFICATE = ("level_id", "is_pso30", "number", "date_start", "date_end")
OF_FIGURE = ("turnover", "currency_id", "fte", "direct_percentage")
# Where a certificate comes from, by what was seen of it.
ORIGIN_BY_PROOF = {
    "certificate": "document",
    "statement": "document",
    "register": "register",
}


class PsoAnswer(models.Model):
    """What becomes of an answer that is verified: certificate and figures.

    What was there before is shown beside what comes in its place, and who verifies has
    to tick that he has seen it.
    """

    _inherit = "pso.answer"

    certificate_id = fields.Many2one(
        "pso.certificate",
        string="Certificate Kept",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The certificate that came of it.",
    )
    figure_id = fields.Many2one(
        "pso.supplier.figure",
        string="Figures Kept",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The supplier figures that came of it.",
    )
    proof_kind = fields.Selection(
        selection=lambda self: self._selection_proof_kind(),
        string="Document Seen",
        help="What you have seen as proof of the certificate; it is kept with it.",
    )
    proof_date = fields.Date(
        string="Date of the Document", help="The date that the document bears, if any."
    )
    changes = fields.Html(
        string="What Becomes of It",
        compute="_compute_changes",
        sanitize=False,
        help="What is kept of the answer, beside what is here already.",
    )

    def _selection_proof_kind(self):
        return (
            self.env["pso.certificate"]
            ._fields["proof_kind"]
            ._description_selection(self.env)
        )

    # -- before and after --------------------------------------------------------

    def _kept_certificate(self):
        """Find the certificate that this one is: of the same kind, from the same day.

        Another first day is another certificate, which stands beside the former.
        """
        certificates = self.env["pso.certificate"]
        if self.kind not in CERTIFIED or not self.date_start:
            return certificates
        return certificates.search(
            [
                ("partner_id", "=", self.partner_id.id),
                ("kind", "=", self.kind),
                ("date_start", "=", self.date_start),
            ],
            order="id desc",
            limit=1,
        )

    def _kept_figure(self):
        """Find the figures of the same year."""
        figures = self.env["pso.supplier.figure"]
        if not self.has_figures:
            return figures
        return figures.search(
            [("partner_id", "=", self.partner_id.id), ("year", "=", self.year)], limit=1
        )

    def _compared(self):
        """Return what would be kept as ``[(field, now, then)]``.

        ``now`` is None where there is no such record yet. Proof, signature and origin
        are among it where they would be replaced: with another value comes another
        proof of it.
        """
        rows = []
        if self.kind in CERTIFIED:
            kept = self._kept_certificate()
            rows += self._compare_with(kept, self._certificate_names())
            if kept and self._differing(kept, self._certificate_names()):
                rows += [
                    (kept._fields[name], kept[name], then)
                    for name, then in self._proof_then().items()
                    if kept[name]
                ]
        if self.has_figures:
            kept = self._kept_figure()
            rows += self._compare_with(kept, OF_FIGURE)
            if kept:
                rows += [
                    (kept._fields[name], kept[name], then)
                    for name, then in self._origins_then(kept).items()
                ]
        return rows

    def _certificate_names(self):
        return OF_CERTIFICATE if self.kind == "pso" else ("date_start", "date_end")

    def _compare_with(self, kept, names):
        return [
            (kept._fields[name], kept[name] if kept else None, self[name])
            for name in names
        ]

    def _differing(self, kept, names):
        """Return the names of the values that are others than those kept."""
        return [
            field.name
            for field, now, then in self._compare_with(kept, names)
            if self._differs(field, now, then)
        ]

    def _proof_then(self):
        """Return what the proof of a certificate becomes with another value of it."""
        return {
            "origin": ORIGIN_BY_PROOF.get(self.proof_kind, "vendor"),
            "proof_kind": self.proof_kind,
            "proof_date": self.proof_date,
            "verified_by_id": self.env.user,
        }

    def _origins_then(self, figure):
        """Return the origins of the values that are others than those kept."""
        differing = self._differing(figure, OF_FIGURE)
        if "currency_id" in differing:  # The same number is another turnover.
            differing.append("turnover")
        return {
            origin: self[origin] or "vendor"
            for name, origin in ORIGIN_OF.items()
            if name in differing
        }

    def _overwritten_facts(self):
        """Return what is here now and would change, as values that can be compared.

        Proof and signature after it are not among it: they are chosen beside the
        checklist, and shown with it.
        """
        said = {*OF_CERTIFICATE, *OF_FIGURE}
        return [
            [field.name, raw(now), raw(then) if field.name in said else None]
            for field, now, then in self._compared()
            if now is not None
            and (field.name not in said or self._differs(field, now, then))
        ]

    def _overwritten(self):
        """Name the values that verifying would change, each with the one it has now."""
        return [
            self.env._(
                "%(field)s: %(now)s becomes %(then)s",
                field=field._description_string(self.env),
                now=self._shown(field, now),
                then=self._shown(field, then),
            )
            for field, now, then in self._compared()
            if now is not None and self._differs(field, now, then)
        ]

    def _differs(self, field, now, then):
        if field.type == "monetary":
            return bool(self.currency_id.compare_amounts(now, then))
        return (now or False) != (then or False)

    def _shown(self, field, value):
        """Write a value as the user reads it."""
        if field.type == "many2one":
            return value.display_name or "–"
        if field.type == "boolean":
            return self.env._("Yes") if value else self.env._("No")
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, "–")
        if field.type == "date":
            return format_date(self.env, value) if value else "–"
        if field.type in ("monetary", "float"):
            return formatLang(self.env, value or 0)
        return value or "–"

    def _figure_words(self):
        if not self.has_figures:
            return ""
        return self.env._(
            "%(year)s: turnover %(turnover)s, %(fte)s fte, direct share %(share)s %%",
            year=self.year,
            turnover=formatLang(self.env, self.turnover, currency_obj=self.currency_id),
            fte=formatLang(self.env, self.fte),
            share=formatLang(self.env, self.direct_percentage),
        )

    @api.depends(
        *(*OF_CERTIFICATE, *OF_FIGURE, "kind", "partner_id", "year", "has_figures"),
        *("state", "proof_kind", "proof_date", *ORIGIN_OF.values()),
    )
    @api.depends_context("lang", "uid")
    def _compute_changes(self):
        for answer in self:
            is_open = answer.state == "to_verify"
            answer.changes = is_open and answer._changes_table()

    def _changes_table(self):
        """Return what would be kept as a table: the value now, and after it."""
        rows = Markup().join(
            Markup(
                "<tr{mark}><td>{name}</td><td>{now}</td><td>{then}</td></tr>"
            ).format(
                mark=Markup(' class="table-warning"')
                if now is not None and self._differs(field, now, then)
                else "",
                name=field._description_string(self.env),
                now=self.env._("Nothing yet")
                if now is None
                else self._shown(field, now),
                then=self._shown(field, then),
            )
            for field, now, then in self._compared()
        )
        return rows and Markup(
            '<table class="table table-sm o_pso_changes"><thead><tr><th>{what}</th>'
            "<th>{now}</th><th>{then}</th></tr></thead><tbody>{rows}</tbody></table>"
        ).format(
            what=self.env._("What"),
            now=self.env._("Here Now"),
            then=self.env._("Once Verified"),
            rows=rows,
        )

    # -- the button --------------------------------------------------------------

    @without_defaults
    def action_verify(self):
        """Keep what the vendor said, as seen and verified by the current user.

        :raise UserError: naming what nobody has ticked yet
        """
        self.check_access("write")
        for answer in self:
            answer._check_decidable()
            answer._check_seen()
            kept = {}
            if answer.kind in CERTIFIED:
                kept["certificate_id"] = answer._keep_certificate().id
            if answer.has_figures:
                kept["figure_id"] = answer._keep_figure().id
            answer._decide("verified", **kept)
        return True

    def _decide(self, state, **vals):
        self.sudo().write(
            {
                "state": state,
                "decided_by_id": self.env.uid,
                "decided_on": fields.Datetime.now(),
                **vals,
            }
        )

    def _check_decidable(self):
        """:raise UserError: where the answer is decided on, or stands back"""
        if self.state != "to_verify":
            raise UserError(
                self.env._("There is nothing to decide on any more in this answer.")
            )

    def _check_seen(self):
        """See that all that applies was looked at.

        :raise UserError: naming what was not
        """
        open_checks = self.check_ids.filtered(lambda c: c.applies and not c.is_seen)
        if self.kind in CERTIFIED and not self.proof_kind:
            missing = [self._fields["proof_kind"]._description_string(self.env)]
        else:
            missing = []
        missing = open_checks._labels() + missing
        if missing:
            raise UserError(
                self.env._("Still to do: %(what)s.", what="; ".join(missing))
            )
        changed = self.check_ids.filtered("applies")._changed_since()
        if changed:
            raise UserError(
                self.env._(
                    "Changed since it was looked at: %(what)s. Take the tick back, "
                    "look again, and tick it.",
                    what="; ".join(changed._labels()),
                )
            )

    def _keep_certificate(self):
        """Renew or add the certificate, with the files as its proof, and verify it.

        One of which nothing changes keeps where it comes from, and who verified it by
        what.
        """
        certificate = self._kept_certificate()
        names = self._certificate_names()
        vals = {
            name: self._fields[name].convert_to_write(self[name], self)
            for name in names
        }
        proof = {
            "proof_kind": self.proof_kind,
            "proof_date": self.proof_date,
            "evidence_state": "received",
            # Whoever signed what was here before has not seen this.
            "verified_by_id": False,
            "verified_on": False,
        }
        origin = ORIGIN_BY_PROOF.get(self.proof_kind, "vendor")
        if not certificate:
            owner = {"partner_id": self.partner_id.id, "kind": self.kind}
            vals |= {**proof, **owner, "origin": origin}
            certificate = certificate.create(vals)
        elif self._differing(certificate, names):
            certificate.write({**vals, **proof, "origin": origin})
        elif certificate.evidence_state != "verified":
            certificate.write(proof)
        files = self.attachment_ids.with_context(**AS_SENT)
        certificate.attachment_ids += files.copy(certificate._file_owner())
        if certificate.evidence_state != "verified":
            certificate.action_verify()
            # Signed now, and not by whoever computes it later.
            certificate.flush_recordset(["verified_by_id", "verified_on"])
        return certificate

    def _keep_figure(self):
        """Change or add the figures of the year, with where each value comes from.

        What does not change keeps where it comes from.
        """
        figure = self._kept_figure()
        names = self._differing(figure, OF_FIGURE) if figure else OF_FIGURE
        if figure and not names:
            return figure
        vals = {
            name: self._fields[name].convert_to_write(self[name], self)
            for name in names
        }
        vals["source"] = self.env._(
            "The vendor's answer of %(date)s",
            date=format_date(self.env, fields.Date.to_date(self.create_date)),
        )
        if figure:
            figure.write({**vals, **self._origins_then(figure)})
            return figure
        vals |= {name: self[name] or "vendor" for name in ORIGIN_OF.values()}
        return figure.create(
            {**vals, "partner_id": self.partner_id.id, "year": self.year}
        )


def raw(value):
    """Return a value of a record as one that can be written down."""
    return value.ids if isinstance(value, models.BaseModel) else value or None
