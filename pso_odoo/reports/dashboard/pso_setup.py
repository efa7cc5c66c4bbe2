from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ...tools.context import without_defaults
from ...tools.groups import HR, MANAGER, PURCHASE, USER
from ...tools.registry import KVK
from ...tools.typed import is_id

# The steps, and who can take them. Each is a step of core's onboarding of that name.
STEPS = {
    "company": MANAGER,
    "edition": USER,
    "staff": "hr.group_hr_user",
    "statuses": HR,
    "certificates": PURCHASE,
    "figures": PURCHASE,
    "measurement": MANAGER,
}
ACTIONS = {
    "staff": "hr.open_view_employee_list_my",
    "statuses": "pso_status_action",
    "certificates": "pso_certificate_action",
    "figures": "pso_supplier_figure_action",
}
ONBOARDING = "pso_odoo.onboarding_setup"
# The step that a company without certified vendors says to be done with.
SKIPPABLE = "certificates"
# The steps that are done by facts about persons.
PERSONAL = {"staff", "statuses"}


class PsoSetup(models.AbstractModel):
    """The steps from an empty database to the first score of a company.

    The steps are records of core's onboarding, which also keeps what the data cannot
    tell: that the full-time hours were looked at, and that the list was put away.
    """

    _name = "pso.setup"
    _description = "Set-Up of PSO"

    def _steps(self, company, edition=None):
        """Return what is done and what is to be done, for the current user to see.

        Of people it says no more than whether there is anybody.

        :param edition: the edition in force today, for who knows it already
        :return: ``{done, is_closed, can_close, steps: [{key, title, description,
            is_done, can_open, can_skip}]}``; no steps once the list was put away
        """
        is_closed, done, texts = self._facts(company, edition)
        steps = [
            {
                "key": key,
                "title": title or "",
                "description": description or "",
                "is_done": key in done,
                "can_open": self._can_open(key),
                "can_skip": self._can_skip(key),
            }
            for key, title, description in ([] if is_closed else texts)
        ]
        return {
            "done": sum(step["is_done"] for step in steps),
            "is_closed": is_closed,
            "can_close": self._can_close(),
            "steps": steps,
        }

    def _open(self, company, key):
        """Return the action that takes a step.

        :raise AccessError: if the step is not for this user
        """
        if key not in STEPS or not self._can_open(key):
            raise AccessError(
                self.env._("This step of the set-up is for users with other rights.")
            )
        context = {"default_company_id": company.id}
        if key == "company":
            return self._action("pso_company_settings_action") | {"context": context}
        if key == "measurement":
            return self._action("pso_measurement_action") | {
                "context": context,
                "views": [(False, "form")],
            }
        if key == "edition":
            edition = self.env["pso.edition"]._at(fields.Date.context_today(self))
            return self._action("pso_edition_action") | {
                "res_id": edition.id,
                "views": [(False, "form")],
            }
        if key == "staff" and self._can_fill_in_contracts():
            return self._action("pso_staff_list_action") | {"context": context}
        return self._action(ACTIONS[key])

    @api.model
    @without_defaults
    def skip(self, company_id, key):
        """Record that a company buys from nobody who is certified.

        What is registered later counts all the same.

        :raise AccessError: for who does not keep certificates, of other steps and for
            other companies than the user's
        """
        company = self._own_company(company_id)
        if not self._can_skip(key) or not company:
            raise AccessError(
                self.env._("That there are none is said by users of PSO Purchases.")
            )
        self._set_done(company, key)

    @api.model
    @without_defaults
    def close(self, company_id):
        """Put the list away for a company.

        :raise AccessError: for users who neither coordinate nor administrate, and for
            other companies than theirs
        """
        company = self._own_company(company_id)
        if not self._can_close() or not company:
            raise AccessError(
                self.env._("The set-up is put away by a coordinator or administrator.")
            )
        self._set_closed(company, True)

    # -- who may what --------------------------------------------------------

    def _can_open(self, key):
        user = self.env.user
        return user.has_group(USER) and user.has_group(STEPS[key])

    def _own_company(self, company_id):
        """Return a company of the user's by its number, or none."""
        company = self.env["res.company"].browse(is_id(company_id) and company_id or ())
        return company & self.env.user.company_ids

    def _can_skip(self, key):
        return key == SKIPPABLE and self._can_open(key)

    def _can_fill_in_contracts(self):
        """Whether the user may write contract dates, and the hours that count."""
        user = self.env.user
        return user.has_group(HR) and user.has_group("hr.group_hr_manager")

    def _can_close(self):
        user = self.env.user
        return user.has_group(MANAGER) or user.has_group("base.group_system")

    # -- what core's onboarding keeps ----------------------------------------

    def _set_closed(self, company, is_closed):
        """Put the list of a company away, or bring it back."""
        onboarding = self._onboarding(company)
        if onboarding:
            onboarding._search_or_create_progress().is_onboarding_closed = is_closed

    def _is_closed(self, company):
        return self._onboarding(company).is_onboarding_closed

    def _set_done(self, company, key):
        """Record a step that the data cannot tell."""
        steps = self.env["onboarding.onboarding.step"].sudo().with_company(company)
        steps.action_validate_step(f"pso_odoo.onboarding_step_{key}")

    def _onboarding(self, company):
        onboarding = self.env.ref(ONBOARDING, raise_if_not_found=False)
        onboarding = onboarding or self.env["onboarding.onboarding"]
        return onboarding.sudo().with_company(company)

    def _numbers(self):
        """Return the keys of the steps by their ids: ``{id: key}``."""
        find = self.env["ir.model.data"]._xmlid_to_res_id
        numbers = {find(f"pso_odoo.onboarding_step_{key}"): key for key in STEPS}
        numbers.pop(False, None)
        return numbers

    def _action(self, name):
        xmlid = name if "." in name else f"pso_odoo.{name}"
        return self.env["ir.actions.actions"]._for_xml_id(xmlid)

    # -- what is done --------------------------------------------------------

    def _facts(self, company, edition):
        """Read what there is to know of the steps, in one query.

        Who can change facts about persons is told of persons what was there last night.

        :return: whether the list was put away, the keys of the steps that are done, and
            ``[(key, title, description)]`` of those that nobody deleted, in their order
        """
        if edition is None:
            today = fields.Date.context_today(self)
            edition = self.env["pso.edition"].sudo()._at(today)
        numbers = self._numbers()
        step = self.env["onboarding.onboarding.step"]
        [(is_closed, texts, recorded, has_kvk, other_hours, *found)] = (
            self.env.execute_query(
                SQL(
                    """
                -- What core's onboarding keeps: put away or not, texts, steps recorded.
                SELECT EXISTS (SELECT FROM onboarding_progress
                        WHERE onboarding_id = %(onboarding)s
                            AND company_id = company.id AND is_onboarding_closed),
                    (SELECT json_agg(json_build_array(
                            step.id, %(title)s, %(description)s)
                            ORDER BY sequence, step.id)
                        FROM onboarding_onboarding_step step
                        WHERE step.id IN %(steps)s),
                    ARRAY(SELECT step_id FROM onboarding_progress_step
                        WHERE step_id IN %(steps)s AND company_id = company.id
                            AND step_state <> 'not_done'),
                    -- What the data tell of each step.
                    COALESCE(own.company_registry, '') ~* %(kvk)s,
                    pso_fulltime_hours <> %(usual_hours)s,
                    pso_count_without_contract OR EXISTS (SELECT FROM hr_version version
                        JOIN hr_employee employee ON employee.id = version.employee_id
                        WHERE employee.company_id = company.id
                            AND version.contract_date_start IS NOT NULL),
                    EXISTS (SELECT FROM pso_status
                        WHERE company_id = company.id),
                    EXISTS (SELECT FROM pso_certificate certificate
                        JOIN res_partner partner ON partner.id = certificate.partner_id
                        WHERE partner.id NOT IN (SELECT partner_id FROM res_company)
                            AND COALESCE(partner.company_id, company.id) = company.id),
                    EXISTS (SELECT FROM pso_supplier_figure figure
                        JOIN res_partner partner ON partner.id = figure.partner_id
                        WHERE COALESCE(partner.company_id, company.id) = company.id),
                    EXISTS (SELECT FROM pso_measurement
                        WHERE company_id = company.id)
                FROM res_company company JOIN res_partner own
                    ON own.id = company.partner_id
                WHERE company.id = %(company)s %(flush)s
                """,
                    onboarding=self.env["ir.model.data"]._xmlid_to_res_id(ONBOARDING)
                    or 0,
                    steps=(0, *numbers),
                    usual_hours=self._usual_hours(),
                    kvk=KVK,
                    title=step._field_to_sql("step", "title"),
                    description=step._field_to_sql("step", "description"),
                    company=company.id,
                    flush=self._sql_flush(),
                )
            )
        )
        done = {numbers[step] for step in recorded}
        if not has_kvk:
            done.discard("company")
        elif other_hours:
            done.add("company")
        if edition.is_confirmed:
            done.add("edition")
        keys = ("staff", "statuses", "certificates", "figures", "measurement")
        found = dict(zip(keys, found, strict=True))
        if SKIPPABLE in done and not found[SKIPPABLE]:
            done.add("figures")  # somebody has said that there are no such vendors
        done.update(key for key, is_there in found.items() if is_there)
        if self.env.user._pso_sees_kept_figures():
            kept = self.env["pso.snapshot"]._read_one(company, "rolling", "done")[1]
            told = self._told_of_last_night()
            done = done - told | told & set(kept or ())
        return is_closed, done, [(numbers[n], *text) for n, *text in texts or ()]

    def _told_of_last_night(self):
        """Return the steps that tell of persons what the user does not see himself."""
        start = self.env["hr.version"]._fields["contract_date_start"]
        sees_contracts = self.env["hr.version"]._has_field_access(start, "read")
        return PERSONAL - {"staff"} if sees_contracts else PERSONAL

    def _usual_hours(self):
        """Return the full-time hours of a company where nobody has filled them in."""
        defaults = self.env["res.company"].default_get(["pso_fulltime_hours"])
        return defaults["pso_fulltime_hours"]

    def _sql_flush(self):
        """Have only what the facts are read from written before it is read."""
        read = {
            "hr.employee": ["company_id"],
            "hr.version": ["employee_id", "contract_date_start"],
            "onboarding.progress": ["company_id", "is_onboarding_closed"],
            "onboarding.onboarding.step": ["sequence", "title", "description"],
            "onboarding.progress.step": ["company_id", "step_id", "step_state"],
            "pso.certificate": ["partner_id"],
            "pso.measurement": ["company_id"],
            "pso.status": ["company_id"],
            "pso.supplier.figure": ["partner_id"],
            "res.company": ["pso_count_without_contract", "pso_fulltime_hours"],
            "res.partner": ["company_id", "company_registry"],
        }
        return SQL(
            to_flush=[
                self.env[model]._fields[name]
                for model, names in read.items()
                for name in names
            ]
        )
