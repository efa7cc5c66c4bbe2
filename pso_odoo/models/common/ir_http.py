import logging
import re
import traceback
from contextlib import contextmanager

from psycopg2 import DataError, ProgrammingError
from psycopg2.errors import ReadOnlySqlTransaction, SerializationFailure
from werkzeug.exceptions import HTTPException, NotFound

from odoo import models
from odoo.exceptions import MissingError, UserError
from odoo.http import request

_logger = logging.getLogger(__name__)

# Our models, methods, reports and routes; and which parameters of core name them.
OURS = re.compile(r"\bpso[._]|_pso_")
NAMES = ("model", "method", "data")
# What Python and PostgreSQL raise for values of a wrong type.
MISUNDERSTOOD = (
    *(ValueError, TypeError, AttributeError, LookupError, OverflowError),
    *(DataError, ProgrammingError),
)


@contextmanager
def _retry_on_primary():
    """Have Odoo repeat on the primary what the replica could not do.

    :raise ReadOnlySqlTransaction: by which Odoo knows that
    :raise SerializationFailure: the replica cancelled a read: Odoo tries again there
    """
    cr = request.env.cr
    is_replica = cr.readonly
    try:
        yield
    except Exception as error:
        if not is_replica:
            raise
        # Closed by the other side: some routes of core close it themselves.
        if cr.closed and not cr._closed:
            raise ReadOnlySqlTransaction("The replica is gone") from error
        # Downloads of reports wrap what went wrong, which Odoo then does not see.
        cause = error.__cause__ or error
        if isinstance(cause, (ReadOnlySqlTransaction, SerializationFailure)):
            raise cause from None
        is_missing = isinstance(cause, MissingError) or isinstance(error, NotFound)
        if is_missing and _is_ours():
            raise ReadOnlySqlTransaction("Not on the replica") from error
        raise


@contextmanager
def _in_words():
    """Say in words that a request for something of ours cannot be understood.

    Whoever calls by RPC may send anything, and what Python or PostgreSQL say of it has
    the values in it, which may be a person's: they stay out of answer and log.

    :raise UserError: instead
    """
    try:
        yield
    except MISUNDERSTOOD as error:
        if isinstance(error, HTTPException) or not _is_ours():
            raise
        frames = "".join(traceback.format_tb(error.__traceback__))
        _logger.warning("%s in a request:\n%s", type(error).__name__, frames)
        raise UserError(
            request.env._(
                "This request cannot be understood: a value is of a wrong type."
            )
        ) from None


def _is_ours():
    """Return whether the request is for something of this addon."""
    names = [request.params.get(name) for name in NAMES]
    names.append(request.httprequest.path)
    return any(isinstance(name, str) and OURS.search(name) for name in names)


def _lacks_records(result):
    """Return whether records are asked for that are not there, and left out."""
    if request.params.get("method") not in ("read", "web_read"):
        return False
    ids = next(iter(request.params.get("args") or [request.params.get("ids")]))
    return isinstance(ids, list) and len(result) < len(ids)


class IrHttp(models.AbstractModel):
    """What a replica cannot answer is asked of the primary, once.

    Odoo does so itself where something is written on a read-only cursor. The same is
    right where the replica ends during the request, and where it lags and does not know
    a record of ours yet: nothing was written, so that the request can be repeated.
    """

    _inherit = "ir.http"

    @classmethod
    def _authenticate(cls, endpoint):
        with _retry_on_primary():
            return super()._authenticate(endpoint)

    @classmethod
    def _dispatch(cls, endpoint):
        with _retry_on_primary(), _in_words():
            result = super()._dispatch(endpoint)
            if request.env.cr.readonly and _is_ours() and _lacks_records(result):
                raise ReadOnlySqlTransaction("Not on the replica")
            return result
