"""What an evidence bundle holds of suppliers: a folder for each that may count."""

from functools import cached_property

from odoo.exceptions import UserError
from odoo.tools import formatLang

from .bills import BillPapers
from .files import File, Gap, extension_of, folder_name, proof_files, read
from .ledger import Ledger

# Why a supplier of a measurement has no folder: nothing of it can count.
NOTHING_TO_PROVE = {"outside", "nothing"}


class SupplierPart:
    """The files of the suppliers of a measurement, and what is missing of them.

    :param source: the ``Source`` of the measurement
    :param footer: the lines at the foot of each printed page
    :param bills: how many of its largest bills a supplier shows
    """

    def __init__(self, source, footer, bills):
        self.source = source
        self.env = source.env
        self.bills = bills
        self.gaps = []
        self._footer = footer
        self._papers = BillPapers(self.env)

    @cached_property
    def suppliers(self):
        """The lines of each supplier that has a folder, ordered as in the workbook."""
        lines = self.source.supplier_lines.filtered(
            lambda line: line.reason not in NOTHING_TO_PROVE
        )
        return [*lines.grouped("partner_id").values()]

    @cached_property
    def left_out(self):
        """The suppliers without a folder: ``[(name, year, why)]``."""
        words = self.source.words("pso.supplier.line", "reason")
        partners = {lines.partner_id for lines in self.suppliers}
        return [
            (line.partner_id.name, line.year, words[line.reason])
            for line in self.source.supplier_lines
            if line.partner_id not in partners
        ]

    @cached_property
    def _corrections(self):
        return self.source.corrections("purchases").sudo().grouped("partner_id")

    def files(self, lines):
        """Yield the files of one supplier, one after the other.

        :param lines: its lines, as in ``suppliers``
        """
        partner = lines.partner_id
        folder = folder_name(self.source.first_references[partner.id], partner.name)
        self._folder, self._about = folder, partner.name
        ledger = Ledger(self.source, lines, self._corrections.get(partner, ()))
        content = [ledger.build(self._footer)]
        about, kind = self.env._("Ledger of the bills"), self.env._("ledger")
        yield File(folder, kind, ".xlsx", about, content, is_only=True)
        self._note_figures(lines)
        yield from self._certificates(lines)
        yield from self._largest_bills(lines)

    def _miss(self, text):
        self.gaps.append(Gap(self._folder, self._about, text))

    # -- figures -----------------------------------------------------------------

    def _note_figures(self, lines):
        """Note what is missing of the figures, and of the locked line."""
        words = self.source.words("pso.supplier.line", "reason")
        for line in lines:
            year = line.year
            if line.reason in ("no_figures", "no_rate", "older_figures"):
                self._miss(f"{year}: {words[line.reason]}")
            if line.figure_year and not line.figure_id.source:
                self._miss(
                    self.env._("%(year)s: the figures have no source.", year=year)
                )
            if line.is_estimate:
                self._miss(
                    self.env._("%(year)s: the figures are an estimate.", year=year)
                )
            if line in self.source.untraced_lines:
                self._miss(
                    self.env._(
                        "%(year)s: the bills of today do not make the locked amounts. "
                        "The ledger says by how much.",
                        year=year,
                    )
                )

    # -- certificates --------------------------------------------------------------

    def _certificates(self, lines):
        """Yield the proof files of the certificates by which purchases count."""
        certificates = self._certificates_of(lines)
        if not certificates:
            self._miss(self.env._("The certificate has been deleted: counts zero."))
        readable = certificates.sudo(False)._filtered_access("read")
        for certificate in certificates:
            label = certificate._label()
            if certificate.evidence_state != "verified":
                self._miss(
                    self.env._(
                        "%(certificate)s: the proof is not verified, so that it does "
                        "not count in the proven figures.",
                        certificate=label,
                    )
                )
            own = certificate.sudo(False)
            attachments = own in readable and proof_files(own)
            if not attachments:
                self._miss(
                    self.env._(
                        "%(certificate)s: no file. Verifiers count zero.",
                        certificate=label,
                    )
                )
            for attachment in attachments or ():
                yield from self._certificate_file(attachment, label)

    def _certificates_of(self, lines):
        """Find by which certificates the purchases count today, or were locked."""
        certificates = lines.certificate_id
        for line in lines:
            for purchase in self.source.purchases(line):
                certificates |= self.source.certificate(purchase)
        return certificates.sorted(lambda each: (each.date_start, each.id))

    def _certificate_file(self, attachment, label):
        pieces = read(attachment)
        if pieces is None:
            self._miss(
                self.env._(
                    "%(certificate)s: a file of it cannot be read any more.",
                    certificate=label,
                )
            )
            return
        kind = self.env._("certificate")
        extension = extension_of(attachment)
        yield File(self._folder, kind, extension, label, pieces)

    # -- bills ---------------------------------------------------------------------

    def to_print(self):
        """Return how many bills have to be printed, as they have no paper yet."""
        chosen = [p.move_id for lines in self.suppliers for p in self._chosen(lines)]
        return self._papers.to_print(chosen)

    def _chosen(self, lines):
        """Return the largest purchases that count, as many as are shown."""
        purchases = [p for line in lines for p in self.source.purchases(line)]
        counted = [
            p for p in purchases if p.move_id and p.certificate_id and p.amount > 0
        ]
        counted.sort(key=lambda p: (-p.amount, p.date, p.move_id))
        return counted[: self.bills]

    def _largest_bills(self, lines):
        """Yield the papers of the largest bills that count."""
        kind = self.env._("bill")
        for purchase in self._chosen(lines):
            amount = formatLang(
                self.env,
                purchase.amount,
                currency_obj=self.source.measurement.currency_id,
            )
            label = f"{purchase.number}, {amount}"
            try:
                extension, pieces = self._papers.of(purchase.move_id)
            except UserError as error:
                self._miss(
                    self.env._(
                        "Bill %(bill)s: %(reason)s", bill=label, reason=error.args[0]
                    )
                )
                continue
            yield File(self._folder, kind, extension, label, pieces)
