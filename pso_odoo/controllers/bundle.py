from functools import partial

from odoo import api, http
from odoo.exceptions import MissingError, UserError
from odoo.http import Response, content_disposition, request
from odoo.modules.registry import Registry

from .workbook import refusal

ZIP = "application/zip"


class BundleController(http.Controller):
    @http.route(
        "/pso_odoo/bundle/<int:measurement_id>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def bundle(self, measurement_id, people=None, **_kwargs):
        """Download the evidence bundle of a measurement while it is made.

        Access is checked anew. Before the first byte the answer is 403 or 422 and the
        message; where something fails later the transfer breaks off, and what has come
        is no ZIP file.

        :param people: ``1`` for the proof of the files drawn, and of suppliers for who
            may have that as well
        """
        with_people = people == "1"
        measurement = self._there("pso.measurement", measurement_id)

        def stream(env):
            own = measurement.with_env(env)
            samples = own._check_bundle(with_people)
            with_suppliers = own._has_supplier_part(with_people)
            return env["pso.bundle"]._stream(own, with_suppliers, samples)

        return self._answer(lambda: measurement._bundle(with_people)[0], stream)

    @http.route(
        "/pso_odoo/sample_bundle/<int:sample_id>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def sample_bundle(self, sample_id, **_kwargs):
        """Download the proof of the files of a sample, as ``bundle``."""
        sample = self._there("pso.sample", sample_id)

        def stream(env):
            own = sample.with_env(env)
            own._check_bundle()
            return env["pso.bundle"]._stream(own.measurement_id, False, own)

        return self._answer(sample._bundle, stream)

    def _there(self, model, number):
        record = request.env[model].browse(number).exists()
        if not record:
            raise request.not_found()
        return record

    def _answer(self, prepare, stream):
        """Answer with a bundle, or say why there is none.

        :param prepare: checks, notes, and returns the name of the file
        :param stream: returns the bytes, given an environment of their own
        """
        try:
            filename = prepare()
        except MissingError:
            raise  # which a lagging replica may be the reason for
        except UserError as error:
            return refusal(error)
        headers = [
            ("Content-Type", ZIP),
            ("Content-Disposition", content_disposition(filename)),
            ("Cache-Control", "no-store"),
            # A proxy passes it on as it comes.
            ("X-Accel-Buffering", "no"),
        ]
        data = _read_apart(request.env, stream)
        return Response(data, headers=headers, direct_passthrough=True)


def _read_apart(env, stream):
    """Return what yields the bytes, on a cursor of its own.

    That of the request is closed by then. It goes to the same server: where a replica
    did not know the measurement yet, the primary has been asked.
    """
    cursor = partial(Registry(env.cr.dbname).cursor, readonly=env.cr.readonly)
    user, context = env.uid, dict(env.context)

    def read():
        # Opened when the first byte is asked for, and closed with the transfer.
        with cursor() as cr:
            yield from stream(api.Environment(cr, user, context))

    return read()
