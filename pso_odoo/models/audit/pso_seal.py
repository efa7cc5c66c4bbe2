import json
import logging

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...tools.labels import selection_label
from ...tools.sealing import Keys, digest_of
from .sealed_content import CONTENT_EVENTS

_logger = logging.getLogger(__name__)

# The first of the two numbers of an advisory lock: ours among those of others.
CHAIN_LOCK = 0x50534F
SEALED = (
    *("company_id", "number", "record", "name", "event", "revision", "uid", "login"),
    *("date", "manifest", "previous_digest"),
)
# What a seal of the present format covers as well.
SEALED_NOW = (*SEALED, "sample", "key")
SIGNED = (*SEALED_NOW, "digest", "signature")


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
    _inherit = ["pso.append.only.mixin"]
    _order = "company_id, number desc"

    company_id = fields.Integer(
        string="Company Number", required=True, readonly=True, aggregator=None
    )
    number = fields.Integer(
        required=True, readonly=True, aggregator=None, help="1, 2, 3 … in each company."
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
        readonly=True, groups=fields.NO_ACCESS, help="HMAC-SHA256 of the digest."
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
        """Show the content to who works in every company of the scope.

        The measurement may be gone: the sealed scope decides, and not a record rule.
        """
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
        """Return whether the sealed figures are of these companies alone."""
        scope = self.manifest.get("header", {}).get("company_ids", "[]")
        if scope.startswith("["):
            return set(json.loads(scope)) <= set(companies.ids)
        # A long list is sealed as its digest.
        measurement = self.env["pso.measurement"].browse(self.record).exists()
        return measurement and measurement.company_ids <= companies

    # -- adding --------------------------------------------------------------

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

    def _mail(self, company, seal):
        """Queue a mail with the digest of a new seal, if the company wants one.

        Nothing of persons is in it. Whatever fails, the seal is made all the same.
        """
        if not company.pso_seal_email:
            return
        words = {
            "company": company.name,
            "measurement": seal["name"],
            "number": seal["number"],
            "event": selection_label(self, "event", seal["event"]),
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

    def _read_seals(self, condition, limit=None):
        """Read seals as they are in the database, as values, the last one first."""
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

    def _head(self, company_id):
        """Return the last seal of a company as values; number 0 without any."""
        seals = self._read_seals(SQL("company_id = %s", company_id), limit=1)
        return seals[0] if seals else {"number": 0, "digest": None}

    def _last_of(self, measurement):
        """Return the last seal of a measurement as values, None if it has none."""
        condition = SQL("record = %s AND sample IS NULL", measurement.id)
        seals = self._read_seals(condition, limit=1)
        return seals[0] if seals else None

    def _sealed_parts(self, measurement, part):
        """List what each seal of the present lock has of a part.

        :return: ``[(number of the seal, {"columns", "rows", "digest"})]``
        """
        condition = SQL(
            "record = %s AND sample IS NULL AND revision = %s AND event IN %s",
            measurement.id,
            measurement.revision,
            CONTENT_EVENTS,
        )
        seals = self.sudo()._read_seals(condition)
        parts = {seal["number"]: seal["manifest"]["parts"] for seal in seals}
        return [(number, each[part]) for number, each in parts.items() if part in each]

    def _last_of_sample(self, sample):
        """Return the last seal of a file review as values, None if it has none."""
        seals = self._read_seals(SQL("sample = %s", sample.id), limit=1)
        return seals[0] if seals else None
