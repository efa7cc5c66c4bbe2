"""What is asked of Odoo as the web client asks it, and disturbed."""

import base64

from . import photo
from .kills import ALL, NOTHING, PART, Operation

LINES = ("check", "person_line", "supplier_line")
# Empties with the names; the rest of a locked line never changes.
PERSONAL_FIELDS = ("employee_id", "version_id", "status_id")


def locked(measurement):
    """SQL: everything that locking makes, as it should be all or none."""
    of = f"measurement_id = {measurement}"
    lines = [photo.digest(f"pso_locked_{name}", of, photo.UNTOLD) for name in LINES]
    signed = "sum(CASE event WHEN 'lock' THEN 1 WHEN 'unlock' THEN -1 ELSE 0 END)"
    return f"""
        SELECT state, md5(locked_figures::text), locked_by_id IS NOT NULL,
            locked_on IS NOT NULL, {", ".join(lines)},
            (SELECT count(*) FROM pso_locked_index WHERE {of}),
            (SELECT {signed} FROM pso_seal WHERE record = {measurement}),
            (SELECT {signed} FROM pso_log
                WHERE model = 'pso.measurement' AND record = {measurement}),
            (SELECT count(*) FROM mail_message
                WHERE model = 'pso.measurement' AND res_id = {measurement})
            - (SELECT count(*) FROM pso_seal
                WHERE record = {measurement} AND event IN ('lock', 'unlock'))
        FROM pso_measurement WHERE id = {measurement}
    """


class Lock(Operation):
    name = "lock"

    def run(self):
        self._press("action_lock")

    def reset(self):
        self._press("action_unlock")

    def look(self):
        return self.site.sql(locked(self.site.ids["last"]))

    def _press(self, button):
        ids = [self.site.ids["last"]]
        self.site.client("first").call("pso.measurement", button, ids, button=True)


class Unlock(Lock):
    name = "unlock"

    def begin(self):
        super().reset()  # the first time it is live
        super().run()

    def run(self):
        self._press("action_unlock")

    def reset(self):
        """It is live: ``begin`` locks it."""


class Counted(Operation):
    """What adds rows for good: they are counted from where they were."""

    def queries(self):
        """Each a number."""
        raise NotImplementedError

    def begin(self):
        self.base = self._count()

    def look(self):
        pairs = zip(self._count(), self.base, strict=True)
        return [now - then for now, then in pairs]

    def _count(self):
        numbers = ", ".join(f"({query})" for query in self.queries())
        return list(map(int, self.site.sql(f"SELECT {numbers}")[0].split("|")))


class Workbook(Counted):
    """Its note is written before it is read: the note may be there without a file."""

    name = "workbook with names"

    def queries(self):
        of = f"record = {self.site.ids['last']}"
        return [f"SELECT count(*) FROM pso_log WHERE {of} AND event = 'export_names'"]

    def run(self):
        self.site.client("first").download(
            "pso.measurement", self.site.ids["last"], "action_export_xlsx_names"
        )


class Correct(Counted):
    name = "the auditor's correction"

    def begin(self):
        ids = [self.site.ids["before"]]
        client = self.site.client("first")
        client.call("pso.measurement", "action_lock", ids, button=True)
        super().begin()

    def queries(self):
        number = self.site.ids["before"]
        of = f"record = {number} AND event = 'correct'"
        mine = f"WHERE measurement_id = {number}"
        return [
            f"SELECT count(*) FROM pso_audit_correction {mine}",
            f"SELECT count(*) FROM pso_seal WHERE {of}",
            f"SELECT count(*) FROM pso_log WHERE {of}",
            f"SELECT audit_count FROM pso_measurement WHERE id = {number}",
            "SELECT coalesce(sum(rows), 0) FROM pso_locked_index"
            f" {mine} AND part = 'audit'",
        ]

    def run(self):
        values = {
            "measurement_id": self.site.ids["before"],
            "kind": "direct_fte",
            "amount": 0.01,
            "reason": "Hours",
            "source": "Finding 1",
            "auditor": "Auditor",
        }
        self.site.client("first").save("pso.audit.correction", [], values, {})


class Import(Counted):
    name = "import of statuses"
    login = "officer"

    def queries(self):
        mine = ", ".join(row.split(",")[0] for row in self.file_rows())
        return [
            f"SELECT count(*) FROM pso_status WHERE employee_id IN ({mine})",
            "SELECT count(DISTINCT (employee_id, date_start)) FROM pso_status"
            f" WHERE employee_id IN ({mine})",
            "SELECT count(*) FROM pso_log WHERE event = 'import'",
        ]

    def file_rows(self):
        return self.site.ids["rows"].splitlines()[1:]

    def run(self):
        """As the wizard: a file, the preview, the import."""
        client = self.site.client(self.login)
        content = base64.b64encode(self.site.ids["rows"].encode()).decode()
        values = {"kind": "status", "file": content, "filename": "statuses.csv"}
        wizard = [client.save("pso.import", [], values, {})["id"]]
        for button in ("action_preview", "action_import"):
            client.call("pso.import", button, wizard, button=True)

    def reset(self):
        client = self.site.client("officer")
        mine = [int(row.split(",")[0]) for row in self.file_rows()]
        found = client.call("pso.status", "search", [("employee_id", "in", mine)])
        client.call("pso.status", "unlink", found)


class Retention(Operation):
    """The daily job: it commits in batches, and the next run goes on."""

    name = "retention job"
    warm_ups = 0
    answer_means_all = False  # the job has its own transactions

    def begin(self):
        self.restore()

    def run(self):
        cron = [self.site.ids["cron"]]
        self.site.client("admin").call("ir.cron", "method_direct_trigger", cron)

    def look(self):
        """Statuses and names that are there and that the log says have gone."""
        lines = photo.digest(
            "pso_locked_person_line", left_out=(*photo.UNTOLD, *PERSONAL_FIELDS)
        )
        [row] = self.site.sql(
            f"""
            SELECT (SELECT count(*) FROM pso_status),
                (SELECT coalesce(sum(count), 0) FROM pso_log
                    WHERE event = 'anonymise' AND model = 'pso.status'),
                (SELECT count(*) FROM pso_locked_person_line
                    WHERE employee_id IS NOT NULL),
                (SELECT coalesce(sum(count), 0) FROM pso_log
                    WHERE event = 'anonymise' AND model = 'pso.measurement'),
                (SELECT count(*) FROM ir_attachment WHERE res_model = 'pso.status'
                    AND res_id NOT IN (SELECT id FROM pso_status)),
                {lines}, {photo.digest("pso_measurement")}
            """
        )
        return row.split("|")

    def untouched(self):
        """Who has no status left gets a new key."""
        return photo.untouched(self.site, ["pso_key_salt"])

    def judge(self, found, before, after):
        if found == before:
            return NOTHING
        if found == after:
            return ALL
        before, found = list(map(int, before[:5])), [*map(int, found[:5]), *found[5:]]
        is_told = (
            found[0] + found[1] == before[0] + before[1]
            and found[2] + found[3] == before[2] + before[3]
            and not found[4]
        )
        return PART if is_told and found[5:] == after[5:] else None


class Mailing(Operation):
    """The job that mails vendors: each is mailed once, and noted with his mail."""

    name = "mailing of vendors"
    warm_ups = 0
    answer_means_all = False  # the job has its own transactions

    def begin(self):
        self.restore()

    def run(self):
        cron = [self.site.ids["mailing"]]
        self.site.client("admin").call("ir.cron", "method_direct_trigger", cron)

    def look(self):
        """Who was asked, who waits, the mails and to how many, those without a note."""
        [row] = self.site.sql(
            """
            SELECT count(*) FILTER (WHERE state = 'asked' AND NOT is_queued),
                count(*) FILTER (WHERE state = 'to_send' AND is_queued),
                (SELECT count(*) FROM mail_message message
                    WHERE message.model = 'pso.request' AND subject IS NOT NULL),
                (SELECT count(DISTINCT res_id) FROM mail_message message
                    WHERE message.model = 'pso.request' AND subject IS NOT NULL),
                count(*) FILTER (WHERE (state = 'asked') <> (mail_id IS NOT NULL))
            FROM pso_request
            """
        )
        return list(map(int, row.split("|")))

    def judge(self, found, before, after):
        if found == before:
            return NOTHING
        if found == after:
            return ALL
        asked, waiting, mails, vendors, torn = found
        is_once = asked == mails == vendors and not torn
        return PART if is_once and asked + waiting == sum(before[:2]) else None


ALL_OPERATIONS = (Lock, Unlock, Workbook, Correct, Import, Retention, Mailing)
