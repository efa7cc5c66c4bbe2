from functools import partial

from odoo import api, fields, models
from odoo.sql_db import db_connect
from odoo.tools import SQL, format_date, ormcache

from ...tools.groups import HR
from ...tools.labels import selection_label
from ...tools.sealing import Keys, Signature, Verification
from .pso_log_link import column_types, is_signed, sign_row, sql_digest

# What somebody reads, which may be from a replica: noted before it is read.
BEFORE_READING = {"look", "export", "export_names"}
# What takes numbers out of kept lines.
ERASURES = ("erase", "anonymise")
# What the digest of a line is made of.
NOTED = (
    *("id", "date", "uid", "login", "company_id", "event", "model", "record", "name"),
    *("count", "columns", "reason", "reference", "key"),
)


class PsoLog(models.Model):
    """Who looked at names, exported, locked, unlocked, imported and erased, and when.

    It says what was done and never what was seen: no value, no name or number of an
    employee. Nobody can change it; rows go when the company's retention period of the
    log is over.
    """

    _name = "pso.log"
    _description = "PSO Log"
    _inherit = ["pso.append.only.mixin"]
    _order = "date desc, id desc"
    _rec_name = "event"

    _deletable = "OLD.date < now() AT TIME ZONE 'UTC' - interval '1 year'"

    date = fields.Datetime(required=True, readonly=True, index=True)
    uid = fields.Integer(
        string="User Number", required=True, readonly=True, aggregator=None
    )
    login = fields.Char(
        string="User", required=True, readonly=True, help="The login at that time."
    )
    company_id = fields.Integer(
        string="Company Number", required=True, readonly=True, aggregator=None
    )
    event = fields.Selection(
        [
            ("look", "Looked at names"),
            ("export", "Exported"),
            ("export_names", "Exported with names"),
            ("lock", "Locked"),
            ("unlock", "Unlocked"),
            ("correct", "Corrected by the auditor"),
            ("draw", "Drew a sample"),
            ("import", "Imported"),
            ("verify", "Verified proof"),
            ("withdraw", "Withdrew a verification"),
            ("erase", "Erased a person"),
            ("anonymise", "Anonymised what was past its period"),
            ("undo", "Changed back a fact about a person"),
            ("close", "Closed a file review"),
            ("delete", "Deleted a measurement that was sealed"),
            ("upgrade", "Sealed as found at the upgrade"),
            ("review", "Sealed a file review as found at the upgrade"),
            ("reword", "Renamed or deleted what a locked measurement shows"),
            ("renew", "Changed the renewal of certificates"),
        ],
        required=True,
        readonly=True,
        help="Looking at names is noted once an hour for each user and kind of record.",
    )
    model = fields.Char(readonly=True)
    kind = fields.Char(string="Kind of Record", compute="_compute_kind")
    record = fields.Integer(
        string="Record Number",
        readonly=True,
        aggregator=None,
        help="The number of the measurement, sample or edition, or of what was "
        "renamed; never of a person of the target group.",
    )
    name = fields.Char(string="Record", readonly=True)
    count = fields.Integer(string="Records", readonly=True)
    columns = fields.Char(readonly=True, help="The fields exported, not their values.")
    reason = fields.Char(readonly=True)
    reference = fields.Char(
        string="Refers To",
        readonly=True,
        help="The digest of the seal that was made, or of the new words.",
    )
    key = fields.Char(readonly=True, groups=fields.NO_ACCESS)
    digest = fields.Char(readonly=True, groups=fields.NO_ACCESS)
    signature = fields.Char(readonly=True, groups=fields.NO_ACCESS)

    # A look that two workers note at once is one look.
    _one_look_an_hour = models.UniqueIndex(
        "(uid, company_id, model, date_trunc('hour', date)) WHERE event = 'look'"
    )

    @api.depends("event", "date")
    @api.depends_context("lang", "tz")
    def _compute_display_name(self):
        for line in self:
            day = format_date(self.env, line.date)
            line.display_name = f"{selection_label(line, 'event')}, {day}"

    @api.depends("model")
    @api.depends_context("lang")
    def _compute_kind(self):
        models = self.env["ir.model"].sudo()
        for line in self:
            line.kind = models._get(line.model).name or line.model

    def _note(
        self,
        event,
        model="",
        record=0,
        name="",
        count=0,
        columns="",
        reason="",
        company=None,
        reference="",
    ):
        """Write down that the current user does something now.

        What is read may come from a replica, and is read all the same when its
        transaction fails: it is noted before, on the primary, in a transaction of its
        own. What is written is noted with it.

        :param str event: one of the selection
        :param str model: of what
        :param int record: number of a measurement, sample or edition; never a person's
        :param str name: its name
        :param int count: of how many records
        :param str columns: the names of fields, without values
        :param str reference: the digest of a seal, or of words
        :raise psycopg2.Error: if it cannot be written: then nothing is to be read
        """
        vals = {
            "date": fields.Datetime.now(),
            "uid": self.env.uid,
            "login": self.env.user.login,
            "company_id": (company or self.env.company).id,
            "event": event,
            "model": model,
            "record": record,
            "name": name,
            "count": count,
            "columns": columns,
            "reason": reason,
            "reference": reference or None,
        }
        link = partial(self.env["pso.log.link"]._link_apart, vals["company_id"])
        if event in BEFORE_READING:
            with db_connect(self.env.cr.dbname).cursor() as cr:
                line = self._insert(cr, vals)
            link([line])
        else:
            line = self._insert(self.env.cr, vals)
            self.env.cr.postcommit.add(partial(link, [line]))

    def _insert(self, cr, vals):
        """Write a line, signed so that the chain takes it in.

        :return: its number, None if the same look is noted already
        """
        cr.execute("SELECT nextval('pso_log_id_seq')")
        vals = vals | {"id": cr.fetchone()[0]}
        values = sign_row(cr, "pso_log", column_types(self, NOTED), vals)
        cr.execute(
            SQL(
                "INSERT INTO pso_log (%s) VALUES %s "
                "ON CONFLICT DO NOTHING RETURNING id",
                SQL(", ").join(map(SQL.identifier, values)),
                tuple(values.values()),
            )
        )
        [line] = cr.fetchone() or [None]
        return line

    def _sql_digest(self):
        """Express in SQL the digest of a line, or of a row with its columns."""
        return sql_digest("pso_log", NOTED)

    def _note_look(self, model):
        """Write down that the current user looks at names, once an hour."""
        if not self.env.su:
            hour = fields.Datetime.now().replace(minute=0, second=0)
            self._note_look_at(self.env.uid, self.env.company.id, model, hour)

    @ormcache("uid", "company_id", "model", "hour")
    def _note_look_at(self, uid, company_id, model, hour):
        # Remembered by each worker, so that only the first look costs a transaction.
        self._note("look", model)

    def _note_export(self, records, paths):
        """Write down that the current user exports records with fields of ours.

        :param paths: of the fields, as ``pso_status_ids/group_id/name``
        """
        event = self._export_event(records, paths)
        if event:
            records.check_access("read")
            self._note(
                event, records._name, count=len(records), columns=", ".join(paths)
            )

    def _export_event(self, records, paths):
        steps = {step for path in paths for step in self._steps(records, path)}
        if any(is_personal for _is_ours, is_personal in steps):
            return "export_names"
        return "export" if any(is_ours for is_ours, _is_personal in steps) else None

    def _steps(self, records, path):
        """Yield of each model and field on a path if it is ours, and of a person."""
        model = records
        yield self._nature(model)
        for name in path.split("/"):
            field = model._fields.get(name)
            if field is None:
                return
            groups = field.groups or ""
            yield name.startswith("pso_"), HR in groups
            if not field.relational:
                return
            model = self.env[field.comodel_name]
            yield self._nature(model)

    def _nature(self, model):
        shows_persons = getattr(model, "_shows_persons", bool)
        return model._name.startswith("pso."), shows_persons()

    # -- verifying -------------------------------------------------------------

    def _verify_log(self, company_id):
        """Verify a company's log, lines outside its chain too: ``Verification``."""
        findings = [*self.env["pso.log.link"]._findings(company_id)]
        findings += self._unsigned(company_id)
        return Verification(findings, [])

    def _unsigned(self, company_id):
        """Find the lines in no chain that Odoo did not write so, as texts."""
        links, cr = self.env["pso.log.link"], self.env.cr
        keys, had_key = Keys(), links._has_key(cr, company_id)
        for _id, date, content, digest, *signature in links._unlinked(
            cr, company_id, None
        ):
            signed = Signature(*signature)
            if not is_signed(keys, content, digest, signed, had_key):
                yield self.env._(
                    "Log: a line of %(date)s was added or changed behind Odoo's back.",
                    date=fields.Datetime.to_string(date),
                )

    def _shortened_until(self, company_id):
        """Return until when the log was deleted, as text; None if it never was."""
        until, _has_erased = self.env["pso.log.link"]._shortened(company_id)
        return until and until.isoformat()

    def _has_erased(self, companies, since):
        """Return whether somebody was erased or anonymised since a moment."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT FROM pso_log WHERE company_id = ANY(%s) AND event IN %s
                    AND date >= %s LIMIT 1
                """,
                companies.ids,
                ERASURES,
                since,
            )
        )
        shortened = map(self.env["pso.log.link"]._shortened, companies.ids)
        return bool(rows) or any(
            has_erased and until >= since for until, has_erased in shortened
        )
