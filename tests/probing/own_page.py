"""The page about oneself, tried by who changes what ties a person to a login.

Every field by which core says who somebody is, or with whom he goes, is found in the
registry and written as the user: the page is opened, and what was written is set back.
"""

from contextlib import contextmanager

WHERE = ("hr.employee", "hr.version", "resource.resource", "res.users", "res.partner")
WHO = {*WHERE, "res.company", "res.partner.bank"}
WORDS = ("name", "mail", "login", "barcode", "badge", "identification", "ssn", "pin")
PAGE = "/my/pso"


def ties(env):
    """``(model, field)`` of all that leads to persons, or is found by a name or key."""
    for model in WHERE:
        for name, field in sorted(env[model]._fields.items()):
            if field.readonly and not field.inverse or name.startswith("pso_"):
                continue
            if field.relational and field.comodel_name in WHO:
                yield model, name
            elif field.type == "char" and any(word in name for word in WORDS):
                yield model, name


class Trespasser:
    """A kind of user who makes himself somebody, looks, and takes it back."""

    def __init__(self, case, kind, person, owner):
        self.case, self.kind = case, kind
        self.user = case.users[kind]
        self.person, self.owner = person, owner
        self.env = case.env(user=self.user, su=False)
        # Without a user: of one user there is one employee in a company.
        self.own = case.employee(name=f"Own {kind}")
        case.authenticate(self.user.login, self.user.login)

    def tries(self):
        """``(what, record, field, value)``: the person's records, and one's own."""
        of_person = {
            "hr.employee": self.person,
            "hr.version": self.person.version_id,
            "resource.resource": self.person.resource_id,
            "res.users": self.owner,
            "res.partner": self.owner.partner_id,
        }
        of_oneself = {
            "hr.employee": self.own,
            "hr.version": self.own.version_id,
            "resource.resource": self.own.resource_id,
            "res.users": self.user,
            "res.partner": self.user.partner_id,
        }
        for model, name in ties(self.case.env):
            for here, there in ((of_person, of_oneself), (of_oneself, of_person)):
                record = here[model].sudo(False).with_env(self.env)
                yield record, name, self._value(record, name, there)

    def _value(self, record, name, there):
        field = record._fields[name]
        if not field.relational:
            return there[record._name].sudo()[name] or "mallory@example.com"
        if field.comodel_name == "res.company":
            target = self.case.abroad.company
        elif field.comodel_name == "res.partner.bank":
            target = self.case.env["res.partner.bank"].search([], limit=1)
        else:
            target = there[field.comodel_name]
        return target.id if field.type == "many2one" else [(4, target.id)]

    @contextmanager
    def changed(self, record, name, value):
        """Write as the user, and take everything back.

        :return: whether it could be written
        """
        env = self.case.env
        savepoint = env.cr.savepoint(flush=False)
        try:
            try:
                record.write({name: value})
                env.flush_all()
                is_written = True
            except Exception:  # noqa: BLE001 -- core refuses in many ways
                is_written = False
            env.invalidate_all(flush=False)
            yield is_written
        finally:
            env.transaction.clear()
            savepoint.close(rollback=True)

    def page(self, over_http):
        """What the page shows to this user; what it is made of is seen sooner."""
        if over_http:
            text = self.case.url_open(PAGE).text
            self.case.assertIn("pso_person_report", text)
            return text
        report = self.env["report.pso_odoo.report_person"]
        return str(report._about_me())
