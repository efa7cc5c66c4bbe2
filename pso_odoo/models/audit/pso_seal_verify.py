from collections import Counter

from odoo import models
from odoo.tools import SQL

from ...tools.labels import selection_label
from ...tools.sealing import Keys, Signature, Verification, digest_of
from .pso_seal import SEALED, SEALED_NOW
from .sealed_content import CONTENT_EVENTS, OLD_FORMAT

# What was noted in the log before the log named the seal.
NOTED_BEFORE = ("lock", "unlock", "correct")
# The seals of file reviews, and what may stand before each seal of a measurement.
REVIEW_EVENTS = ("draw", "close", "review")
BEFORE = {
    "lock": (None, "unlock"),
    "upgrade": (None, "lock", "upgrade", "correct"),
    "correct": ("lock", "upgrade", "correct"),
    "unlock": ("lock", "upgrade", "correct"),
    "delete": ("unlock",),
}
# What a seal that is added to a locked measurement repeats of the one before it.
REPEATED = {
    "correct": lambda manifest: _without_growth(manifest),
    "upgrade": lambda manifest: {
        name: manifest.get(name) for name in ("header", "figures", "parts")
    },
}


class PsoSeal(models.Model):
    """Whether the seals of a company are whole, and all that they seal."""

    _inherit = "pso.seal"

    def _verify(self, company_id, measurements=None):
        """Verify the chain of a company, its measurements, file reviews and log.

        The chain: every number, digest, signature and link, and whether each seal may
        follow the one before it. Each measurement and file review: against its last
        seal. Seals and log: against each other. The log: its own chain. Of revisions
        that are superseded there is no more than their seals.

        What is not found stands in ``docs/audit-trail.md``.

        :param int company_id: the number of a company, which may be gone
        :param measurements: those to look into, else all of the company
        :return: a ``Verification``
        """
        if measurements is None:
            measurements = self.env["pso.measurement"].search(
                [("company_id", "=", company_id)]
            )
        seals = self._read_seals(SQL("company_id = %s", company_id))[::-1]
        log = self.env["pso.log"]._verify_log(company_id)
        verification = Verification(
            [*self._dropped_keepers(), *self._broken_chain(seals)], []
        )
        for measurement in measurements:
            for name, found in (
                (measurement.name, measurement._verify_seal()),
                *measurement._verify_samples(),
            ):
                verification += found.about(name)
        verification += Verification(
            [
                *self._lost_measurements(seals),
                *self._lost_samples(seals),
                *self._moved_measurements(company_id),
                *self._lost_seals(company_id, seals),
                *self._unnoted_seals(company_id, seals),
            ],
            [],
        )
        verification += log
        return verification._replace(limits=self._limits(seals))

    def _verify_chain(self, company_id):
        """Verify the chain of a company alone, as a ``Verification``."""
        seals = self._read_seals(SQL("company_id = %s", company_id))[::-1]
        return Verification([*self._broken_chain(seals)], [], self._limits(seals))

    def _limits(self, seals):
        """Say what this verification cannot promise."""
        keys = Keys()
        limits = []
        if keys.too_short:
            limits.append(
                self.env._(
                    "A key for the seals is shorter than 32 characters: it is not used."
                )
            )
        unsigned = [seal["number"] for seal in seals if not seal["key"]]
        if not keys.current:
            limits.append(
                self.env._(
                    "No key is set for the seals: who can write into the database and "
                    "knows the addon can forge them. Have the administrator set "
                    "pso_seal_key in odoo.conf or PSO_SEAL_KEY in the environment, or "
                    "have each digest mailed to an address outside (Company Settings)."
                )
            )
        elif unsigned:
            limits.append(
                self.env._(
                    "Seals without a key: %(count)s, the last one %(number)s. What "
                    "they seal is held by their digests alone: compare these with what "
                    "was printed or mailed.",
                    count=len(unsigned),
                    number=unsigned[-1],
                )
            )
        return limits

    def _dropped_keepers(self):
        """Find triggers that keep rows and are off, changed or gone, as texts."""
        for model in self.env.values():
            if hasattr(model, "_keeper_problem") and not model._abstract:
                problem = model._keeper_problem()
                if problem:
                    yield problem

    def _broken_chain(self, seals):
        """Find what is wrong with the chain itself, as texts."""
        yield from self._broken_links(seals)
        yield from self._bad_signatures(seals)
        yield from self._odd_seals(seals)

    def _broken_links(self, seals):
        """Find numbers that are missing, and seals that were changed, as texts."""
        number, digest = 0, None
        for seal in seals:
            number += 1
            if seal["number"] != number:
                yield (
                    self.env._(
                        "Seals %(first)s to %(last)s are missing.",
                        first=number,
                        last=seal["number"] - 1,
                    )
                    if seal["number"] > number + 1
                    else self.env._("Seal %(number)s is missing.", number=number)
                )
            elif seal["previous_digest"] != digest:
                yield self.env._(
                    "Seal %(number)s does not follow from the one before it.",
                    number=number,
                )
            number, digest = seal["number"], seal["digest"]
            names = SEALED if _is_old(seal) else SEALED_NOW
            if digest_of({name: seal[name] for name in names}) != digest:
                yield self.env._(
                    "Seal %(number)s (%(name)s) was changed.",
                    number=number,
                    name=seal["name"],
                )

    def _bad_signatures(self, seals):
        """Find seals that this server did not make, as far as keys tell, as texts."""
        keys = Keys()
        had_key = had_format = False
        for seal in seals:
            number, name = seal["number"], seal["name"]
            is_old = seal["manifest"].get("format") == OLD_FORMAT
            if is_old and had_format:
                yield self.env._(
                    "Seal %(number)s (%(name)s) is in the form of an earlier version, "
                    "after seals of this one.",
                    number=number,
                    name=name,
                )
            if is_old or not seal["key"]:
                if had_key:
                    yield self.env._(
                        "Seal %(number)s (%(name)s) was made without a key, and "
                        "earlier ones with one.",
                        number=number,
                        name=name,
                    )
                if seal["key"] or seal["signature"] or is_old and seal["sample"]:
                    yield self.env._(
                        "Seal %(number)s (%(name)s) was changed.",
                        number=number,
                        name=name,
                    )
            elif not keys.knows(seal["key"]):
                yield self.env._(
                    "Seal %(number)s (%(name)s) was made with a key that this server "
                    "does not know (%(key)s).",
                    number=number,
                    name=name,
                    key=seal["key"],
                )
            elif not keys.has_signed(
                seal["digest"], Signature(seal["key"], seal["signature"])
            ):
                yield self.env._(
                    "Seal %(number)s (%(name)s) is forged: it was not signed with the "
                    "key that it names.",
                    number=number,
                    name=name,
                )
            had_key |= bool(seal["key"])
            had_format |= not is_old

    def _odd_seals(self, seals):
        """Find seals that nobody could add by Odoo after the one before, as texts."""
        last, reviews = {}, {}
        for seal in seals:
            event, record = seal["event"], seal["record"]
            if seal["sample"] or event in REVIEW_EVENTS:
                before = reviews.get(seal["sample"])
                is_odd = not seal["sample"] or event not in REVIEW_EVENTS
                is_odd |= before in ("close", "review") or (event, before) in (
                    ("draw", "draw"),
                    ("close", None),
                )
                # One that was found at the upgrade may be closed afterwards.
                if event == "close" and before == "review":
                    is_odd = False
                reviews[seal["sample"]] = event
            else:
                previous = last.get(record)
                is_odd = not self._may_follow(seal, previous)
                last[record] = seal
            if is_odd:
                yield self.env._(
                    "Seal %(number)s (%(name)s, %(event)s) cannot follow from the "
                    "seals before it.",
                    number=seal["number"],
                    name=seal["name"],
                    event=selection_label(self, "event", event),
                )

    def _may_follow(self, seal, previous):
        """Return whether a seal may come after the one before of its measurement."""
        event = seal["event"]
        before = previous and previous["event"]
        if before not in BEFORE.get(event, ()):
            return False
        is_new = event == "lock" or event == "upgrade" and not previous
        if seal["revision"] != (previous["revision"] if previous else 0) + is_new:
            return False
        if event not in REPEATED or not previous:
            return True
        repeated = REPEATED[event]
        return _plain(repeated(seal["manifest"])) == _plain(
            repeated(previous["manifest"])
        )

    def _lost_measurements(self, seals):
        """Find what is sealed and does not exist, or is deleted and does, as texts."""
        last = {seal["record"]: seal for seal in seals if not seal["sample"]}
        gone = set(last) - set(
            self.env["pso.measurement"].sudo().browse(last).exists().ids
        )
        for record, seal in sorted(last.items()):
            name = seal["name"]
            if record not in gone:
                if seal["event"] == "delete":
                    yield self.env._(
                        "%(name)s: it is sealed as deleted, and is there.", name=name
                    )
            elif seal["event"] in CONTENT_EVENTS:
                yield self.env._("%(name)s: it was locked, and is gone.", name=name)
            elif seal["event"] != "delete":
                yield self.env._(
                    "%(name)s: it was unlocked, and is gone without being deleted.",
                    name=name,
                )

    def _lost_samples(self, seals):
        """Find file reviews that are sealed and gone from their measurement."""
        last = {seal["sample"]: seal for seal in seals if seal["sample"]}
        self.env["pso.sample"].flush_model(["measurement_id"])
        present = dict(
            self.env.execute_query(
                SQL(
                    "SELECT id, measurement_id FROM pso_sample WHERE id = ANY(%s)",
                    list(last),
                )
            )
        )
        for number, seal in sorted(last.items()):
            if number not in present:
                yield self.env._(
                    "%(name)s: file review %(number)s was drawn, and is gone.",
                    name=seal["name"],
                    number=number,
                )
            elif present[number] != seal["record"]:
                yield self.env._(
                    "%(name)s: file review %(number)s was drawn from it, and is with "
                    "another measurement.",
                    name=seal["name"],
                    number=number,
                )

    def _moved_measurements(self, company_id):
        """Find measurements that are not where their seals are, as texts."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT measurement.name, seal.company_id,
                    measurement.company_id
                FROM pso_seal seal JOIN pso_measurement measurement
                    ON measurement.id = seal.record
                WHERE seal.company_id <> measurement.company_id
                    AND %(company)s IN (seal.company_id, measurement.company_id)
                ORDER BY 1, 2, 3 %(flush)s
                """,
                company=company_id,
                flush=SQL(to_flush=self.env["pso.measurement"]._fields["company_id"]),
            )
        )
        for name, sealed, present in rows:
            yield self.env._(
                "%(name)s: sealed in the company with number %(sealed)s, and now in "
                "that with number %(present)s.",
                name=name,
                sealed=sealed,
                present=present,
            )

    def _lost_seals(self, company_id, seals):
        """Find what the log knows and the chain does not, as texts."""
        digests = {(seal["digest"], seal["event"]) for seal in seals}
        old = Counter(
            (seal["record"], seal["event"]) for seal in seals if _is_old(seal)
        )
        missing = Counter()
        names = {}
        for record, event, name, reference, _date in self._noted_seals(company_id):
            if reference:
                is_missing = (reference, event) not in digests
            else:
                is_missing = event in NOTED_BEFORE and not old[record, event]
                old[record, event] -= not is_missing
            missing[record, event] += is_missing
            names[record, event] = name
        for (record, event), count in sorted((+missing).items()):
            yield self.env._(
                "%(name)s: the log knows of %(count)s seals that are gone (%(event)s).",
                name=names[record, event],
                count=count,
                event=selection_label(self, "event", event),
            )

    def _unnoted_seals(self, company_id, seals):
        """Find seals that the log does not know and should, as texts."""
        until = self.env["pso.log"]._shortened_until(company_id)
        noted, old = set(), Counter()
        for record, event, _name, reference, _date in self._noted_seals(company_id):
            if reference:
                noted.add((reference, event))
            else:
                old[record, event] += 1
        for seal in seals:
            what = seal["record"], seal["event"]
            if until and seal["date"] <= until:
                continue
            if _is_old(seal):
                is_noted = seal["event"] not in NOTED_BEFORE or old[what] > 0
                old[what] -= 1
            else:
                is_noted = (seal["digest"], seal["event"]) in noted
            if not is_noted:
                yield self.env._(
                    "Seal %(number)s (%(name)s) is not in the log.",
                    number=seal["number"],
                    name=seal["name"],
                )

    def _noted_seals(self, company_id):
        """Read the seals in the log: ``[(record, event, name, digest, date)]``."""
        return self.env.execute_query(
            SQL(
                """
                SELECT record, event, name, reference, date FROM pso_log
                WHERE company_id = %s AND event IN %s
                    AND model IN ('pso.measurement', 'pso.sample') ORDER BY id
                """,
                company_id,
                tuple(event for event, _label in self._fields["event"].selection),
            )
        )


def _without_growth(manifest):
    parts = {
        name: part
        for name, part in manifest.get("parts", {}).items()
        if name != "audit"
    }
    return manifest | {"parts": parts}


def _is_old(seal):
    return seal["manifest"].get("format") == OLD_FORMAT


def _plain(manifest):
    """Return a manifest without its format, which a later version may raise."""
    return {name: value for name, value in manifest.items() if name != "format"}
