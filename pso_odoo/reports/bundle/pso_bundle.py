from functools import partial

from odoo import fields, models

from ...tools.progress import Progress
from ...tools.zip_stream import ZipStream
from ..workbook.source import Source
from .bills import PRINTING, SHARE, time_limit
from .contents import Contents, Entry
from .files import File, Names
from .people_part import PeoplePart
from .supplier_part import SupplierPart

SUMS_FILE = "SHA256SUMS"
# What takes no longer, in seconds, nobody needs to be told of before.
SOON = 20


class PsoBundle(models.AbstractModel):
    """The proof behind a measurement, as a ZIP file that is made while it is sent.

    Of suppliers it holds certificates, ledgers and the largest bills; of persons the
    proof of the files that were drawn, by key. What is missing is named: a verifier
    counts zero for that, and the organisation had better know first.
    """

    _name = "pso.bundle"
    _description = "PSO Evidence Bundle"

    def _stream(self, measurement, with_suppliers, samples):
        """Yield the bytes of the bundle of a measurement.

        The caller has checked who asks for what. One file is in memory at a time. Where
        something fails midway nothing more is yielded, so that what was sent is no ZIP
        file.

        :param with_suppliers: whether there are folders of suppliers
        :param samples: the ``pso.sample`` of which there are files
        """
        measurement = self._in_scope(measurement)
        env, samples = measurement.env, samples.with_env(measurement.env)
        moment = fields.Datetime.context_timestamp(self, fields.Datetime.now())
        moment = moment.replace(tzinfo=None, microsecond=0)
        source = Source(measurement)
        footer = env["pso.workbook"]._footer(source)
        contents = Contents(measurement, footer, moment)
        suppliers = with_suppliers and self._suppliers(source, footer)
        people = [PeoplePart(sample) for sample in samples]
        archive, names = ZipStream(moment), Names()
        for file in self._told(measurement, self._steps(suppliers, people)):
            packed = yield from archive.add(names.of(file), file.pieces)
            contents.entries.append(Entry(file.about, packed))
        parts = [*([suppliers] if suppliers else []), *people]
        gaps = [gap for part in parts for gap in part.gaps]
        table = contents.build(gaps, suppliers.left_out if suppliers else [])
        label, kind = env._("Contents"), env._("contents")
        file = File("", kind, ".xlsx", label, [table], is_only=True)
        packed = yield from archive.add(names.of(file), file.pieces)
        contents.entries.append(Entry(label, packed))
        yield from archive.add(f"{SUMS_FILE}.txt", [contents.sums()])
        yield from archive.end()

    def _in_scope(self, measurement):
        """Return a measurement with all companies of its scope switched on."""
        companies = measurement.company_id | measurement.sudo().company_ids
        return measurement.with_context(allowed_company_ids=companies.ids)

    def _suppliers(self, source, footer):
        bills = source.measurement.company_id.sudo().pso_bundle_bills
        return SupplierPart(source, footer, bills)

    def _notice(self, measurement):
        """Say before it is made what takes long in a bundle, and how long about.

        :return: a text, False where it does not take long
        """
        suppliers = self._suppliers(Source(self._in_scope(measurement)), [])
        bills = suppliers.to_print() if suppliers.bills else 0
        if bills * PRINTING <= SOON:
            return False
        notice = self.env._(
            "Suppliers: %(suppliers)s. Bills that have no file and are printed: "
            "%(bills)s, in about %(minutes)s min.",
            suppliers=len(suppliers.suppliers),
            bills=bills,
            minutes=-(-bills * PRINTING // 60),
        )
        limit = SHARE * time_limit()
        if not limit or bills * PRINTING <= limit:
            return notice
        return self.env._(
            "%(notice)s The server leaves time for about %(count)s of them: the "
            "contents of the bundle name the others, for you to add.",
            notice=notice,
            count=int(limit // PRINTING),
        )

    def _steps(self, suppliers, people):
        """List what is done one after the other: ``[(what, generator of files)]``."""
        steps = []
        if suppliers:
            steps += [
                (self.env._("Packing suppliers"), partial(suppliers.files, lines))
                for lines in suppliers.suppliers
            ]
        for part in people:
            steps += [
                (self.env._("Packing personnel files"), partial(part.files, line))
                for line in part.lines
            ]
        return steps

    def _told(self, measurement, steps):
        """Yield the files of all steps, and tell the user how far it is."""
        progress = Progress(measurement)
        for number, (label, files) in enumerate(steps):
            progress.tell(label, number / len(steps))
            yield from files()
