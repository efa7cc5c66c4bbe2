import hashlib
import json

from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import SQL, format_date, formatLang

from ..common.pso_files_mixin import AS_SENT
from .pso_answer import CERTIFIED
from .vendor_form import FIGURES, VendorForm

# What a vendor's page tells of a record, and no other field of it.
OF_CERTIFICATE = ("kind", "is_pso30", "number", "date_start", "date_end")
OF_ANSWER = ("kind", "is_pso30", "number", "date_start", "date_end")
OF_ANSWER += ("company_registry", "remark", "is_estimate")
# What a link can fill here: answers to one request, and bytes of their files.
ANSWERS_MOST = 20
BYTES_MOST = 100 * 1024 * 1024


class PsoRequest(models.Model):
    """What the page of a vendor shows, and what it writes.

    Who calls is anybody with a link: everything here is of one request, by explicit
    fields, and the page is handed texts and no records.
    """

    _inherit = "pso.request"

    # -- what it shows -------------------------------------------------------------

    def _page_values(self):
        """Return what the page tells of a request, as texts."""
        self.ensure_one()
        campaign = self.campaign_id
        certificate = self._page_certificate()
        figure = self._page_figure()
        return {
            "vendor": self.partner_id.name or "",
            "year": campaign.year,
            "currency": self.company_id.currency_id.symbol or "",
            "deadline": format_date(self.env, campaign.date_deadline),
            "until": format_date(self.env, self.link_until),
            "certificates": [
                self._page_of_certificate(each, each == certificate)
                for each in self.partner_id.pso_certificate_ids
            ],
            "figures": [figure] if figure else [],
            "reason": self._page_reason(),
            "can_be_unchanged": bool(certificate) and self._page_answers_unchanged(),
            "shown": self._page_shown(),
            "covered": self._page_covered(),
            "answer": self._page_answer(),
            "kinds": self._page_kinds(),
            "levels": [(level.code, level.name) for level in self._page_levels()],
            "company": self.company_id.name,
        }

    def _page_reason(self):
        """Return why this vendor is asked; of who is not certified the page says it."""
        return "" if self.reason == "no_certificate" else self._reason_in_words()

    def _page_answers_unchanged(self):
        """Return whether that nothing has changed answers what is asked."""
        if self.reason == "no_figures":
            return bool(self._page_last_figure())
        return self.reason != "no_proof"

    def _page_company(self):
        """Return who asks, and whom to call or write to."""
        user = self.campaign_id.user_id
        return {
            "company": self.company_id.name,
            "person": user.name,
            "email": user.email or self.company_id.email or "",
            "phone": user.phone or self.company_id.phone or "",
        }

    def _page_kinds(self):
        """Return the answers to choose from, as the vendor says them."""
        kinds = {
            "pso": self.env._("We have a PSO certificate"),
            "sw": self.env._("We are a sheltered-work company"),
            "none": self.env._("We have no certificate"),
            "working": self.env._("We are working on a certificate"),
            "declined": self.env._("We do not want to answer"),
        }
        return list(kinds.items())

    def _page_levels(self):
        return self.env["pso.level"].search([], limit=100)

    def _page_certificate(self):
        """Return the certificate of the vendor that is valid today, at most one."""
        today = fields.Date.context_today(self)
        return self.partner_id.pso_certificate_ids._counting(
            today, self.env["pso.certificate"]
        )[:1]

    def _page_of_certificate(self, certificate, is_valid):
        return {
            "title": certificate._title(),
            "number": certificate.number or "",
            "start": format_date(self.env, certificate.date_start),
            "end": certificate.date_end and format_date(self.env, certificate.date_end),
            "is_valid": is_valid,
        }

    def _page_last_figure(self):
        figures = self.partner_id.pso_figure_ids
        year = self.campaign_id.year
        return figures.filtered(lambda figure: figure.year <= year)[:1]

    def _page_figure(self):
        """Return the latest figures that are known, of the year asked or before."""
        figure = self._page_last_figure()
        return figure and {
            "year": figure.year,
            "turnover": formatLang(
                self.env, figure.turnover, currency_obj=figure.currency_id
            ),
            "fte": formatLang(self.env, figure.fte),
            "direct_percentage": formatLang(self.env, figure.direct_percentage),
        }

    def _page_answers(self):
        """Return what the vendor answered here itself, the last one first.

        What purchase recorded is in words of its own, which nobody else reads.
        """
        return self.answer_ids.filtered(lambda answer: answer.channel == "page")

    def _page_last_answer(self):
        """Return the answer that was given last, if it still matters."""
        answers = self._page_answers()
        return answers.filtered(lambda answer: answer.state != "superseded")[:1]

    def _page_answer(self):
        answer = self._page_last_answer()
        if not answer:
            return {}
        return {
            "state": answer.state,
            "day": format_date(self.env, fields.Date.to_date(answer.create_date)),
            "kind": answer._fields["kind"].convert_to_export(answer.kind, answer),
            "is_unchanged": answer.is_unchanged,
            "reason": answer.refusal_reason or "",
            "files": answer.attachment_ids.mapped("name"),
        }

    def _page_verified(self):
        """Return the answer of the vendor that was verified last, in any campaign."""
        return self.env["pso.answer"].search(
            [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("state", "=", "verified"),
            ],
            limit=1,
        )

    def _page_covered(self):
        """Name the entities that are known to be covered with the vendor."""
        return ", ".join(
            self.env._(
                "%(name)s (KvK %(number)s)",
                name=each.name,
                number=each.company_registry,
            )
            if each.company_registry
            else each.name
            for each in self._page_verified().entity_ids
        )

    def _page_entities(self, answer):
        return [(each.name, each.company_registry or "") for each in answer.entity_ids]

    # -- the form ------------------------------------------------------------------

    def _page_form(self):
        """Return the form as it is shown first: with what is known by now."""
        answer = self._page_last_answer()
        typed = self._typed_of_answer(answer) if answer else self._typed_of_known()
        entities = self._page_entities(answer or self._page_verified())
        return self._form_of(typed, entities, answer.attachment_ids)

    def _form_of(self, typed, entities, files=()):
        return VendorForm(
            self.env,
            typed,
            entities,
            kept={file.checksum: file.name for file in files},
            country=self.partner_id.country_id.code or "",
            currency=self.company_id.currency_id,
        )

    def _page_files(self, kept):
        """Return the files that were sent before and stay.

        :param kept: their digests: what stands at which place may have changed since
        """
        files = {}
        for file in self._page_answers().attachment_ids:
            if file.checksum in kept:
                files.setdefault(file.checksum, file)
        return self.env["ir.attachment"].union(*files.values())

    def _typed_of_answer(self, answer):
        typed = {name: self._typed(answer[name]) for name in OF_ANSWER}
        typed["level"] = answer.level_id.code
        if answer.has_figures:
            typed |= self._typed_figures(answer)
        return typed

    def _typed_figures(self, record):
        """Fill in figures; no turnover in a currency that the form does not ask for."""
        typed = {name: self._typed(record[name]) for name in FIGURES}
        if record.currency_id != self.company_id.currency_id:
            typed["turnover"] = ""
        return typed

    def _typed_of_known(self):
        """Fill in what is printed on the certificate, and the figures of the year."""
        typed = {"company_registry": self.partner_id.company_registry}
        figure = self._page_last_figure()
        if figure.year == self.campaign_id.year:
            typed |= self._typed_figures(figure)
            typed["is_estimate"] = self._typed(figure.is_estimate)
        certificate = self._page_certificate()
        if not certificate:
            return typed
        typed |= {name: self._typed(certificate[name]) for name in OF_CERTIFICATE}
        return {**typed, "level": certificate.level_id.code}

    @api.model
    def _typed(self, value):
        """Write a value as a visitor would type it, so that it can be read again."""
        if not isinstance(value, float):
            return str(value) if value else ""
        if value.is_integer():
            return str(int(value))
        # Never three decimals, which can be read as thousands.
        text = f"{value:.2f}" if round(value, 2) == value else f"{value:.4f}"
        lang = self.env["res.lang"]._get_data(code=self.env.lang or "en_US")
        return text.replace(".", lang.decimal_point or ".")

    # -- what it writes --------------------------------------------------------------

    def _page_unchanged(self):
        """Return what a vendor says who says that all is as it was, or nothing."""
        certificate = self._page_certificate()
        if not certificate:
            return {}
        vals = {name: certificate[name] for name in OF_CERTIFICATE}
        figure = self._page_last_figure()
        if figure:
            vals |= {name: figure[name] for name in FIGURES}
            vals |= {"currency_id": figure.currency_id.id, "has_figures": True}
            vals["is_estimate"] = figure.is_estimate
        return {
            **vals,
            "is_unchanged": True,
            "level_id": certificate.level_id.id,
            "company_registry": self.partner_id.company_registry,
            "entities": [
                {"name": name, "company_registry": number}
                for name, number in self._page_entities(self._page_verified())
            ],
        }

    def _page_shown(self):
        """Digest what is known now: what changes later the vendor has not seen."""
        facts = {**self._page_unchanged(), "of": self._page_last_figure().year}
        text = json.dumps(facts, default=str, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def _page_send_unchanged(self, shown):
        """Keep that the vendor says that all is as it was.

        :param shown: the digest of what the page told when it was opened
        :return: why it was not kept, if it was not
        """
        self._page_lock()
        vals = self._page_unchanged()
        if not vals or shown != self._page_shown():
            return self.env._(
                "What is known of you has changed since you opened this page. Look at "
                "it again: nothing was sent yet."
            )
        if self._page_is_full():
            return self._page_full()
        self._page_write(vals)
        return ""

    def _page_send(self, form, uploads, kept):
        """Keep what a form says; nothing where one of its fields has an error.

        :param uploads: ``[(file name, content)]``
        :param kept: the digests of the files that were sent before and stay
        :return: whether it was kept
        """
        self._page_lock()
        files = self._page_files(kept)
        form.kept = {file.checksum: file.name for file in files}
        levels = {level.code: level.id for level in self._page_levels()}
        vals = form.parse(levels, uploads)
        if self._page_is_full(uploads):
            form.errors.setdefault("files", self._page_full())
        if form.errors:
            return False
        self._page_write(vals, files if vals["kind"] in CERTIFIED else (), form.files)
        return True

    def _page_lock(self):
        """Let one answer come in after the other, also of who clicks twice."""
        self.flush_recordset()
        self.env.execute_query(
            SQL("SELECT id FROM pso_request WHERE id = %s FOR NO KEY UPDATE", self.id)
        )

    def _page_is_full(self, uploads=()):
        """Return whether so much came by this link that no more is taken."""
        answers = self._page_answers()
        sizes = {f.checksum: f.file_size for f in answers.attachment_ids}
        sent = sum(sizes.values()) + sum(len(content) for _name, content in uploads)
        return len(answers) >= ANSWERS_MOST or sent > BYTES_MOST

    def _page_full(self):
        return self.env._(
            "More was sent from this page than it can take. Please ask who is named "
            "below."
        )

    def _page_write(self, vals, kept=(), files=()):
        """Write an answer, with the files that were kept and those that came."""
        entities = vals.pop("entities", [])
        answer = self.env["pso.answer"].create(
            {
                **vals,
                "request_id": self.id,
                "channel": "page",
                "year": self.campaign_id.year,
                "entity_ids": [Command.create(entity) for entity in entities],
            }
        )
        # The company is that of the request: the visitor's is any.
        owner = {**answer._file_owner(), "company_id": self.company_id.id}
        if kept:
            answer.attachment_ids += kept.with_context(**AS_SENT).copy(owner)
        if files:
            attachments = self.env["ir.attachment"].with_context(**AS_SENT)
            answer.attachment_ids += attachments.create(
                [{**file, **owner} for file in files]
            )

    # -- of whom else ------------------------------------------------------------------

    @api.model
    def _of_portal_user(self):
        """Find the requests to the organisation of the current user, by name and link.

        :return: ``[(company, deadline, state, link)]``
        """
        entity = self.env.user.partner_id.commercial_partner_id
        requests = self.sudo().search(
            [("partner_id", "=", entity.id), ("state", "!=", "to_send")],
            order="id desc",
        )
        return [
            {
                "company": request.company_id.name,
                "deadline": format_date(self.env, request.campaign_id.date_deadline),
                "state": request.state,
                "label": request._fields["state"].convert_to_export(
                    request.state, request
                ),
                "token": request._link_token() if request._is_link_open() else "",
            }
            for request in requests
        ]
