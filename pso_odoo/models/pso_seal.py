import json
import logging
from collections import Counter

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..context import without_defaults
from ..sealing import Keys, Signature
from .pso_seal_mixin import (
    CONTENT_EVENTS,
    OLD_FORMAT,
    Verification,
    digest_of,
)

_logger = logging.getLogger(__name__)

# The first of the two numbers of an advisory lock: ours among those of others.
CHAIN_LOCK = 0x50534F
SEALED = (
    "company_id",
    "number",
    "record",
    "name",
    "event",
    "revision",
    "uid",
    "login",
    "date",
    "manifest",
    "previous_digest",
)
# What was noted in the log before the log named the seal.
NOTED_BEFORE = ("lock", "unlock", "correct")
# What a seal of the present format covers as well.
SEALED_NOW = (*SEALED, "sample", "key")
SIGNED = (*SEALED_NOW, "digest", "signature")
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


def _without_growth(manifest):
    parts = {
        name: part
        for name, part in manifest.get("parts", {}).items()
        if name != "audit"
    }
    return manifest | {"parts": parts}


class PsoSeal(models.Model):
    """What was locked, corrected by the auditor and unlocked, chained by digests.

    Each seal holds the digest of the company's previous one, so that none can be
    changed, left out or put in between without all that follow. Who knows the code
    can write all that follow anew: so a digest is signed with a key that is not in the
    database (``sealing.py``), if there is one, and printed on the workbook and the
    report, which are with the auditor.
    """

    _name = "pso.seal"
    _description = "PSO Seal"
    _inherit = ["pso.kept.mixin"]
    _order = "company_id, number desc"

    company_id = fields.Integer(
        string="Company Number", required=True, readonly=True, aggregator=None
    )
    number = fields.Integer(
        required=True,
        readonly=True,
        aggregator=None,
        help="1, 2, 3 … in each company.",
    )
    record = fields.Integer(
        string="Measurement Number",
        required=True,
        readonly=True,
        index=True,
        aggregator=None,
    )
    sample = fields.Integer(
        string="File Review Number",
        readonly=True,
        index="btree_not_null",
        aggregator=None,
        help="Of the seal of a file review.",
    )
    name = fields.Char(
        string="Measurement", readonly=True, help="As it was called at that time."
    )
    event = fields.Selection(
        [
            ("lock", "Locked"),
            ("unlock", "Unlocked"),
            ("correct", "Corrected by the auditor"),
            ("upgrade", "As found at the upgrade"),
            ("delete", "Deleted"),
            ("draw", "Drew a sample"),
            ("close", "Closed a file review"),
            ("review", "File review as found at the upgrade"),
        ],
        required=True,
        readonly=True,
        help="Measurements that were locked before there were seals are sealed as the "
        "upgrade found them.",
    )
    revision = fields.Integer(
        readonly=True,
        aggregator=None,
        help="How many times the measurement had been locked.",
    )
    uid = fields.Integer(
        string="User Number", required=True, readonly=True, aggregator=None
    )
    login = fields.Char(
        string="User", required=True, readonly=True, help="The login at that time."
    )
    date = fields.Datetime(required=True, readonly=True)
    manifest = fields.Json(
        required=True,
        readonly=True,
        groups=fields.NO_ACCESS,
        help="What is sealed: keys and numbers, nobody's name.",
    )
    content = fields.Text(
        string="Sealed Content",
        compute="_compute_content",
        compute_sudo=True,
        help="The manifest: header and figures as they were, and of each kind of rows "
        "their number and digest. Only for who works in every company of the scope.",
    )
    previous_digest = fields.Char(
        readonly=True, help="Of the seal before it in the company; empty in the first."
    )
    digest = fields.Char(
        required=True,
        readonly=True,
        help="SHA-256 of everything above, as JSON with sorted keys.",
    )

    key = fields.Char(
        readonly=True,
        help="Which key outside the database signed it: a number of the key, which "
        "says nothing of it. Empty without a key.",
    )
    signature = fields.Char(
        readonly=True,
        groups=fields.NO_ACCESS,
        help="HMAC-SHA256 of the digest.",
    )
    signing = fields.Char(
        string="Signed",
        compute="_compute_signing",
        compute_sudo=True,
        help="Whether the digest was signed with a key outside the database.",
    )

    _number_unique = models.UniqueIndex("(company_id, number)")

    @api.depends("manifest")
    @api.depends_context("uid", "su")
    def _compute_content(self):
        """As of the measurement, which may be gone: its scope decides who sees it."""
        for seal in self:
            seal.content = seal._is_of(self.env.user.company_ids) and json.dumps(
                seal.manifest, indent=2, sort_keys=True, ensure_ascii=False
            )

    @api.depends("key")
    @api.depends_context("lang")
    def _compute_signing(self):
        keys = Keys()
        for seal in self:
            if not seal.key:
                seal.signing = self.env._("Without a key")
            elif not keys.knows(seal.key):
                seal.signing = self.env._("With a key that this server does not know")
            elif seal.key == keys.current:
                seal.signing = self.env._("With the key of this server")
            else:
                seal.signing = self.env._("With an earlier key of this server")

    def _is_of(self, companies):
        """Whether the sealed figures are of these companies alone."""
        scope = self.manifest.get("header", {}).get("company_ids", "[]")
        if scope.startswith("["):
            return set(json.loads(scope)) <= set(companies.ids)
        # A long list is sealed as its digest.
        measurement = self.env["pso.measurement"].browse(self.record).exists()
        return measurement and measurement.company_ids <= companies

    # -- adding --------------------------------------------------------------

    @api.model
    def _reserve(self, companies):
        """Keep others from sealing in these companies until the transaction ends.

        Numbers are given without gaps, so two cannot seal at once. Nobody waits.

        :raise UserError: at once, if somebody else is at it
        """
        for company in companies.sorted("id"):
            [(is_free,)] = self.env.execute_query(
                SQL("SELECT pg_try_advisory_xact_lock(%s, %s)", CHAIN_LOCK, company.id)
            )
            if not is_free:
                raise UserError(
                    self.env._(
                        "%(company)s: somebody else is locking, unlocking or "
                        "correcting a measurement of this company right now. Try again "
                        "in a moment.",
                        company=company.sudo().name,
                    )
                )

    @api.model
    def _append(self, measurement, event, manifest, sample=None, count=0):
        """Add a seal to the chain of a company, and a line to its log.

        :param sample: the file review that is sealed, if it is one
        :param int count: of how many files, for the log
        :raise psycopg2.errors.SerializationFailure: if another was added since the
            transaction began, upon which Odoo tries again
        """
        company = measurement.company_id
        head = self._head(company.id)
        revises = event == "lock" or event == "upgrade" and not measurement.revision
        vals = {
            "company_id": company.id,
            "number": head["number"] + 1,
            "record": measurement.id,
            "sample": sample and sample.id,
            "name": measurement.name,
            "event": event,
            "revision": measurement.revision + revises,
            "uid": self.env.uid,
            "login": self.env.user.login,
            "date": fields.Datetime.now().isoformat(),
            "manifest": manifest,
            "previous_digest": head["digest"],
        }
        digest, signature = Keys().sign(lambda key: digest_of(vals | {"key": key}))
        values = vals | {
            "manifest": json.dumps(manifest),
            "key": signature.key,
            "digest": digest,
            "signature": signature.text,
        }
        self.env.cr.execute(
            SQL(
                "INSERT INTO pso_seal (%s) VALUES %s "
                "ON CONFLICT (company_id, number) DO NOTHING",
                SQL(", ").join(map(SQL.identifier, values)),
                tuple(values.values()),
            )
        )
        self.invalidate_model(flush=False)
        record = sample or measurement
        self.env["pso.log"]._note(
            event,
            record._name,
            record.id,
            measurement.name,
            count=count,
            company=company,
            reference=digest,
        )
        self._mail(company, values)

    @api.model
    def _mail(self, company, seal):
        """Queue a mail with the digest of a new seal, if the company wants one.

        Nothing of persons is in it. Whatever fails, the seal is made all the same.
        """
        if not company.pso_seal_email:
            return
        events = dict(self._fields["event"]._description_selection(self.env))
        words = {
            "company": company.name,
            "measurement": seal["name"],
            "number": seal["number"],
            "event": events[seal["event"]],
            "digest": seal["digest"],
        }
        body = Markup("<p>%s</p><p><code>%s</code></p><p>%s</p>") % (
            self.env._(
                "%(company)s, %(measurement)s: seal %(number)s (%(event)s).", **words
            ),
            seal["digest"],
            self.env._(
                "Keep this message: as long as the seal has this digest, nothing that "
                "was sealed up to it has been changed."
            ),
        )
        try:
            with self.env.cr.savepoint():
                self.env["mail.mail"].sudo().create(
                    {
                        "subject": self.env._(
                            "PSO seal %(number)s of %(company)s: %(digest)s", **words
                        ),
                        "body_html": body,
                        "email_to": company.pso_seal_email,
                    }
                )
        except Exception:
            _logger.exception("The digest of a PSO seal cannot be mailed")

    # -- reading -------------------------------------------------------------

    @api.model
    def _read_seals(self, condition, limit=None):
        """Seals as they are in the database, as values, the last one first."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT row_to_json(seal)::text FROM (
                    SELECT %(columns)s FROM pso_seal WHERE %(condition)s
                    ORDER BY number DESC LIMIT %(limit)s
                ) AS seal
                """,
                columns=SQL(", ").join(map(SQL.identifier, SIGNED)),
                condition=condition,
                limit=limit,
            )
        )
        seals = [json.loads(text) for (text,) in rows]
        for seal in seals:
            # Whoever writes into the database can write anything.
            if not isinstance(seal["manifest"], dict):
                seal["manifest"] = {}
        return seals

    @api.model
    def _head(self, company_id):
        """Number and digest of the last seal of a company; number 0 if it has none."""
        seals = self._read_seals(SQL("company_id = %s", company_id), limit=1)
        return seals[0] if seals else {"number": 0, "digest": None}

    @api.model
    def _last_of(self, measurement):
        """The last seal of a measurement as values, None if it has none."""
        condition = SQL("record = %s AND sample IS NULL", measurement.id)
        seals = self._read_seals(condition, limit=1)
        return seals[0] if seals else None

    @api.model
    def _sealed_parts(self, measurement, part):
        """What each seal of the present lock has of a part, by number of the seal."""
        condition = SQL(
            "record = %s AND sample IS NULL AND revision = %s AND event IN %s",
            measurement.id,
            measurement.revision,
            CONTENT_EVENTS,
        )
        seals = self.sudo()._read_seals(condition)
        parts = {seal["number"]: seal["manifest"]["parts"] for seal in seals}
        return [(number, each[part]) for number, each in parts.items() if part in each]

    @api.model
    def _last_of_sample(self, sample):
        """The last seal of a file review as values, None if it has none."""
        seals = self._read_seals(SQL("sample = %s", sample.id), limit=1)
        return seals[0] if seals else None

    # -- verifying -----------------------------------------------------------

    @api.readonly
    @without_defaults
    def action_verify(self):
        """Show whether the chains of the user's companies and all they seal are whole.

        :raise AccessError: for who may not read seals
        """
        self.check_access("read")
        companies = self.env.companies
        measurements = self.env["pso.measurement"].search(
            [("company_id", "in", companies.ids)]
        )
        verification = Verification([], [])
        for company in companies:
            mine = measurements.filtered(lambda m, c=company: m.company_id == c)
            verification += self.sudo()._verify(company.id, mine.sudo())
        return self.env["pso.seal.verification"]._show(
            verification,
            ", ".join(companies.mapped("name")),
            # Of several there is no one digest.
            len(companies) == 1 and self.sudo()._head(companies.id)["digest"],
        )

    @api.model
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

    @api.model
    def _verify_chain(self, company_id):
        """Findings in the chain of a company alone."""
        seals = self._read_seals(SQL("company_id = %s", company_id))[::-1]
        return Verification([*self._broken_chain(seals)], [], self._limits(seals))

    @api.model
    def _limits(self, seals):
        """What this verification cannot promise, in words."""
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

    @api.model
    def _dropped_keepers(self):
        """Findings of triggers that keep rows and are off, changed or gone."""
        for model in self.env.values():
            if hasattr(model, "_keeper_problem") and not model._abstract:
                problem = model._keeper_problem()
                if problem:
                    yield problem

    def _broken_chain(self, seals):
        """Findings in the chain itself."""
        yield from self._broken_links(seals)
        yield from self._bad_signatures(seals)
        yield from self._odd_seals(seals)

    def _broken_links(self, seals):
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
            if digest_of(_sealed(seal)) != digest:
                yield self.env._(
                    "Seal %(number)s (%(name)s) was changed.",
                    number=number,
                    name=seal["name"],
                )

    def _bad_signatures(self, seals):
        """Findings of seals that this server did not make, as far as keys tell."""
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
        """Findings of seals that nobody could add by Odoo after the one before."""
        last, reviews = {}, {}
        events = dict(self._fields["event"]._description_selection(self.env))
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
                    event=events.get(event, event),
                )

    def _may_follow(self, seal, previous):
        """Whether a measurement's seal may come after its seal before, if any."""
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
        """Findings of measurements that are sealed and do not exist, or the reverse."""
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
        """Findings of file reviews that are sealed and not with their measurement."""
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
        """Findings of measurements that are not where their seals are."""
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
        """Findings of what the log knows and the chain does not."""
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
        events = dict(self._fields["event"]._description_selection(self.env))
        for (record, event), count in sorted((+missing).items()):
            yield self.env._(
                "%(name)s: the log knows of %(count)s seals that are gone (%(event)s).",
                name=names[record, event],
                count=count,
                event=events[event],
            )

    def _unnoted_seals(self, company_id, seals):
        """Findings of seals that the log does not know, though it goes back so far."""
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
        """What the log has of seals: record, event, name, digest, date; in order."""
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


def _is_old(seal):
    return seal["manifest"].get("format") == OLD_FORMAT


def _sealed(seal):
    """What the digest of a seal was made of, by its format."""
    return {name: seal[name] for name in (SEALED if _is_old(seal) else SEALED_NOW)}


def _plain(manifest):
    """A manifest without its format, which a later version may raise."""
    return {name: value for name, value in manifest.items() if name != "format"}
