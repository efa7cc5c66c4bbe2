from odoo import http
from odoo.http import request

from .workbook import xlsx_response

KINDS = ("status", "certificate", "figure", "register")


class ImportTemplateController(http.Controller):
    @http.route(
        "/pso_odoo/import/<string:kind>/template",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def template(self, kind, **_kwargs):
        """Download an empty file for an import, with what fits in it."""
        if kind not in KINDS:
            raise request.not_found()
        importer = request.env[f"pso.import.{kind}"]
        importer._check_access_to_import()
        content = request.env["pso.import.file"]._template(importer)
        return xlsx_response(content, f"pso_{kind}.xlsx")
