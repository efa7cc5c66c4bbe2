import json

from markupsafe import Markup

from odoo import http
from odoo.exceptions import MissingError, UserError
from odoo.http import content_disposition, request

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What the user reads, and after it what the web client makes a dialog of.
REFUSAL = Markup("<p>{message}</p><pre hidden>{error}</pre>")


def xlsx_response(content, filename):
    """Answer with a spreadsheet to be saved, which nobody keeps on the way."""
    headers = [
        ("Content-Type", XLSX),
        ("Content-Disposition", content_disposition(filename)),
        ("Cache-Control", "no-store"),
    ]
    return request.make_response(content, headers=headers)


def refusal(error):
    """Answer with a page that says why; ``download`` of the web client shows it."""
    data = http.serialize_exception(error)
    # Nobody needs the traceback of a refusal.
    data["debug"] = ""
    answer = {"code": 0, "message": "Odoo Server Error", "data": data}
    page = REFUSAL.format(message=data["message"], error=json.dumps(answer))
    return request.make_response(page, status=error.http_status)


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

        Access is checked anew: an address says nothing of who calls it. The answer is
        403 or 422 and the message where the workbook is refused or cannot be made.

        :param names: ``1`` for the version with the names of the target group
        """
        with_names = names == "1"
        measurement = request.env["pso.measurement"].browse(measurement_id).exists()
        if not measurement:
            raise request.not_found()
        try:
            filename, content = measurement._workbook(with_names=with_names)
        except MissingError:
            raise  # which a lagging replica may be the reason for
        except UserError as error:
            return refusal(error)
        return xlsx_response(content, filename)
