from odoo import http
from odoo.http import content_disposition, request

from .workbook import XLSX

KINDS = ("status", "certificate", "figure")


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
        return request.make_response(
            content,
            headers=[
                ("Content-Type", XLSX),
                ("Content-Disposition", content_disposition(f"pso_{kind}.xlsx")),
                ("Cache-Control", "no-store"),
            ],
        )
