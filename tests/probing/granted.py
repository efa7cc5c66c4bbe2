"""What is granted, and to whom: all that the probe is told by hand.

Everything else it finds out from the registry. Which group may read or write which
model, and sees which field of ours on a model of core, stands in ``test_access.py``.
"""

from test_access import ACCESS, FIELD_GROUPS, HR, MANAGER, PURCHASE, USER

CORE = (
    "hr.group_hr_manager",
    "purchase.group_purchase_manager",
    "account.group_account_manager",
    "base.group_system",
    "base.group_partner_manager",
)

# The kinds of users, by their groups. "All of core" has every right that core gives:
# whatever he cannot reach no combination of core's groups can.
KINDS = {
    "public": ("base.group_public",),
    "portal": ("base.group_portal",),
    "employee": ("base.group_user",),
    "HR officer": ("hr.group_hr_user",),
    "HR administrator": ("hr.group_hr_manager",),
    "system administrator": ("base.group_system",),
    "buyer": ("purchase.group_purchase_user",),
    "accountant": ("account.group_account_manager",),
    "all of core": CORE,
    "totals": (USER,),
    "purchases": (PURCHASE,),
    "coordinator": (MANAGER,),
    "all but the target group": (*CORE, MANAGER),
    "target group": (HR,),
    # With every right there is, but in another company.
    "another company": (*CORE, MANAGER, HR),
}
ABROAD = "another company"
OUTSIDE = {"base.group_public", "base.group_portal"}
# Those without any group of ours: of them little is granted.
CORE_ALONE = tuple(KINDS)[:8]
# Of these two whatever they may do anywhere is tried; it takes longest.
DEEP = ("all of core", "all but the target group")

# What is secret, and the groups that may know it (design.md, principle 5).
SECRETS = {
    # Which of two colleagues with the same contract belongs to the target group.
    "who": {HR},
    # The same in a locked measurement.
    "locked": {HR},
    # To which group, since when, on which basis, and what proves it.
    "status": {HR},
    # How many have a weakness that does not touch the totals: one, or a few.
    "few": {HR},
    # What a measurement is called.
    "name": {USER, PURCHASE, MANAGER, HR},
    # What the score consists of.
    "score": {USER, MANAGER, HR},
    # Certificates, their files and the figures of suppliers.
    "purchases": {USER, PURCHASE, MANAGER, HR},
    # Why a line does not count.
    "excluded": {PURCHASE, MANAGER},
    # What people cost by default.
    "cost": {MANAGER},
    # The keys that stand for persons in exports, by what they are made with.
    "key": {HR},
}
# Which rows change with those that a user may change, beyond what he may write himself:
# locking keeps lines, whoever leaves takes his statuses along, and a certificate that
# is renewed ends its reminders.
FOLLOWS = {
    "pso.measurement": (
        "pso.locked.person.line",
        "pso.locked.supplier.line",
        "pso.locked.check",
        "pso.locked.index",
    ),
    "hr.employee": ("pso.status", "pso.locked.person.line"),
    "pso.certificate": ("pso.reminder",),
}
# Methods that tell of a secret by what they are for: a seal says what was changed.
TELLS = {
    "pso.measurement.action_verify_seal": {"locked", "key"},
    "pso.seal.action_verify": {"locked", "key"},
}
# The pseudonymous workbook is for the coordinator, with groups, dates and keys.
WORKBOOK = {"who", "locked", "status", "few", "excluded", "key"}


def may(groups, model, operations="r"):
    """Whether one of some groups may do one of these with a model of ours."""
    granted = (ACCESS.get(model, {}).get(group, "") for group in groups)
    return any(not set(operations).isdisjoint(letters) for letters in granted)


def may_change(groups, model, called):
    """Whether one of some groups may change a model of ours by a call of a model."""
    if model in FOLLOWS.get(called, ()):
        return called not in ACCESS or may(groups, called, "wcu")
    return may(groups, model, "wcu")


def sees(groups, model, field):
    """Whether one of some groups sees a field of ours on a model of core."""
    wanted = FIELD_GROUPS[model][field]
    return wanted is None or not groups.isdisjoint(wanted.split(","))


def secrets_from(groups):
    """What users with these groups may not know of their own company."""
    return {secret for secret, who in SECRETS.items() if who.isdisjoint(groups)}


def groups_of(kind):
    """Return the groups of a user of a kind, with what each user inside has."""
    groups = KINDS[kind]
    if not OUTSIDE.isdisjoint(groups):
        return groups
    # Whoever may not export is no test of what an export tells.
    return tuple(dict.fromkeys(("base.group_user", "base.group_allow_export", *groups)))
