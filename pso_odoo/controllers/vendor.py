import re

from odoo import http
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal

from ..models.chain.pso_page_visit import network
from ..models.chain.vendor_form import FLAGS, FORM_MOST, ROWS_MOST, TEXTS

# Of a page that only its link opens nothing is kept on the way, and the link tells
# itself to nobody else: whatever a website adds to its pages to count visits may load
# and send nothing from here. Owl compiles its templates in the browser.
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "connect-src 'self'",
        "img-src 'self' data:",
        # The fonts of a website too: who serves them would learn who answers when.
        "style-src 'self' 'unsafe-inline'",
        "font-src 'self' data:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        # The editor of a website shows its pages in a frame.
        "frame-ancestors 'self'",
    )
)
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Frame-Options": "SAMEORIGIN",
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
}
ROW = re.compile(r"entity_(?:name|kvk)_([0-9]{1,2})")


class VendorController(http.Controller):
    """The page on which a vendor answers a request, by a signed link alone."""

    @http.route(
        "/pso/vendor/<string:token>",
        type="http",
        auth="public",
        methods=["GET", "POST"],
        website=True,
        sitemap=False,
        max_content_length=FORM_MOST,
    )
    def vendor(self, token, **post):
        """Show the page of a request, and keep what its vendor answers.

        Whatever does not open gets one and the same page: with 410 and whom to ask
        where the link was signed here, with 404 else; and with 429 who tries too often.
        """
        visits = request.env["pso.page.visit"]
        asked, is_open = request.env["pso.request"]._of_link(token)
        if not is_open:
            return self._closed_or_too_often(visits, asked)
        if visits._is_too_often("link", asked._link_key()):
            return self._closed(429)
        # Who works here looks at it, and neither opens nor answers it for the vendor.
        is_colleague = request.env.user._is_internal()
        if request.httprequest.method == "POST":
            if visits._is_too_often("sent", asked._link_key()):
                return self._closed(429)
            if is_colleague:
                form = self._form(asked, post)
                return self._page(asked, form, 403, note=self._note_for_colleague())
            return self._post(asked, post)
        if is_colleague:
            note = self._note_for_colleague()
            return self._page(asked, asked._page_form(), note=note)
        # A mail scanner that asks for the head alone has not opened it.
        if request.httprequest.method == "GET" and asked.state != "to_send":
            asked._mark_opened()
        return self._page(asked, asked._page_form())

    @http.route(
        "/pso/request/<int:request_id>/page",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        sitemap=False,
        readonly=True,
    )
    def look(self, request_id, **_kwargs):
        """Show to who works here what the vendor sees, without the vendor's link."""
        asked = request.env["pso.request"].browse(request_id).exists()
        if not asked or not asked.has_access("read"):
            return self._closed(404)
        asked = asked.sudo()
        note = self._note_for_colleague()
        return self._page(asked, asked._page_form(), note=note)

    def _closed_or_too_often(self, visits, asked):
        """Answer who comes by what opens nothing, counted by where he comes from."""
        address = network(request.httprequest.remote_addr)
        if visits._is_too_often("address", address):
            return self._closed(429)
        if asked:
            return self._closed(410, asked)
        return self._closed(429 if visits._is_too_often("guess", address) else 404)

    def _note_for_colleague(self):
        return request.env._(
            "You are signed in as somebody who works here: this is what the vendor "
            "sees. Only the vendor answers here; record what you were told as an "
            "answer at the request."
        )

    # -- what comes in -----------------------------------------------------------

    def _post(self, asked, post):
        action = post.get("action")
        if action == "unchanged":
            note = asked._page_send_unchanged(post.get("shown"))
            if not note:
                return self._again()
            return self._page(asked, asked._page_form(), status=422, note=note)
        form = self._form(asked, post)
        if action == "more":
            return self._page(asked, form, more=3)
        if asked._page_send(form, self._uploads(), self._kept()):
            return self._again()
        return self._page(asked, form, status=422)

    def _form(self, asked, post):
        """Return the form as it was typed."""
        return asked._form_of(
            {name: post.get(name) for name in (*TEXTS, *FLAGS)},
            self._entities(post),
            asked._page_files(self._kept()),
        )

    def _entities(self, post):
        """Return the rows of entities in their order, the gaps between them filled."""
        numbers = [int(found[1]) for name in post if (found := ROW.fullmatch(name))]
        count = min(max(numbers, default=-1) + 1, ROWS_MOST)
        return [
            (post.get(f"entity_name_{row}"), post.get(f"entity_kvk_{row}"))
            for row in range(count)
        ]

    def _kept(self):
        """Return which of the files that were sent before stay, by their digests."""
        return {*request.httprequest.form.getlist("kept")}

    def _uploads(self):
        uploads = []
        for file in request.httprequest.files.getlist("files"):
            if file.filename:
                file.seek(0)  # It was read already where the answer is tried again.
                uploads.append((file.filename, file.read()))
        return uploads

    # -- what goes out -------------------------------------------------------------

    def _page(self, asked, form, status=200, more=0, note=""):
        values = {
            **asked._page_values(),
            "contact": asked._page_company(),
            "res_company": asked.company_id,
            "note": note,
            "is_look": request.env.user._is_internal(),
            "form": {
                "typed": form.typed,
                "rows": form.rows(more),
                "kept": list(form.kept.items()),
                "errors": form.errors,
                "limits": form.limits(),
            },
        }
        return self._render("pso_odoo.vendor_page", values, status)

    def _closed(self, status, asked=None):
        """Answer that nothing opens; only with a link of ours it says whom to ask."""
        values = {"status": status, "contact": asked and asked._page_company()}
        if asked:
            values["res_company"] = asked.company_id
        return self._render("pso_odoo.vendor_page_closed", values, status)

    def _again(self):
        """Have the browser ask for the page anew, so that nothing is sent twice."""
        answer = request.redirect(request.httprequest.path, code=303)
        answer.headers.update(HEADERS)
        return answer

    def _render(self, template, values, status):
        return request.render(template, values, status=status, headers=HEADERS)


class VendorPortal(CustomerPortal):
    """The requests to one's own organisation, for who has an account."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "pso_request_count" in counters:
            requests = request.env["pso.request"]._of_portal_user()
            values["pso_request_count"] = len(requests)
        return values

    @http.route(
        "/my/pso/requests",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        sitemap=False,
        readonly=True,
    )
    def pso_requests(self, **_kwargs):
        """List the requests to the organisation of the current user."""
        values = {
            **self._prepare_portal_layout_values(),
            "requests": request.env["pso.request"]._of_portal_user(),
            "page_name": "pso_requests",
        }
        return request.render("pso_odoo.portal_requests", values, headers=HEADERS)
