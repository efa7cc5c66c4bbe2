"""The bills of a supplier as they came in, or as Odoo prints them."""

import logging
import time

import psycopg2
from psycopg2.errors import ReadOnlySqlTransaction

from odoo.exceptions import AccessError, UserError
from odoo.tools import config

from odoo.addons.base.models.ir_qweb import QWebError

from .files import PDF, extension_of, read

_logger = logging.getLogger(__name__)

REPORT = "account.account_invoices"
# So long printing a bill takes, in seconds, give or take as much.
PRINTING = 2
# The part of the time of a request in which bills are printed: what comes after the
# last of them is done in the rest.
SHARE = 0.7


def time_limit():
    """Return after how many seconds Odoo ends a request, 0 if it never does."""
    return config["limit_time_real"] or 0


class BillPapers:
    """Finds the paper of a bill, as far as the user may read that bill.

    Who coordinates PSO need not be let into the bookkeeping: a bill of a sheltered-work
    company may say who was seconded. So bills are read as the user, unlike the figures.
    Those that have to be printed are, as long as there is time.
    """

    def __init__(self, env):
        self.env = env
        limit = time_limit()
        self._until = time.monotonic() + SHARE * limit if limit else float("inf")

    def to_print(self, move_ids):
        """Return how many of some bills the user may read, and have no paper yet."""
        moves = self.env["account.move"].browse(move_ids)._filtered_access("read")
        return sum(not self._attachments(move) for move in moves)

    def of(self, move_id):
        """Return the paper of a bill: ``(extension, pieces)``.

        :raise UserError: saying why there is none
        """
        move = self.env["account.move"].browse(move_id)
        if not move.has_access("read"):
            raise AccessError(
                self.env._("you may not read it. Somebody who may can add it.")
            )
        for attachment in self._attachments(move):
            if pieces := read(attachment):
                return extension_of(attachment), pieces
        return self._print(move)

    def _attachments(self, move):
        """Return what may be the bill itself, the likeliest first."""
        files = self.env["ir.attachment"].search(
            [
                ("res_model", "=", move._name),
                ("res_id", "=", move.id),
                ("res_field", "=", False),
            ],
            order="id",
        )
        main = move.message_main_attachment_id & files
        papers = (main | files).filtered(
            lambda file: file.mimetype == PDF or file.mimetype.startswith("image/")
        )
        return papers.sorted(lambda file: (file != main, file.mimetype != PDF))

    def _print(self, move):
        """Print a bill as Odoo does: ``(extension, pieces)``.

        :raise UserError: if it cannot be printed, or there is no time left to do so
        """
        if time.monotonic() > self._until:
            raise UserError(
                self.env._(
                    "it has no file, and there was no time left to print it. Print it "
                    "in Odoo and attach it, or have limit_time_real raised."
                )
            )
        try:
            content, kind = self._print_apart(move, readonly=True)
        except ReadOnlySqlTransaction:
            content, kind = self._print_apart(move, readonly=False)
        return f".{kind}", [content]

    def _print_apart(self, move, readonly):
        """Print a bill on a cursor of its own, of which nothing stays.

        Core computes what is stored while it prints, and may want to write that.

        :param readonly: whether a replica may do it
        :raise ReadOnlySqlTransaction: if something is written there
        :raise UserError: if it cannot be printed
        """
        with self.env.registry.cursor(readonly=readonly) as cr:
            try:
                return self._printed(move.with_env(self.env(cr=cr)))
            except ReadOnlySqlTransaction:
                raise
            except (QWebError, psycopg2.Error) as error:
                if isinstance(error.__cause__, ReadOnlySqlTransaction):
                    raise error.__cause__ from None
                _logger.warning("A bill cannot be printed.", exc_info=True)
                raise UserError(self.env._("it cannot be printed.")) from error
            finally:
                cr.rollback()

    def _printed(self, move):
        # As superuser: that the user may read the bill has been seen.
        reports = move.env["ir.actions.report"].sudo()
        # Core would keep what it prints, which is not for who reads to decide.
        reports = reports.with_context(report_pdf_no_attachment=True)
        return reports._render_qweb_pdf(REPORT, move.ids)
