"""Employment that keeps what PSO counts of it when somebody copies it.

Also by users who may neither read nor write that: a copy is as its original.
"""

# What the PSO Target Group enters of an employment, whoever copies it.
ENTERED = ("pso_counts", "pso_hours_override", "pso_hours_custom")


def copy_data(records, inherited, default=None):
    """Return what a copy is made of, without what its maker may not read.

    :param inherited: the method of core
    """
    if _sees_hours(records):
        return inherited(default)
    hidden = dict.fromkeys(ENTERED, False)
    return [
        vals and {name: vals[name] for name in vals if name not in hidden}
        for vals in inherited({**(default or {}), **hidden})
    ]


def copy(records, inherited, default=None):
    """Copy records, and give each copy what its maker may not read.

    :param inherited: the method of core
    """
    copies = inherited(default)
    if not _sees_hours(records):
        for original, made in zip(records.sudo(), copies.sudo(), strict=True):
            made.write({name: original[name] for name in ENTERED})
    return copies


def _sees_hours(records):
    return records._has_field_access(records._fields[ENTERED[0]], "read")
