import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..context import without_defaults
from .pso_seal_mixin import CONTENT_EVENTS, LOCK_EVENTS, Verification, digest_of

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


class PsoSeal(models.Model):
    """What was locked, corrected by the auditor and unlocked, chained by digests.

    Each seal holds the digest of the company's previous one, so that none can be
    changed, left out or put in between without all that follow. What no chain shows
    from within is that its last seals were cut off together with what they seal, and
    with their lines in the log: so the digest is printed on the workbook and the
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

    _number_unique = models.UniqueIndex("(company_id, number)")

    @api.depends("manifest")
    @api.depends_context("uid", "su")
    def _compute_content(self):
        """As of the measurement, which may be gone: its scope decides who sees it."""
        for seal in self:
            seal.content = seal._is_of(self.env.user.company_ids) and json.dumps(
                seal.manifest, indent=2, sort_keys=True, ensure_ascii=False
            )

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
    def _append(self, measurement, event, manifest):
        """Add a seal to the chain of a company.

        :raise psycopg2.errors.SerializationFailure: if another was added since the
            transaction began, upon which Odoo tries again
        """
        head = self._head(measurement.company_id.id)
        vals = {
            "company_id": measurement.company_id.id,
            "number": head["number"] + 1,
            "record": measurement.id,
            "name": measurement.name,
            "event": event,
            "revision": measurement.revision + (event in LOCK_EVENTS),
            "uid": self.env.uid,
            "login": self.env.user.login,
            "date": fields.Datetime.now().isoformat(),
            "manifest": manifest,
            "previous_digest": head["digest"],
        }
        digest = digest_of(vals)
        values = vals | {"manifest": json.dumps(manifest), "digest": digest}
        self.env.cr.execute(
            SQL(
                "INSERT INTO pso_seal (%s) VALUES %s "
                "ON CONFLICT (company_id, number) DO NOTHING",
                SQL(", ").join(map(SQL.identifier, values)),
                tuple(values.values()),
            )
        )
        self.invalidate_model(flush=False)

    # -- reading -------------------------------------------------------------

    @api.model
    def _read_seals(self, condition, limit=None):
        """Seals as they are in the database, as values, the last one first."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT row_to_json(seal)::text FROM (
                    SELECT %(columns)s, digest FROM pso_seal WHERE %(condition)s
                    ORDER BY number DESC LIMIT %(limit)s
                ) AS seal
                """,
                columns=SQL(", ").join(map(SQL.identifier, SEALED)),
                condition=condition,
                limit=limit,
            )
        )
        return [json.loads(text) for (text,) in rows]

    @api.model
    def _head(self, company_id):
        """Number and digest of the last seal of a company; number 0 if it has none."""
        seals = self._read_seals(SQL("company_id = %s", company_id), limit=1)
        return seals[0] if seals else {"number": 0, "digest": None}

    @api.model
    def _last_of(self, measurement):
        """The last seal of a measurement as values, None if it has none."""
        seals = self._read_seals(SQL("record = %s", measurement.id), limit=1)
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
            found = self.sudo()._verify(company.id, mine.sudo())
            verification.findings.extend(found.findings)
            verification.notes.extend(found.notes)
        return self.env["pso.seal.verification"]._show(
            verification,
            ", ".join(companies.mapped("name")),
            # Of several there is no one digest.
            len(companies) == 1 and self.sudo()._head(companies.id)["digest"],
        )

    @api.model
    def _verify(self, company_id, measurements=None):
        """Verify the chain of a company, and its measurements against it.

        The chain: every number, each digest, each link. Each measurement: against its
        last seal, and whether the log knows more of it than the chain. Of revisions
        that are superseded there is no more than their seals.

        What is not found: the last seals, if they were cut off together with their
        lines in the log and the state of the measurements; a chain that was written
        anew from the beginning, with all that it seals. Both show by a digest that was
        printed before.

        :param int company_id: the number of a company, which may be gone
        :param measurements: those to look into, else all of the company
        :return: a ``Verification``
        """
        if measurements is None:
            measurements = self.env["pso.measurement"].search(
                [("company_id", "=", company_id)]
            )
        seals = self._read_seals(SQL("company_id = %s", company_id))[::-1]
        findings, notes = list(self._broken_links(seals)), []
        for measurement in measurements:
            found = measurement._verify_seal()
            findings += self._of(measurement.name, found.findings)
            notes += self._of(measurement.name, found.notes)
        findings += self._lost_measurements(seals)
        findings += self._lost_seals(company_id, seals)
        return Verification(findings, notes)

    def _of(self, name, texts):
        return [f"{name}: {text}" for text in texts]

    def _broken_links(self, seals):
        """Findings in the chain itself."""
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
            if digest_of({name: seal[name] for name in SEALED}) != digest:
                yield self.env._(
                    "Seal %(number)s (%(name)s) was changed.",
                    number=number,
                    name=seal["name"],
                )

    def _lost_measurements(self, seals):
        """Findings of measurements that are sealed as locked and do not exist."""
        last = {seal["record"]: seal for seal in seals}
        gone = set(last) - set(
            self.env["pso.measurement"].sudo().browse(last).exists().ids
        )
        for record in sorted(gone):
            if last[record]["event"] in CONTENT_EVENTS:
                yield self.env._(
                    "%(name)s: it was locked, and is gone.", name=last[record]["name"]
                )

    def _lost_seals(self, company_id, seals):
        """Findings of what the log knows and the chain does not."""
        sealed = {}
        for seal in seals:
            event = (seal["record"], seal["event"])
            sealed[event] = sealed.get(event, 0) + 1
        rows = self.env.execute_query(
            SQL(
                """
                SELECT record, event, COUNT(*), (array_agg(name ORDER BY id DESC))[1]
                FROM pso_log
                WHERE company_id = %s AND model = 'pso.measurement'
                    AND event IN ('lock', 'unlock', 'correct')
                GROUP BY record, event ORDER BY record, event
                """,
                company_id,
            )
        )
        for record, event, count, name in rows:
            missing = count - sealed.get((record, event), 0)
            if missing > 0:
                yield self.env._(
                    "%(name)s: the log knows of %(count)s seals that are gone "
                    "(%(event)s).",
                    name=name,
                    count=missing,
                    event=dict(self._fields["event"]._description_selection(self.env))[
                        event
                    ],
                )
