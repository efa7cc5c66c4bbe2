import logging

from odoo import http
from odoo.http import content_disposition, request

_logger = logging.getLogger(__name__)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class WorkbookController(http.Controller):
    @http.route(
        "/pso_odoo/workbook/<int:measurement_id>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def workbook(self, measurement_id, names=None, **_kwargs):
        """Download the workbook of a measurement.

        Access is checked anew: an address says nothing of who calls it. Odoo answers
        403 or 422 and the message where the workbook is refused or cannot be made.

        :param names: ``1`` for the version with the names of the target group
        """
        with_names = names == "1"
        measurement = request.env["pso.measurement"].browse(measurement_id).exists()
        if not measurement:
            raise request.not_found()
        filename, content = measurement._workbook(with_names=with_names)
        _logger.info(
            "User %d exported the PSO workbook of measurement %d, %s names.",
            request.env.uid,
            measurement_id,
            "with" if with_names else "without",
        )
        return request.make_response(
            content,
            headers=[
                ("Content-Type", XLSX),
                ("Content-Disposition", content_disposition(filename)),
                ("Cache-Control", "no-store"),
            ],
        )
