"""The first use: steps to the first score, and the settings of a company."""

from ast import literal_eval

from common import PsoCase

from odoo.exceptions import AccessError
from odoo.fields import NO_ACCESS, Command
from odoo.models import MAGIC_COLUMNS
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

USER, PURCHASE, HR, MANAGER = (
    f"pso_odoo.group_pso_{name}" for name in ("user", "purchase", "hr", "manager")
)
KEYS = (
    "company",
    "edition",
    "staff",
    "statuses",
    "certificates",
    "figures",
    "measurement",
)


class SetupCase(PsoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Vendors of nobody in particular are everybody's.
        cls.env["pso.certificate"].search([]).unlink()
        cls.env["pso.supplier.figure"].search([]).unlink()
        cls.coordinator = cls.user(MANAGER)
        cls.keeper = cls.user(HR)

    def steps(self, user=None, company=None):
        setup = self.env(user=user or self.coordinator)["pso.setup"]
        return setup._steps(company or self.company)

    def done(self, company=None):
        answer = self.steps(company=company)
        done = {step["key"] for step in answer["steps"] if step["is_done"]}
        self.assertEqual(answer["done"], len(done))
        return done

    def settings(self, user=None, **values):
        settings = self.env(user=user or self.coordinator)["pso.company.settings"]
        return settings.create({"company_id": self.company.id, **values})


@tagged("post_install", "-at_install")
class TestSteps(SetupCase):
    def test_all_of_them_in_order(self):
        steps = self.steps()["steps"]
        self.assertEqual(tuple(step["key"] for step in steps), KEYS)
        for step in steps:
            with self.subTest(key=step["key"]):
                self.assertTrue(step["title"] and step["description"])

    def test_nothing_is_done_in_an_empty_company(self):
        self.assertEqual(self.done(), set())

    def test_from_nothing_to_a_score(self):
        """Each step is done by what it asks for, and no other is."""
        done = set()

        def after(*keys):
            done.update(keys)
            self.assertEqual(self.done(), done)

        self.settings(company_registry="12345678").action_save()
        after("company")
        edition = self.env["pso.edition"]._at("2099-01-01")
        edition.is_confirmed = True
        after("edition")
        person = self.employee()
        after("staff")
        self.status(person)
        after("statuses")
        vendor = self.vendor()
        self.certificate(vendor)
        after("certificates")
        self.figures(vendor)
        after("figures")
        self.measurement()
        after("measurement")
        self.assertEqual(done, set(KEYS))

    def test_a_number_alone_is_not_a_look_at_the_hours(self):
        self.company.company_registry = "12345678"
        self.assertNotIn("company", self.done())
        self.company.pso_fulltime_hours = 36
        self.assertIn("company", self.done())

    def test_hours_alone_are_not_a_number(self):
        self.settings().action_save()
        self.assertNotIn("company", self.done())

    def test_staff_whose_contracts_are_elsewhere(self):
        self.employee(contract_date_start=False)
        self.assertNotIn("staff", self.done())
        self.company.pso_count_without_contract = True
        self.assertIn("staff", self.done())

    def test_the_own_certificate_is_no_vendors(self):
        self.certificate(self.company.partner_id)
        self.certificate(self.create_company("Sister").partner_id)
        self.assertNotIn("certificates", self.done())

    def test_of_one_company(self):
        other = self.create_company("Other")
        self.employee()
        self.status(self.employee())
        self.measurement()
        self.settings(company_registry="12345678").action_save()
        self.assertEqual(self.done(other), set())

    def test_a_step_that_somebody_deleted(self):
        self.ref("onboarding_step_figures").unlink()
        self.assertNotIn("figures", {s["key"] for s in self.steps()["steps"]})

    def test_few_queries(self):
        for _ in range(3):
            self.status(self.employee())
        self.steps()
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.steps()
        self.assertLessEqual(self.env.cr.sql_log_count - before, 6)


@tagged("post_install", "-at_install")
class TestWhoTakesAStep(SetupCase):
    MAY = {
        USER: {"edition"},
        HR: {"edition", "staff", "statuses"},
        MANAGER: {"company", "edition", "certificates", "figures", "measurement"},
        PURCHASE: set(),
        "base.group_system": set(),
        "hr.group_hr_manager": set(),
    }

    def test_steps_are_shown_to_all_and_opened_by_some(self):
        for group, may in self.MAY.items():
            user = self.user("base.group_user", group)
            setup = self.env(user=user)["pso.setup"]
            steps = self.steps(user)["steps"]
            self.assertEqual(len(steps), len(KEYS))
            self.assertEqual({s["key"] for s in steps if s["can_open"]}, may, group)
            for key in KEYS:
                with self.subTest(group=group, key=key):
                    if key in may:
                        action = setup._open(self.company, key)
                        self.assertEqual(action["type"], "ir.actions.act_window")
                        self.assertIn(action["res_model"], self.env)
                    else:
                        with self.assertRaises(AccessError):
                            setup._open(self.company, key)

    def test_a_step_that_does_not_exist(self):
        with self.assertRaises(AccessError):
            self.env(user=self.coordinator)["pso.setup"]._open(self.company, "nothing")

    def test_a_step_opens_what_it_is_about(self):
        setup = self.env(user=self.coordinator)["pso.setup"]
        edition = setup._open(self.company, "edition")
        self.assertTrue(self.env["pso.edition"].browse(edition["res_id"]).exists())
        for key in ("company", "measurement"):
            context = setup._open(self.company, key)["context"]
            self.assertEqual(context["default_company_id"], self.company.id)

    def test_from_the_list_of_core(self):
        """The steps are core's: they open from there too."""
        step = self.ref("onboarding_step_company")
        action = step.with_user(self.coordinator).action_open_pso_setup()
        self.assertEqual(action["res_model"], "pso.company.settings")
        with self.assertRaises(AccessError):
            step.with_user(self.keeper).action_open_pso_setup()

    def test_of_people_it_says_no_more_than_whether_there_is_anybody(self):
        self.status(self.employee(name="Secret Person"))
        answers = [self.steps()]
        self.status(self.employee(name="Secret Person"))
        answers.append(self.steps())
        self.assertEqual(*answers)
        self.assertNotIn("Secret", str(answers))


@tagged("post_install", "-at_install")
class TestPuttingItAway(SetupCase):
    def test_by_a_coordinator_or_an_administrator(self):
        administrator = self.user("base.group_system")
        for user in (self.coordinator, administrator):
            with self.subTest(user=user.login):
                setup = self.env(user=user)["pso.setup"]
                self.assertTrue(self.steps(user)["can_close"])
                setup.close(self.company.id)
                self.assertEqual(self.steps()["steps"], [])
                self.assertTrue(self.steps()["is_closed"])
                setup._set_closed(self.company, False)
                self.assertEqual(len(self.steps()["steps"]), len(KEYS))

    def test_by_nobody_else(self):
        for user in (self.keeper, self.user(USER), self.user("hr.group_hr_manager")):
            self.assertFalse(self.steps(user)["can_close"])
            with self.assertRaises(AccessError):
                self.env(user=user)["pso.setup"].close(self.company.id)

    def test_for_ones_own_companies_alone(self):
        other = self.create_company("Other")
        with self.assertRaises(AccessError):
            self.env(user=self.coordinator)["pso.setup"].close(other.id)
        self.assertFalse(self.steps(company=other)["is_closed"])

    def test_for_one_company(self):
        other = self.create_company("Other")
        self.env(user=self.coordinator)["pso.setup"].close(self.company.id)
        self.assertFalse(self.steps(company=other)["is_closed"])

    def test_and_bringing_it_back(self):
        settings = self.settings()
        settings.shows_setup = False
        settings.action_save()
        self.assertTrue(self.steps()["is_closed"])
        settings = self.settings()
        self.assertFalse(settings.shows_setup)
        settings.shows_setup = True
        settings.action_save()
        self.assertFalse(self.steps()["is_closed"])


@tagged("post_install", "-at_install")
class TestCompanySettings(SetupCase):
    """A coordinator is no administrator: these values of a company, and no others."""

    def test_what_the_company_has(self):
        self.company.write({"pso_fulltime_hours": 36, "pso_small_group": 7})
        settings = self.settings()
        self.assertEqual(settings.pso_fulltime_hours, 36)
        self.assertEqual(settings.pso_small_group, 7)
        self.assertEqual(settings.edition_id, self.env["pso.edition"]._at("2099-01-01"))

    def test_writing_it(self):
        company = self.company.with_user(self.coordinator)
        with self.assertRaises(AccessError):
            company.pso_fulltime_hours = 36
        with Form(self.env(user=self.coordinator)["pso.company.settings"]) as form:
            form.company_registry = "12345678"
            form.pso_fulltime_hours = 36
            form.pso_count_without_contract = True
            form.pso_small_group = 10
        form.record.action_save()
        self.assertEqual(self.company.company_registry, "12345678")
        self.assertEqual(self.company.pso_fulltime_hours, 36)
        self.assertTrue(self.company.pso_count_without_contract)
        self.assertEqual(self.company.pso_small_group, 10)

    def test_a_coordinator_does_not_show_smaller_groups(self):
        """He does not see names, and must not make the breakdown tell them."""
        settings = self.settings(pso_small_group=4)
        with self.assertRefused("protects people"):
            settings.action_save()
        self.assertEqual(self.company.pso_small_group, 5)

    def test_figures_follow_at_once(self):
        self.employee(36)
        measurement = self.measurement()
        self.assertEqual(measurement.total_fte, 0.9)
        self.settings(pso_fulltime_hours=36).action_save()
        self.assertEqual(measurement.total_fte, 1)

    def test_a_number_that_is_there_stays(self):
        """An administrator changes it: it is on every invoice."""
        self.company.company_registry = "12345678"
        self.settings(company_registry="87654321").action_save()
        self.assertEqual(self.company.company_registry, "12345678")

    def test_what_no_company_may_have(self):
        with self.assertRefused("above 0"):
            self.settings(pso_fulltime_hours=0).action_save()
            self.env.flush_all()

    def test_not_of_other_companies(self):
        other = self.create_company("Other")
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            self.settings(company_id=other.id).read()
        settings = self.settings()
        settings.sudo().company_id = other
        with self.assertRaises(AccessError):
            settings.action_save()

    def test_not_by_others(self):
        """Nor by taking over what a coordinator has opened."""
        for group in (USER, HR, PURCHASE, "hr.group_hr_manager", "base.group_system"):
            user = self.user("base.group_user", group)
            with self.subTest(group=group), self.assertRaises(AccessError):
                self.settings(user)
            with self.subTest(group=group), self.assertRaises(AccessError):
                self.settings().with_user(user).action_save()


@tagged("post_install", "-at_install")
class TestGeneralSettings(SetupCase):
    def test_an_administrator_without_pso_rights(self):
        """Settings open and are saved; the edition is named, not opened."""
        administrator = self.user("base.group_system", "base.group_erp_manager")
        env = self.env(user=administrator)
        view = env["res.config.settings"].get_view(
            self.env.ref("base.res_config_settings_view_form").id
        )
        self.assertIn("pso_edition_name", view["arch"])
        self.assertNotIn("%(pso_odoo.pso_edition_action)d", view["arch"])
        settings = env["res.config.settings"].create(
            {"company_id": self.company.id, "pso_shows_setup": False}
        )
        self.assertTrue(settings.pso_edition_name)
        settings.pso_fulltime_hours = 36
        settings.pso_company_registry = "12345678"
        settings.execute()
        self.assertEqual(self.company.pso_fulltime_hours, 36)
        self.assertEqual(self.company.company_registry, "12345678")
        self.assertTrue(self.steps()["is_closed"])

    def test_every_setting_says_what_it_means(self):
        models = (
            "hr.employee",
            "hr.job",
            "hr.version",
            "pso.company.settings",
            "pso.contract.form",
            "pso.status",
            "pso.target.group",
            "res.company",
            "res.config.settings",
        )
        for model in models:
            for name, field in self.env[model]._fields.items():
                own = field.name.startswith("pso_") or model.startswith("pso.")
                own = own and field.groups != NO_ACCESS
                if own and name not in (*MAGIC_COLUMNS, "display_name"):
                    with self.subTest(model=model, field=name):
                        self.assertTrue(field.help or field.related)

    def test_who_may_see_the_score_is_counted(self):
        administrator = self.user("base.group_system")
        settings = self.env(user=administrator)["res.config.settings"].create({})
        before = settings.pso_user_count, settings.pso_hr_count
        self.user(HR)  # sees the score too
        self.user(MANAGER)
        self.user("base.group_user")
        settings = settings.create({})
        self.assertEqual(
            (settings.pso_user_count, settings.pso_hr_count),
            (before[0] + 2, before[1] + 1),
        )
        domain = literal_eval(self.ref("pso_members_hr_action").domain)
        self.assertEqual(
            self.env["res.users"].search_count(domain), settings.pso_hr_count
        )

    def test_a_group_is_given_and_taken_where_its_users_are_shown(self):
        """By default core opens a short form of a user, without access rights."""
        for name in ("user", "manager", "purchase", "hr"):
            action = self.ref(f"pso_members_{name}_action")
            numbers = dict((kind, number) for number, kind in action.views)
            form = self.env["res.users"].get_view(numbers["form"], "form")["arch"]
            with self.subTest(name):
                self.assertIn('name="group_ids"', form)
                self.assertFalse(literal_eval(action.context)["create"])

    def test_what_goes_with_it_is_said_before_it_is_uninstalled(self):
        """By itself, or with an app that it rests on; of others nothing is said."""
        modules = self.env["ir.module.module"]
        for name, is_told in (("pso_odoo", True), ("hr", True), ("l10n_nl", False)):
            module = modules.search([("name", "=", name)])
            wizard = self.env["base.module.uninstall"].create(
                {"module_ids": module.ids}
            )
            with self.subTest(name):
                self.assertEqual("statuses" in (wizard.pso_note or ""), is_told)

    def test_an_administrator_gives_himself_access(self):
        administrator = self.user("base.group_system")
        settings = self.env(user=administrator)["res.config.settings"].create({})
        self.assertFalse(settings.pso_is_manager)
        answer = settings.with_context(pso_group="manager").action_pso_grant()
        self.assertEqual(answer["tag"], "reload")
        self.assertTrue(administrator.has_group(MANAGER))
        self.assertFalse(administrator.has_group(HR))

    def test_nobody_else_gives_access(self):
        """Neither a group of ours nor of core, however it is asked for."""
        administrator = self.user("base.group_system")
        settings = self.env(user=administrator)["res.config.settings"].create({})
        for group in (MANAGER, HR, "hr.group_hr_manager", "base.group_user"):
            user = self.user("base.group_user", group)
            asked = settings.with_user(user).with_context(pso_group="hr")
            with self.subTest(group=group), self.assertRaises(AccessError):
                asked.action_pso_grant()
            self.assertEqual(user.has_group(HR), group == HR)
        for name in ("base.group_system", ["hr"], {"hr": 1}, 7, None):
            asked = settings.with_context(pso_group=name)
            with self.subTest(name=name), self.assertRaises(AccessError):
                asked.action_pso_grant()

    def test_core_decides_who_gives_groups(self):
        """The button adds no right to those of who presses it."""
        administrator = self.user("base.group_system")
        settings = self.env(user=administrator)["res.config.settings"].create({})
        rights = self.env["ir.model.access"].search(
            [("model_id.model", "=", "res.users"), ("perm_write", "=", True)]
        )
        rights.perm_write = False
        with mute_logger("odoo.addons.base.models.ir_model"):
            with self.assertRaises(AccessError):
                settings.with_context(pso_group="hr").action_pso_grant()


@tagged("post_install", "-at_install")
class TestWithoutCertifiedVendors(SetupCase):
    def test_a_company_says_that_there_are_none(self):
        setup = self.env(user=self.coordinator)["pso.setup"]
        setup.skip(self.company.id, "certificates")
        self.assertEqual(self.done(), {"certificates", "figures"})

    def test_what_is_registered_later_asks_for_its_figures(self):
        setup = self.env(user=self.coordinator)["pso.setup"]
        setup.skip(self.company.id, "certificates")
        self.certificate(self.vendor())
        self.assertEqual(self.done(), {"certificates"})

    def test_of_no_other_step_and_by_nobody_else(self):
        setup = self.env(user=self.coordinator)["pso.setup"]
        for key in (*(key for key in KEYS if key != "certificates"), "x", None, []):
            with self.subTest(key=key), self.assertRaises(AccessError):
                setup.skip(self.company.id, key)
        other = self.create_company("Other")
        for user in (self.keeper, self.user(USER), self.user("base.group_system")):
            with self.assertRaises(AccessError):
                self.env(user=user)["pso.setup"].skip(self.company.id, "certificates")
        with self.assertRaises(AccessError):
            setup.skip(other.id, "certificates")
        self.assertEqual(self.done(), set())


@tagged("post_install", "-at_install")
class TestContractsToFillIn(SetupCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keeper.group_ids += cls.env.ref("hr.group_hr_manager")
        cls.bare = cls.employee(name="Bare", contract_date_start=False)
        cls.employee(name="Known")

    def staff(self, user=None, **values):
        staff = self.env(user=user or self.keeper)["pso.staff.list"]
        return staff.create({"company_id": self.company.id, **values})

    def test_who_has_no_contract_is_asked_about(self):
        lines = self.staff().line_ids
        self.assertEqual(lines.employee_id, self.bare)
        self.assertEqual(lines.mapped("hours"), [40])

    def test_what_is_filled_in_is_written(self):
        staff = self.staff()
        staff.line_ids.write({"date_start": "2024-02-01", "hours": 24})
        new = {"name": "New", "date_start": "2024-03-01", "hours": 40}
        staff.line_ids = [Command.create(new)]
        staff.action_save()
        self.assertEqual(str(self.bare.contract_date_start), "2024-02-01")
        self.assertEqual(self.bare.pso_hours, 24)
        [person] = self.env["hr.employee"].search([("name", "=", "New")])
        self.assertEqual(person.company_id, self.company)
        self.assertEqual(str(person.contract_date_start), "2024-03-01")
        self.assertFalse(self.staff().line_ids)
        self.assertIn("staff", self.done())

    def test_who_has_no_start_stays_as_he_is(self):
        self.staff().action_save()
        self.assertFalse(self.bare.contract_date_start)
        staff = self.staff(line_ids=[Command.create({"name": "New"})])
        with self.assertRefused("first day"):
            staff.action_save()

    def test_by_who_may_write_contracts_alone(self):
        """Core keeps them for administrators of HR: the list is no way around it."""
        officer = self.user(HR)
        line = {"employee_id": self.bare.id, "name": "x", "date_start": "2024-01-01"}
        staff = self.staff(officer, line_ids=[Command.create(line)])
        with self.assertRaises(AccessError):
            staff.action_save()
        self.assertFalse(self.staff(officer).line_ids)
        for group in (MANAGER, USER, "hr.group_hr_manager", "base.group_system"):
            with self.subTest(group=group), self.assertRaises(AccessError):
                self.staff(self.user("base.group_user", group))

    def test_not_of_other_companies(self):
        other = self.create_company("Other")
        stranger = self.employee(company_id=other.id, contract_date_start=False)
        line = {"employee_id": stranger.id, "name": "x", "date_start": "2024-01-01"}
        with self.assertRaises(AccessError):
            staff = self.staff(line_ids=[Command.create(line)])
            staff.with_context(allowed_company_ids=self.company.ids).action_save()
        staff = self.staff()
        staff.sudo().company_id = other
        with self.assertRaises(AccessError):
            staff.action_save()

    def test_the_step_opens_the_list(self):
        action = self.env(user=self.keeper)["pso.setup"]._open(self.company, "staff")
        self.assertEqual(action["res_model"], "pso.staff.list")
        action = self.env(user=self.user(HR))["pso.setup"]._open(self.company, "staff")
        self.assertEqual(action["res_model"], "hr.employee")


@tagged("post_install", "-at_install")
class TestElsewhere(SetupCase):
    """Who may not see the score is led to what he may see."""

    def doors(self, *groups):
        user = self.user("base.group_user", *groups)
        answer = self.env(user=user)["pso.dashboard"].elsewhere()
        return answer and [door["action"] for door in answer["doors"]]

    def test_who_sees_the_score_is_led_nowhere_else(self):
        for group in (USER, HR, MANAGER):
            self.assertFalse(self.doors(group))

    def test_buyers_are_led_to_purchases(self):
        doors = self.doors(PURCHASE)
        self.assertEqual(doors[0], "pso_odoo.pso_purchase_report_action")
        self.assertIn("pso_odoo.pso_certificate_action", doors)

    def test_administrators_are_led_to_the_settings(self):
        self.assertEqual(
            self.doors("base.group_system"),
            ["pso_odoo.res_config_settings_action", "/my/pso"],
        )

    def test_every_door_opens(self):
        for group in (PURCHASE, "base.group_system", "base.group_user"):
            user = self.user("base.group_user", group)
            env = self.env(user=user)
            for door in env["pso.dashboard"].elsewhere()["doors"]:
                if not door["action"].startswith("/"):
                    action = env["ir.actions.actions"]._for_xml_id(door["action"])
                    self.assertTrue(env[action["res_model"]].has_access("read"))
