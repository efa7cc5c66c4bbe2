from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.context import without_defaults
from ...tools.labels import selection_label

RENEWALS = [
    ("not_asked", "Not Requested"),
    ("asked", "Requested"),
    ("promised", "Promised"),
    ("renewed", "Renewed"),
    ("stopped", "Stopped"),
]
# What the addon itself writes beside the state.
NOTED = {"renewal_on", "renewal_by_id"}


class PsoCertificate(models.Model):
    """Whether a certificate that ends is followed by another one."""

    _inherit = "pso.certificate"

    renewal = fields.Selection(
        RENEWALS,
        compute="_compute_renewal",
        store=True,
        readonly=False,
        help="How it stands with the next certificate. Renewed follows by itself once "
        "a later certificate of the organisation is registered; stopped means that "
        "there will be none, and nobody is reminded any more.",
    )
    renewal_on = fields.Date(
        string="Renewal Changed On",
        readonly=True,
        copy=False,
        help="When somebody last said how it stands with the renewal.",
    )
    renewal_by_id = fields.Many2one(
        "res.users",
        string="Renewal Changed By",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="Who last said how it stands with the renewal.",
    )

    @api.depends("date_end", "partner_id.pso_certificate_ids.date_end")
    def _compute_renewal(self):
        for certificate in self:
            if certificate._is_followed():
                certificate.renewal = "renewed"
            elif certificate.renewal in (False, "renewed"):
                certificate.renewal = "not_asked"
            else:
                certificate.renewal = certificate.renewal

    def _renew_anew(self):
        """Find out anew which of these are renewed; SQL may have moved certificates."""
        self.env.add_to_compute(self._fields["renewal"], self)
        self.flush_recordset(["renewal"])

    def _is_followed(self):
        """Return whether the organisation has a certificate that ends later."""
        end = self.date_end
        return bool(end) and any(
            not other.date_end or other.date_end > end
            for other in self.sudo().partner_id.pso_certificate_ids
        )

    @api.constrains("renewal")
    def _check_renewal(self):
        for certificate in self:
            is_followed = certificate._is_followed()
            if certificate.renewal == "renewed" and not is_followed:
                raise ValidationError(
                    self.env._(
                        "Register the next certificate of %(partner)s: then this one "
                        "is renewed (Renewal).",
                        partner=certificate.partner_id.display_name,
                    )
                )
            if is_followed and certificate.renewal != "renewed":
                raise ValidationError(
                    self.env._(
                        "A later certificate of %(partner)s is registered, so this one "
                        "is renewed (Renewal).",
                        partner=certificate.partner_id.display_name,
                    )
                )

    # -- what follows from a change ------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        plain = self.with_context(default_renewal_on=False, default_renewal_by_id=False)
        values = [
            {name: value for name, value in vals.items() if name not in NOTED}
            for vals in vals_list
        ]
        certificates = super(PsoCertificate, plain).create(values).with_env(self.env)
        certificates._end_reminders()
        return certificates

    def write(self, vals):
        vals = {name: value for name, value in vals.items() if name not in NOTED}
        renewal = vals.get("renewal")
        changed = self.filtered(lambda each: renewal and each.renewal != renewal)
        result = super().write(vals)
        if changed:
            now = {"renewal_on": fields.Date.context_today(self)}
            super(PsoCertificate, changed).write(now | {"renewal_by_id": self.env.uid})
            changed._note_renewal(renewal)
        if vals.keys() & {"renewal", "date_end", "date_start", "kind", "partner_id"}:
            self._end_reminders()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_with_reminders(self):
        """Delete the reminders with their activities, which the database would not."""
        domain = [("certificate_id", "in", self.ids)]
        self.env["pso.reminder"].sudo().search(domain).unlink()

    def _note_renewal(self, renewal):
        """Write down who says so; of several at once in one line."""
        self.env["pso.log"]._note(
            "renew",
            self._name,
            record=self.id if len(self) == 1 else 0,
            name=self.display_name if len(self) == 1 else "",
            count=len(self),
            reason=selection_label(self, "renewal", renewal),
        )

    def _end_reminders(self):
        """End the reminders of certificates that need no renewal any more."""
        self.env["pso.reminder"]._end_settled(self.partner_id)

    # -- the buttons ---------------------------------------------------------------

    def _renewal_asked(self):
        """Note that the vendors were asked, of certificates of which they were not.

        For what asks them: a request that is sent.
        """
        self.filtered(lambda each: each.renewal == "not_asked").renewal = "asked"

    @without_defaults
    def action_renewal_asked(self):
        """Say that the organisation was asked for its next certificate."""
        self._renewal_asked()

    @without_defaults
    def action_renewal_promised(self):
        """Say that the organisation will be certified again."""
        self.filtered(lambda each: each.renewal != "renewed").renewal = "promised"

    @without_defaults
    def action_renewal_stopped(self):
        """Say that there will be no next certificate: nobody is reminded any more."""
        self.filtered(lambda each: each.renewal != "renewed").renewal = "stopped"
