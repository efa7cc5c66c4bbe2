from odoo import http
from odoo.http import request

from odoo.addons.web.controllers.report import ReportController


class PsoReportController(ReportController):
    def _is_pso_report(self, _rule, _args):
        return "/pso_odoo." in request.get_http_params().get("data", "")

    @http.route(readonly=_is_pso_report)
    def report_download(self, *args, **kwargs):
        """Let our report run on a replica, as its preview does: it only reads."""
        return super().report_download(*args, **kwargs)
