"""A company whose figures are kept overnight, and all that is told of it."""

from contextlib import ExitStack

from common import PsoCase, whole_page

from odoo import fields

from odoo.addons.pso_odoo.models.measurement.window import Window

HR_OFFICER = "hr.group_hr_user"
TOTALS, PURCHASE, MANAGER, TARGET_GROUP = (
    f"pso_odoo.group_pso_{name}" for name in ("user", "purchase", "manager", "hr")
)
BUYER = ("purchase.group_purchase_user", "account.group_account_invoice")
# Whoever can change facts about persons, by each way to such a right.
RESTRICTED = {
    "HR officer with totals": (HR_OFFICER, TOTALS),
    "HR officer with purchases": (HR_OFFICER, PURCHASE, *BUYER),
    "HR officer who coordinates": (HR_OFFICER, MANAGER, *BUYER),
    "HR administrator with totals": ("hr.group_hr_manager", TOTALS),
    "administrator with totals": ("base.group_system", TOTALS),
    "administrator of rights with totals": ("base.group_erp_manager", TOTALS),
    "administrator who coordinates": (
        "base.group_system",
        "hr.group_hr_manager",
        MANAGER,
        *BUYER,
    ),
}
LIVE = {
    "totals": (TOTALS,),
    "purchases": (PURCHASE, *BUYER),
    "coordinator": (MANAGER, *BUYER),
    "target group": (TARGET_GROUP,),
    "target group who administrates": (TARGET_GROUP, "base.group_system", MANAGER),
}


class KeptCase(PsoCase):
    """People in two departments and places, some of them of the target group."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.departments = cls.env["hr.department"].create(
            [
                {"name": name, "company_id": cls.company.id}
                for name in ("North", "South")
            ]
        )
        cls.places = cls.env["hr.work.location"].create(
            [
                {
                    "name": name,
                    "company_id": cls.company.id,
                    "address_id": cls.company.partner_id.id,
                }
                for name in ("Harbour", "Town")
            ]
        )
        cls.people = cls.env["hr.employee"]
        for number in range(24):
            cls.people |= cls.employee(
                hours=(40, 32)[number % 2],
                name=f"Person {number}",
                department_id=cls.departments[number % 2].id,
                work_location_id=cls.places[number % 2].id,
            )
        cls.members = cls.people[:11]
        for person in cls.members:
            cls.status(person)
        cls.one = cls.members[0]
        cls.supplier = cls.social_vendor()
        cls.figures(cls.supplier, year=2026)
        cls.certificate(cls.supplier, start="2026-01-01", end="2030-12-31")
        cls.bill(cls.supplier, 100)
        day = cls.env["pso.measurement"]._days_of("rolling", cls.today())[1]
        cls.a_bill = cls.bill(cls.supplier, 90, date=str(day))
        cls.an_order = cls.order(cls.supplier, 80, day=str(day))
        cls.live = cls.measurement(payroll_fte=20)
        cls.frozen = cls.measurement(start="2024-01-01", end="2024-12-31")
        cls.frozen.action_lock()
        cls.users = {
            kind: cls.user("base.group_user", *groups)
            for kind, groups in (RESTRICTED | LIVE).items()
        }
        cls.run_job()

    @classmethod
    def today(cls):
        return fields.Date.today()

    @classmethod
    def run_job(cls, steps=None):
        """The nightly job as Odoo's scheduler runs it.

        :param steps: stop after so many, as when the time is up
        """
        with ExitStack() as stack:
            if steps:
                stack.enter_context(cls.after_commits(steps, lambda: 0))
            env, _progress = stack.enter_context(cls.as_job("cron_snapshot"))
            env["pso.snapshot"]._keep()
        cls.env.invalidate_all()

    @classmethod
    def a_day_later(cls):
        """What is kept is of the day before."""
        cls.env.flush_all()
        cls.env.cr.execute("UPDATE pso_snapshot SET date = date - 1")
        cls.env.invalidate_all()

    # -- all that is told --------------------------------------------------------

    def as_user(self, kind):
        """An environment as a request of that user begins: with nothing read before."""
        self.env.flush_all()
        self.env.invalidate_all()
        context = {"lang": "en_US", "allowed_company_ids": self.company.ids}
        return self.env(user=self.users[kind], su=False, context=context)

    def answers(self, kind):
        """Every answer that a user gets in which a fact about a person may be.

        :return: ``{what was asked: answer}``
        """
        answers = {}
        user = self.users[kind]
        if user.has_group(TOTALS):
            answers |= self._answers_on_measurements(kind)
            answers |= self._answers_on_checks(kind)
            answers |= self._answers_on_dashboard(kind)
        if user.has_group(BUYER[0]):
            for document in (self.an_order, self.a_bill):
                answers[f"points of {document._name}"] = self._read(
                    kind, document, self._pso_fields(document)
                )
        return answers

    def _pso_fields(self, document):
        return [name for name in document._fields if name.startswith("pso_")]

    def _read(self, kind, records, names=None):
        records = records.with_env(self.as_user(kind))
        readable = records.fields_get(attributes=["type"])
        wanted = [name for name in names or readable if name in readable]
        return [
            {name: record.read([name])[0][name] for name in wanted}
            for record in records
        ]

    def _measurement_fields(self):
        echo = {"write_date", "write_uid", "display_name", "company_id", "company_ids"}
        fields = self.env["pso.measurement"]._fields
        return [
            name
            for name in fields
            if name not in echo and not name.startswith(("message_", "activity_"))
        ]

    def _answers_on_measurements(self, kind):
        measurements = self.live | self.frozen
        names = self._measurement_fields()
        values = self._read(kind, measurements, names)
        answers = {
            f"{record.name}.{name}": value
            for record, each in zip(measurements, values, strict=True)
            for name, value in each.items()
        }
        own = measurements.with_env(self.as_user(kind))
        answers["web_read"] = own.web_read(
            {
                "total_percentage": {},
                "ladder": {},
                "open_check_ids": {"fields": {"found": {}, "name": {}}},
            }
        )
        paths = ("total_fte", "direct_percentage", "check_ids/shown_count")
        answers["export"] = own._export_rows([path.split("/") for path in paths])
        spec = {"date_end": {}, "total_fte": {}, "gap_amount": {}}
        if own.env.user.has_group(MANAGER):
            answers["onchange"] = own[0].onchange(
                {"date_end": "2025-11-30"}, ["date_end"], spec
            )
        new = own.new({"date_start": "2025-01-01", "date_end": "2025-03-31"})
        answers["unsaved"] = (new.total_fte, new.direct_percentage, new.ladder)
        report = own.env["report.pso_odoo.report_measurement"]._report(own[0])
        answers["report"] = str(
            (report.gap, report.norms, report.trend, report.checks, report.ladder)
        )
        return answers

    def _answers_on_checks(self, kind):
        checks = self.as_user(kind)["pso.check"]
        mine = [("measurement_id", "in", (self.live | self.frozen).ids)]
        names = ["measurement_id", "type_id", "shown_count", "found", "severity"]
        answers = {
            "checks": checks.search_read(mine, names),
            "checks in groups": checks.formatted_read_group(
                mine, ["type_id"], ["shown_count:max", "__count"]
            ),
            "checks by number": checks.search([*mine, ("shown_count", ">", 5)]).ids,
            "checks in order": checks.search(mine, order="shown_count desc, id").ids,
        }
        measurements = checks.env["pso.measurement"]
        for limit in (0, 5, 10):
            domain = [("check_ids.shown_count", ">", limit)]
            answers[f"measurements by checks, {limit}"] = measurements.search(
                domain
            ).ids
        for check in checks.search([("measurement_id", "=", self.live.id)]):
            if not check.is_personal:
                action = check.action_open_findings()
                answers[f"findings {check.type_id.code}"] = action["domain"]
        return answers

    def _answers_on_dashboard(self, kind):
        answers = {}
        env = self.as_user(kind)
        dashboard = env["pso.dashboard"]
        keys = [
            *env["pso.measurement"]._period_keys(self.today()),
            f"measurement-{self.live.id}",
            f"measurement-{self.frozen.id}",
        ]
        for key in keys:
            answers[f"dashboard {key}"] = whole_page(dashboard, key, self.company.id)
        company = self.company.with_env(env)
        for code in ("no_contract", "too_small", "payroll", "nobody", "norm_unknown"):
            check = env["pso.check.type"].search([("code", "=", code)])
            if check and not check.is_personal:
                answers[f"dashboard check {code}"] = dashboard.open(
                    "check", "rolling", company.id, check.id
                )["domain"]
        # What only code of an addon would ask, from the inside.
        measurements = env["pso.measurement"]
        live = self.live.with_env(env)._window()
        rolling = measurements._rolling(company)
        short = Window(company, live.start, live.start, live.edition)
        for name, each in (("live", live), ("rolling", rolling), ("short", short)):
            answers[f"{name} figures"] = measurements._figures_now(each)
            answers[f"{name} breakdown"] = env["pso.breakdown"]._load(each)
        answers["trend"] = env["pso.trend"].sudo()._until(live)
        answers["rolling trend"] = (
            env["pso.trend"]
            .sudo()
            ._rolling(company, self.live.edition_id, self.today())
        )
        answers["set-up"] = env["pso.setup"]._steps(company)
        answers["facts"] = str(env["pso.measurement"]._rolling_facts(company)[0])
        return answers
