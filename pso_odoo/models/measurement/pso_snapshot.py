from odoo import fields, models
from odoo.tools import SQL, format_date

# What is kept of the score has so many decimals.
DECIMALS = 1


def rounded(value):
    """Round every number in a value to one decimal; whole numbers stay as they are.

    >>> rounded({"total": 6.4375, "norms": {"7": None, "8": 4.06}, "level": 7})
    {'total': 6.4, 'norms': {'7': None, '8': 4.1}, 'level': 7}
    """
    if isinstance(value, float):
        return round(value, DECIMALS)
    if isinstance(value, dict):
        return {key: rounded(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(each) for each in value]
    return value


class PsoSnapshot(models.Model):
    """The score as it was last night, for users who can change facts about persons.

    One row a day for each company and period of its dashboard, and for each
    measurement: what somebody is told who sees totals alone, to one decimal. Nobody has
    access to it: the addon answers from it (see ``pso_measurement_snapshot.py``).

    No figure comes in twice a day, whoever starts the job how often: first all rows of
    the day are planned, for all companies at once, then each is filled once. What is
    new after that waits for the next day.
    """

    _name = "pso.snapshot"
    _description = "PSO Figures of Last Night"
    _log_access = False
    _order = "date desc, id desc"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    measurement_id = fields.Many2one(
        "pso.measurement", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    key = fields.Char(
        required=True, readonly=True, help="The period, as the dashboard calls it."
    )
    date = fields.Date(required=True, readonly=True, index=True)
    values = fields.Json(readonly=True, help="Empty until the job has come to it.")

    _once_a_day = models.UniqueIndex("(company_id, key, date)")

    # -- what was kept ---------------------------------------------------------

    def _read(self, keys, *path):
        """Return a part of what was kept last, of each of some periods.

        :param keys: pairs of the number of a company and the key of a period
        :param path: leads to the part in the values
        :return: ``{(company id, key): (date, part)}``, without what is not kept yet
        """
        if not keys:
            return {}
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (company_id, key) company_id, key, date,
                    values #> %s::text[]
                FROM pso_snapshot
                WHERE (company_id, key) IN %s AND values IS NOT NULL
                ORDER BY company_id, key, date DESC
                """,
                list(path),
                tuple(keys),
                to_flush=self._fields["values"],
            )
        )
        return {(company, key): found for company, key, *found in rows}

    def _read_one(self, company, key, *path):
        """Return a part of what was kept last of one period: ``(date, part)``.

        :return: ``(None, None)`` if nothing is kept yet
        """
        return self._read([(company.id, key)], *path).get(
            (company.id, key), (None, None)
        )

    def _in_words(self, answers):
        """Choose the user's language of what was kept in each, or another one.

        :return: as ``pso.dashboard`` answers; nothing if nothing is kept
        """
        answers = answers or {}
        return answers.get(self.env.lang) or next(iter(answers.values()), {})

    def _sql_latest(self):
        """Select what was kept last of each measurement: ``measurement_id, values``."""
        return SQL(
            """
            SELECT DISTINCT ON (measurement_id) measurement_id, values
            FROM pso_snapshot
            WHERE measurement_id IS NOT NULL AND values IS NOT NULL
            ORDER BY measurement_id, date DESC
            """
        )

    def _explanation(self, date):
        """Say why one sees figures of an earlier day, of which, and the way out.

        :param date: of the figures, none if nothing is kept yet
        """
        if date:
            figures = self.env._(
                "Figures of %(date)s, to one decimal.",
                date=format_date(self.env, date, date_format="medium"),
            )
        else:
            figures = self.env._(
                "There are no figures for you yet: they are kept every night, and "
                "shown from tomorrow on."
            )
        why = self.env._(
            "You can change facts about employees, so you are shown what was kept in "
            "the night: otherwise the effect of a change would tell who belongs to the "
            "target group. For figures of now, ask for access to the PSO Target Group, "
            "or give up the right to change employees, schedules or companies."
        )
        return f"{figures} {why}"
