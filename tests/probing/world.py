"""A company full of secrets, another one abroad, and both with other secrets."""

from contextlib import contextmanager

from common import PsoCase

from odoo.fields import Command
from odoo.tools import SQL

from .granted import ABROAD, KINDS, SECRETS, groups_of, secrets_from

# Words that stand for a secret wherever they turn up.
CANARY = "Zeisig"


class Planted:
    """What was planted in one company."""

    def __init__(self, case, company, name):
        self.case, self.company, self.name = case, company, name
        self.env = case.env(
            context={**case.env.context, "allowed_company_ids": company.ids}
        )
        company.sudo().pso_secret = self.word("key")
        self.twins = [self._person(f"{CANARY}-{name}-person-{n}") for n in (1, 2)]
        self.others = [self._person(f"Colleague {name} {n}") for n in range(8)]
        self.status = self._status(self.twins[0])
        for person in self.others[:3]:
            self._status(person)
        # Never employed on their days: a weakness that touches no figure.
        self.late = [self._person(f"Late {name} {n}", "2030-01-01") for n in range(3)]
        self._weak(self.late[0])
        self.partner = self._partner()
        self.certificate = self.partner.pso_certificate_ids
        self.bill = self._with_env(case.bill, self.partner, 100)
        self.excluded = self._with_env(case.bill, self.partner, 50)
        self.excluded.invoice_line_ids.write(
            {"pso_excluded": True, "pso_excluded_reason": "elsewhere"}
        )
        self.order = self._order()
        self._lead_to_twins()
        self.locked = self._measurement("2024")
        self.locked.action_lock()
        self.sample = self._sample()
        self.live = self._measurement("2025")
        self.scenario = self._scenario()
        self.plan = self._plan()
        self.certification = self.env["pso.certification"].create(
            {
                "company_id": company.id,
                "measurement_id": self.live.id,
                "notes": self.word("score"),
                "auditor": self.word("score"),
            }
        )
        self._remind("pso.reminder", "certificate", "2030-12-31", self.certificate)
        self._remind("pso.people.reminder", "ends", "2025-12-31")
        self.cost = self.env["pso.cost"].create(
            {"company_id": company.id, "amount": 1, "note": self.word("cost")}
        )
        self.campaign = self._campaign()
        self.loose = self.env["ir.attachment"].create(
            {
                "name": f"{self.word('status')}.pdf",
                "raw": self.word("status").encode(),
                "res_model": "pso.status",
                "res_id": 0,
            }
        )
        self.env.flush_all()

    def word(self, secret):
        return f"{CANARY}-{self.name}-{secret}"

    def _with_env(self, make, *args, **vals):
        """Make something by the helpers of the tests, in this company."""
        case = self.case
        with case.elsewhere(self):
            return make(*args, **vals)

    def _person(self, name, start="2020-01-01"):
        return self._with_env(self.case.employee, start=start, name=name)

    def _status(self, person, **vals):
        word = self.word("status")
        file = self.env["ir.attachment"].create(
            {"name": f"{word}.txt", "raw": word.encode()}
        )
        return self._with_env(
            self.case.status,
            person,
            evidence_state="received",
            attachment_ids=file.ids,
            **vals,
        )

    def _weak(self, person):
        return self._with_env(
            self.case.status, person, start="2025-01-01", end="2025-12-31"
        )

    def _partner(self):
        word = self.word("purchases")
        partner = self._with_env(
            self.case.vendor, name=f"Vendor {self.name}", company_id=self.company.id
        )
        file = self.env["ir.attachment"].create(
            {"name": f"{word}.txt", "raw": word.encode()}
        )
        self._with_env(
            self.case.certificate,
            partner,
            start="2024-01-01",
            end="2030-12-31",
            number=word,
            attachment_ids=file.ids,
        )
        self._with_env(self.case.figures, partner, source=word)
        # That an organisation is in the register is public; whose vendor it is, is not.
        entry = self.env["pso.register.entry"].create({"name": f"Listed {self.name}"})
        self.match = self.env["pso.register.match"].create(
            {"entry_id": entry.id, "partner_id": partner.id, "state": "proposed"}
        )
        return partner

    def _order(self):
        return self._with_env(self.case.order, self.partner, 10)

    def _lead_to_twins(self):
        """What core keeps of people: what they follow, their bank accounts."""
        for number, person in enumerate(self.twins):
            contact = person.work_contact_id
            followed = self._with_env(self.case.vendor, name=f"Followed {number}")
            followed.message_subscribe(contact.ids)
            account = self.env["res.partner.bank"].create(
                {"acc_number": f"{self.name}-{number}", "partner_id": contact.id}
            )
            person.bank_account_ids = account
            followed.activity_schedule("mail.mail_activity_data_todo", summary="x")

    def _scenario(self):
        """A scenario in which somebody of the target group leaves."""
        leave = {"kind": "leave", "hours": 40, "people": 1}
        leave["group_id"] = self.status.group_id.id
        leave["form_id"] = self.status.form_id.id
        return self.env["pso.scenario"].create(
            {
                "name": self.word("score"),
                "measurement_id": self.live.id,
                "line_ids": [Command.create(leave)],
            }
        )

    def _plan(self):
        """An approved plan, with an action whose progress is of persons."""
        word = self.word("score")
        plan = self.env["pso.plan"].create(
            {
                "name": word,
                "company_id": self.company.id,
                "target_level_id": self.case.ref("level_step3").id,
                "date_start": "2020-01-01",
                "date_deadline": "2099-12-31",
                "smart_specific": word,
                "action_ids": [
                    Command.create({"name": word, "kind": kind})
                    for kind in ("hires", "talks")
                ],
            }
        )
        plan.state = "approved"
        plan.action_ids._sync_activities()
        return plan

    def _campaign(self):
        """A campaign in which a vendor does not want to answer."""
        word = self.word("asked")
        asked = self._with_env(
            self.case.vendor, name=f"Asked {self.name}", company_id=self.company.id
        )
        campaign = self.env["pso.campaign"].create(
            {
                "name": word,
                "company_id": self.company.id,
                "note": word,
                "request_ids": [Command.create({"partner_id": asked.id})],
            }
        )
        self.answer = self._answer(campaign.request_ids)
        campaign.request_ids.write({"refusal": word, "send_error": word})
        return campaign

    def _answer(self, request):
        """What a vendor sent on its page, with a file."""
        word = self.word("asked")
        file = self.env["ir.attachment"].create(
            {"name": f"{word}.txt", "raw": word.encode()}
        )
        return self.env["pso.answer"].create(
            {
                "request_id": request.id,
                "channel": "page",
                "kind": "sw",
                "date_start": "2024-01-01",
                "company_registry": word,
                "remark": word,
                "entity_ids": [Command.create({"name": word})],
                "attachment_ids": file.ids,
            }
        )

    def _remind(self, model, kind, day, certificate=None):
        """A reminder with its activity, of a certificate or of people."""
        due = {"company_id": self.company.id, "kind": kind, "stage": "30"}
        due |= {"date_end": day, "date": "2025-12-01"}
        if certificate:
            due["certificate_id"] = certificate.id
        reminder = self.env[model].create(due)
        reminder._give(self.env.user, day, "Look")
        return reminder

    def _measurement(self, year):
        word = self.word("score")
        measurement = self._with_env(
            self.case.measurement,
            start=f"{year}-01-01",
            end=f"{year}-12-31",
            name=f"{self.word('name')} {year}",
            note=word,
        )
        self.env["pso.correction"].create(
            {
                "measurement_id": measurement.id,
                "amount": 1,
                "reason": word,
                "source": word,
            }
        )
        return measurement

    def _sample(self):
        """The files of all who counted, drawn from the locked measurement."""
        sample = self.env["pso.sample"].create(
            {"name": "Review", "measurement_id": self.locked.id, "size": 50}
        )
        sample.action_draw()
        return sample

    # -- other secrets -------------------------------------------------------

    def change(self, secret):
        getattr(self, f"_change_{secret}")()
        self.env.flush_all()

    def _sql(self, query, *args):
        self.env.flush_all()
        self.env.cr.execute(SQL(query, *args))

    def _change_who(self):
        """The other one of two people with the same contract has the status."""
        here, there = self.twins
        self._sql(
            "UPDATE pso_status SET employee_id = %s WHERE employee_id = %s",
            *(there.id, here.id),
        )

    def _change_locked(self):
        here, there = self.twins
        wia = self.case.ref("group_wia").id
        self._sql(
            """
            UPDATE pso_locked_person_line line
            SET employee_id = other.employee_id, key = other.key,
                version_id = other.version_id, group_id = %s
            FROM pso_locked_person_line other
            WHERE line.kind = 'group' AND line.employee_id = %s
                AND other.measurement_id = line.measurement_id
                AND other.kind = 'staff' AND other.employee_id = %s
            """,
            *(wia, here.id, there.id),
        )

    def _change_status(self):
        word = f"{self.word('status')}-too"
        statuses = self.status.search([("company_id", "=", self.company.id)])
        statuses.attachment_ids.write({"name": f"{word}.txt", "raw": word.encode()})
        self.loose.write({"name": f"{word}.pdf", "raw": word.encode()})
        values = {
            "group_id": self.case.ref("group_wia").id,
            "legal_basis": "consent",
            "date_informed": "2025-02-03",
        }
        known = {k: v for k, v in values.items() if k in self.status._fields}
        self.status.write({**known, "evidence_state": "received"})

    def _change_few(self):
        for person in self.late[1:]:
            self._weak(person)
        self._remind("pso.people.reminder", "proof", "2025-12-31")

    def _change_name(self):
        self.live.name = f"{self.word('name')}-too"

    def _change_score(self):
        word = f"{self.word('score')}-too"
        self.live.write({"note": word, "payroll_fte": 7.5})
        self.live.correction_ids.write({"amount": 2, "reason": word, "source": word})
        self.live.quality_ids.write({"explanation": word})
        self.scenario.name = word
        # Without the message on it: core counts messages, of any record, before it asks
        # who may read them, so that one more takes the place of an older one.
        plan = self.plan.with_context(tracking_disable=True)
        plan.state = "draft"
        plan.name = plan.smart_specific = word
        plan.action_ids.name = word
        plan.state = "approved"
        self.certification.write({"notes": word, "auditor": word})

    def _change_purchases(self):
        word = f"{self.word('purchases')}-too"
        self.certificate.write({"number": word, "renewal": "promised"})
        self.certificate.attachment_ids.write(
            {"name": f"{word}.txt", "raw": word.encode()}
        )
        self.partner.pso_figure_ids.source = word
        self.match.write({"state": "refused", "confidence": 33})

    def _change_asked(self):
        word = f"{self.word('asked')}-too"
        campaign = self.campaign.with_context(tracking_disable=True)
        campaign.write({"name": word, "note": word})
        campaign.request_ids.write(
            {"refusal": word, "send_error": word, "state": "refused"}
        )

        self.answer.write(
            {"company_registry": word, "remark": word, "kind": "pso"}
            | {"level_id": self.case.ref("level_step1").id, "date_end": "2030-01-01"}
        )
        self.answer.entity_ids.name = word
        self.answer.check_ids.note = word
        self.answer.attachment_ids.write({"name": f"{word}.txt", "raw": word.encode()})

    def _change_excluded(self):
        self.excluded.invoice_line_ids.pso_excluded_reason = "other"

    def _change_cost(self):
        self.cost.note = f"{self.word('cost')}-too"

    def _change_key(self):
        self.company.sudo().pso_secret = "other"


class World(PsoCase):
    """Two companies with secrets, and a user of each kind."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.abroad = Planted(cls, cls.create_company("Abroad"), "abroad")
        cls.home = Planted(cls, cls.company, "home")
        # What attempts found to be there, as ids by model.
        cls.newest, cls.examples = {}, {}
        cls.users = {kind: cls._user(kind) for kind in KINDS}
        cls.groups = {kind: cls._groups(user) for kind, user in cls.users.items()}
        cls.env.flush_all()

    @classmethod
    def _user(cls, kind):
        company = cls.abroad.company if kind == ABROAD else cls.company
        login = f"probe-{kind.replace(' ', '-')}"
        return cls.user(*groups_of(kind), companies=company, login=login)

    @classmethod
    def _groups(cls, user):
        names = user.all_group_ids._get_external_ids().values()
        return {name for each in names for name in each}

    @classmethod
    @contextmanager
    def elsewhere(cls, planted):
        """The helpers of the tests work in another company."""
        before = cls.env, cls.company, cls.edition
        cls.env, cls.company = planted.env, planted.company.with_env(planted.env)
        try:
            yield
        finally:
            cls.env, cls.company, cls.edition = before

    def hidden_from(self, kind):
        """What a kind of user may not know, as ``{(planted, secret)}``."""
        own, other = self.home, self.abroad
        if kind == ABROAD:
            own, other = other, own
        hidden = {(own, secret) for secret in secrets_from(self.groups[kind])}
        return hidden | {(other, secret) for secret in SECRETS}

    def words_for_no_log(self):
        """The words that are in no log, whoever did something: those of persons."""
        people = {person.name for p in (self.home, self.abroad) for person in p.twins}
        return people | {p.word("status") for p in (self.home, self.abroad)}

    def words_hidden_from(self, kind):
        """The words that no answer to a kind of user may have in it."""
        hidden = self.hidden_from(kind)
        hidden |= {(planted, "key") for planted in (self.home, self.abroad)}
        return {planted.word(secret) for planted, secret in hidden}

    @contextmanager
    def with_other_secrets(self, hidden):
        """The same world, in which these secrets are others."""
        savepoint = self.env.cr.savepoint(flush=False)
        try:
            for planted, secret in sorted(hidden, key=lambda h: (h[0].name, h[1])):
                planted.change(secret)
            self.env.invalidate_all()
            yield
        finally:
            self.env.transaction.clear()
            savepoint.close(rollback=True)
