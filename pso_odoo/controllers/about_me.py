from odoo import http
from odoo.http import request


class AboutMeController(http.Controller):
    @http.route(
        "/my/pso",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        readonly=True,
        sitemap=False,
    )
    def about_me(self, **_kwargs):
        """Show who asks what PSO stores about him, and about nobody else.

        Everybody has this page, so that having it says nothing. It is in the language
        of the user, where pages of the portal are in that of the visitor.
        """
        request.update_context(lang=request.env.user.lang)
        report = request.env["report.pso_odoo.report_person"]
        response = request.render(
            "pso_odoo.page_about_me", {"people": report._about_me()}
        )
        response.headers["Cache-Control"] = "no-store"
        return response
