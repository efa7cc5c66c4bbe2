"""How far long work is, told to the user who waits for it."""

import logging
import time

import psycopg2
from psycopg2.pool import PoolError

from odoo import SUPERUSER_ID, api
from odoo.sql_db import db_connect

_logger = logging.getLogger(__name__)

INTERVAL = 1  # seconds between messages
MESSAGE = "pso_odoo.progress"


class Progress:
    """Messages on the bus about the work on a measurement, to the user alone.

    Each goes out in a short transaction of its own on the primary: work on a replica
    can write nothing, and what a long transaction writes is seen when it is over. The
    first is sent after a second, so that short work costs nothing. They say what is
    done and how far it is, and nothing of a person. One that cannot be sent is dropped:
    the work itself goes on.
    """

    def __init__(self, measurement):
        self._database = measurement.env.cr.dbname
        self._partner_id = measurement.env.user.partner_id.id
        self._measurement_id = measurement.id
        self._label = None
        self._first = self._next = time.monotonic() + INTERVAL

    def tell(self, label, share):
        """Say what is being done, unless that was said less than a second ago.

        :param share: how much of the work is done, 0-1
        """
        now = time.monotonic()
        if now < (self._next if label == self._label else self._first):
            return
        self._label, self._next = label, now + INTERVAL
        payload = {
            "measurement_id": self._measurement_id,
            "label": label,
            "share": round(share, 3),
        }
        try:
            self._send(payload)
        except (psycopg2.Error, PoolError):
            _logger.info("No word on the progress of long work.", exc_info=True)
            self._first = self._next = float("inf")

    def _send(self, payload):
        with db_connect(self._database).cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            partner = env["res.partner"].browse(self._partner_id)
            partner._bus_send(MESSAGE, payload)
