"""The addon's figures of random companies are those of a slow, separate calculation.

Environment: ``PSO_WORLDS`` how many companies, ``PSO_SEED`` the seed of the first. To
repeat a failure: its seed, and one company.
"""

import os
import random
import re
from collections import defaultdict
from datetime import date
from itertools import groupby
from pprint import pformat

from common import PsoCase
from looks import Batch
from oracle import Employee, Status, Version, calculate
from psycopg2.extras import execute_values
from random_world import (
    FORMS,
    GROUPS,
    RATES,
    random_editions,
    random_world,
)
from shipped import shipped_editions

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL

WORLDS = int(os.environ.get("PSO_WORLDS", 1500))
FIRST_SEED = int(os.environ.get("PSO_SEED", 1))
BATCH = 300
EDITIONS = 12
# What is kept with each version.
NUMBERS = ("identification_id", "ssnid", "passport_id")
TABLES = (
    "account_move",
    "account_move_line",
    "hr_employee",
    "hr_version",
    "pso_certificate",
    "pso_correction",
    "pso_measurement",
    "pso_measurement_res_company_rel",
    "pso_status",
    "pso_supplier_figure",
    "res_company",
)

ORIGINS = ("turnover_origin", "fte_origin", "direct_origin")


@tagged("post_install", "-at_install")
class TestProperties(PsoCase):
    """Many random companies in one database, a measurement for each of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The same rule books for neighbouring seeds, so that one is enough to repeat.
        rng = random.Random(FIRST_SEED // 100_000)
        cls.editions = random_editions(rng, "random", EDITIONS)
        cls.writer = WorldWriter(cls.env, cls.company, cls.editions)

    def test_figures_are_those_of_the_slow_calculation(self):
        """Every figure, level and line, for every kind of edge the rules have."""
        seeds = range(FIRST_SEED, FIRST_SEED + WORLDS)
        seen = defaultdict(int)
        for first in range(0, WORLDS, BATCH):
            batch = seeds[first : first + BATCH]
            worlds = [
                random_world(random.Random(seed), self.editions) for seed in batch
            ]
            measurements = self.writer.write(worlds)
            looked = Batch(self.writer, worlds, measurements)
            self._check(looked, batch)
            for position in range(len(worlds)):
                for name, figure in looked.calculated(position).items():
                    seen[name] += bool(figure)
            self.env.invalidate_all()
        print(f"\n{WORLDS} random companies, of which with a value:", dict(seen))
        rare = [name for name, count in seen.items() if count < WORLDS // 80]
        self.assertFalse(rare, "The random companies hardly ever have these figures")

    def _check(self, looked, seeds):
        """Say which company differs, in what, and what that company is."""
        positions = range(len(seeds))
        for look in (
            *(looked.figures, looked.gaps, looked.people, looked.suppliers),
            *(looked.purchases, looked.statuses),
        ):
            # When statuses count is asked company by company, which takes long.
            found = list(look(positions[:: 10 if look == looked.statuses else 1]))
            for position, sentences in groupby(found, key=_position):
                with self.subTest(seed=seeds[position]):
                    world = pformat(looked.worlds[position])
                    self.fail("\n".join([*sentences, world]))


def _position(sentence):
    """Of which company of its batch a difference is."""
    return int(re.match(r"\(*(\d+)", sentence)[1])


@tagged("post_install", "-at_install")
class TestOneLargeCompany(PsoCase):
    """A company of many among small ones, which PostgreSQL takes for a small one."""

    WORLDS, COPIES, SECONDS = 150, 1500, 15

    def test_its_figures_do_not_take_for_ever(self):
        """Nor do its lines, its trend and the statuses of its people."""
        editions = random_editions(random.Random(0), "large", 6)
        worlds = [
            random_world(random.Random(seed), editions, 1)
            for seed in range(self.WORLDS)
        ]
        begin = date(2015, 1, 1)
        large = next(world for world in worlds if world.edition.is_shipped)
        large.corrections = []
        large.employees = [
            Employee(
                company=large.scope[0],
                versions=[Version(begin, 36, contract_start=begin)],
                statuses=[Status("wsw", "regular", begin)],
                copies=self.COPIES,
            )
        ]
        writer = WorldWriter(self.env, self.company, editions)
        measurement = writer.write(worlds)[worlds.index(large)]
        self.env.cr.execute(
            SQL("SET LOCAL statement_timeout = %s", self.SECONDS * 1000)
        )
        expected = calculate(large)
        self.assertAlmostEqual(measurement.direct_fte, expected["direct_fte"])
        self.assertEqual(len(measurement.person_line_ids), 2 * self.COPIES)
        self.assertGreater(measurement._trend()[-1]["direct"], 0)
        counting = [("employee_id", "in", writer.employees[worlds.index(large)][0])]
        self.assertEqual(
            self.env["pso.status"].search_count(
                [*counting, ("counting_state", "!=", False)]
            ),
            self.COPIES,
        )


class WorldWriter:
    """Writes random companies by SQL, with just the columns that matter.

    The ORM makes twenty employees a second; these are ten thousands of them.
    """

    def __init__(self, env, company, editions):
        self.env = env
        self.company = company
        self.count = 0
        self.groups = self._by_code("pso.target.group", GROUPS)
        self.forms = self._by_code("pso.contract.form", FORMS)
        self.levels = self._by_code("pso.level")
        by_code = {edition.code: edition for edition in editions}
        self.editions = {code: self._create_edition(e) for code, e in by_code.items()}
        shipped = {edition.code: edition for edition in shipped_editions()}
        self.rule_books = list((shipped | by_code).values())
        self._empty_columns([e for e in by_code.values() if not e.is_shipped])
        # Ids of what was written last, world by world, an employee with his copies;
        # of versions and statuses those of the first of the copies.
        self.employees = self.suppliers = self.companies = None
        self.versions = self.statuses = self.certificates = None
        self.company_partners = {}
        self.calendars = {}
        self.journal = env["account.journal"].search(
            [("type", "=", "purchase"), ("company_id", "=", company.id)], limit=1
        )
        self.account = self.journal.default_account_id
        self.currency = company.currency_id
        self.foreign = env["res.currency"].create(
            {
                "name": "XPS",
                "symbol": "x",
                "rate_ids": [
                    Command.create({"name": day, "rate": rate, "company_id": False})
                    for day, rate in RATES
                ],
            }
        )

    def _empty_columns(self, editions):
        """Leave empty what is off or zero, as in columns that an upgrade adds."""
        if not editions:
            return
        flags = {
            "pso_group_rule": ("is_weight_known", "is_period_known"),
            "pso_form_rule": ("is_weight_known", "is_regular", "needs_tenure"),
        }
        self.env.flush_all()
        for table, names in flags.items():
            for name in (*names, "counts_for_pso30", "is_confirmed", "weight"):
                column = SQL.identifier(name)
                is_off = SQL("%s = 0" if name == "weight" else "NOT %s", column)
                self.env.cr.execute(
                    SQL(
                        "UPDATE %s SET %s = NULL WHERE %s AND edition_id IN %s",
                        SQL.identifier(table),
                        column,
                        is_off,
                        tuple(self.editions[edition.code] for edition in editions),
                    )
                )
        self.env.invalidate_all()

    def _by_code(self, model, codes=None):
        domain = [("code", "in", codes)] if codes else []
        return {record.code: record.id for record in self.env[model].search(domain)}

    def _create_edition(self, edition):
        if edition.is_shipped:
            return self.env["pso.edition"].search([("code", "=", edition.code)]).id
        return (
            self.env["pso.edition"]
            .create(
                {
                    "code": edition.code,
                    "name": edition.code,
                    "date_from": edition.date_from,
                    "active": edition.is_active,
                    "is_in_use": bool(edition.date_from) and edition.is_in_use,
                    "indirect_max_share": edition.indirect_max_share,
                    "aspirant_supplier_counts": edition.aspirant_supplier_counts,
                    "min_fte": edition.min_fte,
                    "pso30_min_percentage": edition.pso30_min_percentage,
                    "pso30_min_regular_percentage": (
                        edition.pso30_min_regular_percentage
                    ),
                    "pso30_min_months": edition.pso30_min_months,
                    "pso30_min_hours": edition.pso30_min_hours,
                    "level_ids": [
                        self.levels[level] for level, _norms in edition.ladder
                    ],
                    "norm_ids": [
                        Command.create(
                            {
                                "level_id": self.levels[level],
                                "size_fte": size,
                                "percentage": percentage,
                            }
                        )
                        for level, norms in edition.ladder
                        for size, percentage in norms
                    ],
                    "group_rule_ids": [
                        Command.create(
                            {
                                "group_id": self.groups[code],
                                "weight": rule.weight or 0,
                                "is_weight_known": rule.weight is not None,
                                "counting_months": rule.months or 0,
                                "is_period_known": rule.months is not None,
                                "counting_from": "event"
                                if rule.from_event
                                else "inflow",
                                "counts_for_pso30": rule.counts_for_pso30,
                                "is_confirmed": rule.is_confirmed,
                            }
                        )
                        for code, rule in edition.groups.items()
                    ],
                    "form_rule_ids": [
                        Command.create(
                            {
                                "form_id": self.forms[code],
                                "weight": rule.weight or 0,
                                "is_weight_known": rule.weight is not None,
                                "max_months": rule.max_months,
                                "is_in_total": rule.in_total,
                                "is_regular": rule.is_regular,
                                "needs_tenure": rule.needs_tenure,
                                "counts_for_pso30": rule.counts_for_pso30,
                                "is_confirmed": rule.is_confirmed,
                            }
                        )
                        for code, rule in edition.forms.items()
                    ],
                }
            )
            .id
        )

    def write(self, worlds):
        """:return: a measurement for each world, in that order"""
        companies = self.companies = self._write_companies(worlds)
        self._write_people(worlds, companies)
        suppliers = self.suppliers = self._write_suppliers(worlds, companies)
        self._write_rates(worlds, companies)
        self._write_bills(worlds, companies, suppliers)
        self.env.invalidate_all(flush=False)
        measurements = self.env["pso.measurement"].create(
            [
                {
                    "company_id": companies[number][world.scope[0]],
                    "company_ids": [companies[number][index] for index in world.scope],
                    "date_start": world.start,
                    "date_end": world.end,
                    "edition_id": self.editions[world.edition.code],
                    "correction_ids": [
                        Command.create(
                            {
                                "kind": c.kind,
                                "amount": c.amount,
                                "date": c.day,
                                "partner_id": c.day and suppliers[number][c.supplier],
                                "reason": "Random",
                                "source": "Random",
                            }
                        )
                        for c in world.corrections
                    ],
                }
                for number, world in enumerate(worlds)
            ]
        )
        self.env.flush_all()
        # Statistics, which the database would by and by gather itself.
        self.env.cr.execute(f"ANALYZE {', '.join(TABLES)}")
        return measurements

    def _insert(self, table, rows):
        """Insert rows of the same columns; those without an id get one.

        :return: their ids, in order
        """
        if not rows:
            return []
        missing = [row for row in rows if "id" not in row]
        for row, number in zip(missing, self._ids(table, len(missing)), strict=True):
            row["id"] = number
        columns = list(rows[0])
        execute_values(
            self.env.cr._obj,
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES %s",
            [[row[column] for column in columns] for row in rows],
        )
        return [row["id"] for row in rows]

    def _ids(self, table, count):
        self.env.cr.execute(
            "SELECT nextval(%s) FROM generate_series(1, %s)", (f"{table}_id_seq", count)
        )
        return [number for (number,) in self.env.cr.fetchall()]

    def _write_partners(self, count, parents=None):
        """:param parents: those that these are contacts of, else they stand alone"""
        ids = self._ids("res_partner", count)
        return self._insert(
            "res_partner",
            [
                {
                    "id": number,
                    "name": f"Random {number}",
                    "type": "contact",
                    "active": True,
                    "is_company": parent is None,
                    "parent_id": parent,
                    "commercial_partner_id": parent or number,
                    "autopost_bills": "ask",
                }
                for number, parent in zip(ids, parents or [None] * count, strict=True)
            ],
        )

    def _write_companies(self, worlds):
        """:return: the ids of the companies of each world"""
        flat = [company for world in worlds for company in world.companies]
        ids = self._ids("res_company", len(flat))
        partners = self._write_partners(len(flat))
        rest = iter(ids)
        nested = [[next(rest) for _ in world.companies] for world in worlds]
        parents = [
            None if company.parent is None else own[company.parent]
            for own, world in zip(nested, worlds, strict=True)
            for company in world.companies
        ]
        self._insert(
            "res_company",
            [
                {
                    "id": number,
                    "name": f"Random {number}",
                    "partner_id": partner,
                    "currency_id": self.currency.id,
                    "parent_id": parent,
                    "parent_path": f"{parent}/{number}/" if parent else f"{number}/",
                    "active": True,
                    "layout_background": "Blank",
                    "fiscalyear_last_day": 31,
                    "fiscalyear_last_month": "12",
                    "account_price_include": "tax_excluded",
                    "pso_fulltime_hours": company.fulltime_hours,
                    # The column of who never said is empty.
                    "pso_count_without_contract": (
                        company.counts_without_contract or None
                    ),
                    "pso_secret": "random",
                }
                for number, partner, parent, company in zip(
                    ids, partners, parents, flat, strict=True
                )
            ],
        )
        self.company_partners.update(zip(ids, partners, strict=True))
        return nested

    def _write_rates(self, worlds, companies):
        self._insert(
            "res_currency_rate",
            [
                {
                    "name": day,
                    "rate": rate,
                    "currency_id": currency.id,
                    "company_id": number,
                }
                for ids, world in zip(companies, worlds, strict=True)
                for number, company in zip(ids, world.companies, strict=True)
                for currency, rates in (
                    (self.currency, company.own_rates),
                    (self.foreign, company.foreign_rates),
                )
                for day, rate in rates
            ],
        )

    def _write_people(self, worlds, companies):
        people = [
            (employee, world, companies[number][employee.company])
            for number, world in enumerate(worlds)
            for employee in world.employees
            for _copy in range(employee.copies)
        ]
        marks = self._marks(people)
        resources = self._insert(
            "resource_resource",
            [
                {
                    "name": "Random",
                    "resource_type": "user",
                    "tz": "UTC",
                    "time_efficiency": 100,
                    "company_id": company,
                    "active": employee.active,
                    "user_id": mark.get("user_id"),
                }
                for mark, (employee, _world, company) in zip(marks, people, strict=True)
            ],
        )
        employees = self._insert(
            "hr_employee",
            [
                {
                    "resource_id": resource,
                    "company_id": company,
                    "name": "Random",
                    "active": employee.active,
                    "work_contact_id": mark.get("work_contact_id"),
                    "user_id": mark.get("user_id"),
                }
                for resource, mark, (employee, _world, company) in zip(
                    resources, marks, people, strict=True
                )
            ],
        )
        rest = iter(employees)
        self.employees = [
            [[next(rest) for _ in range(e.copies)] for e in world.employees]
            for world in worlds
        ]
        versions = [
            (number, version, world)
            for number, (employee, world, _company) in zip(
                employees, people, strict=True
            )
            for version in employee.versions
        ]
        marked = [
            mark
            for mark, (employee, _world, _company) in zip(marks, people, strict=True)
            for _version in employee.versions
        ]
        ids = self._insert(
            "hr_version",
            [
                self._version_row(n, v) | self._numbers(v, world, mark)
                for (n, v, world), mark in zip(versions, marked, strict=True)
            ],
        )
        self._set_current_versions(versions, ids)
        self.versions = self._nested(worlds, "versions", ids)
        ids = self._insert(
            "pso_status",
            [
                self._status_row(number, company, status)
                for number, (employee, _world, company) in zip(
                    employees, people, strict=True
                )
                for status in employee.statuses
            ],
        )
        self.statuses = self._nested(worlds, "statuses", ids)

    def _nested(self, worlds, name, ids):
        """Ids by world and employee, of the first of the copies."""
        rest = iter(ids)
        return [
            [
                [[next(rest) for _ in getattr(e, name)] for _copy in range(e.copies)][0]
                for e in world.employees
            ]
            for world in worlds
        ]

    def _marks(self, people):
        """What says of each that he is one with another: ``{column: value}``."""
        values, marks = {}, []
        for employee, world, _company in people:
            if employee.person is None:
                marks.append({})
                continue
            key = id(world), employee.person
            if key not in values:
                self.count += 1
                values[key] = self._mark(employee.mark)
            marks.append({employee.mark: values[key]})
        return marks

    def _mark(self, name):
        if name == "work_contact_id":
            return self._write_partners(1)[0]
        if name == "user_id":
            return self._write_user()
        return f"M{self.count}"

    def _write_user(self):
        [partner] = self._write_partners(1)
        return self._insert(
            "res_users",
            [
                {
                    "login": f"random-{partner}",
                    "partner_id": partner,
                    "company_id": self.company.id,
                    "active": True,
                    "notification_type": "email",
                }
            ],
        )[0]

    def _numbers(self, version, world, mark):
        """Of a version: what identifies somebody, and what does no longer, or not."""
        if version.active:
            return {name: mark.get(name) for name in NUMBERS}
        return dict.fromkeys(NUMBERS, f"archived {id(world)}")

    def _version_row(self, employee, version):
        override = version.hours_are_override and version.hours is not None
        # With an override the hours of the schedule must not matter.
        calendar = 17 if override else version.hours
        return {
            "employee_id": employee,
            "date_version": version.start,
            "active": version.active,
            "contract_date_start": version.contract_start,
            "contract_date_end": version.contract_end,
            "departure_date": version.departure,
            "resource_calendar_id": self._calendar(calendar),
            "pso_counts": version.counts,
            "pso_hours_override": override,
            "pso_hours_custom": version.hours if override else 11,
            "last_modified_uid": self.env.uid,
            "last_modified_date": "2025-01-01",
            "hr_responsible_id": self.env.uid,
            "distance_home_work_unit": "kilometers",
            "marital": "single",
            "employee_type": "employee",
        }

    def _calendar(self, hours):
        if hours is not None and hours not in self.calendars:
            self.calendars[hours] = (
                self.env["resource.calendar"]
                .create({"name": f"{hours} hours", "hours_per_week": hours})
                .id
            )
            self.env.flush_all()
        return self.calendars.get(hours)

    def _set_current_versions(self, versions, ids):
        """The last active version that has begun, else the first one, as core does."""
        current = {}
        rows = sorted(zip(versions, ids, strict=True), key=lambda row: row[0][1].start)
        for (employee, version, world), number in rows:
            if version.active and (
                employee not in current or version.start <= world.today
            ):
                current[employee] = number
        execute_values(
            self.env.cr._obj,
            """UPDATE hr_employee SET current_version_id = row.version
            FROM (VALUES %s) AS row (employee, version) WHERE id = row.employee""",
            list(current.items()),
        )

    def _status_row(self, employee, company, status):
        return {
            "employee_id": employee,
            "company_id": company,
            "group_id": self.groups[status.group],
            "form_id": self.forms[status.form],
            "date_start": status.start,
            "date_end": status.end,
            "date_inflow_manual": status.inflow,
            "date_event": status.event,
            "is_zero_hours": status.is_zero_hours,
            "evidence_state": "verified" if status.is_verified else "received",
        }

    def _write_suppliers(self, worlds, companies):
        """:return: the partner ids of the suppliers of each world"""
        partners = []
        for number, world in enumerate(worlds):
            ids = self._write_partners(len(world.suppliers))
            partners.append(
                [
                    partner
                    if supplier.company is None
                    else self.company_partners[companies[number][supplier.company]]
                    for partner, supplier in zip(ids, world.suppliers, strict=True)
                ]
            )
        known = [
            (partner, supplier)
            for ids, world in zip(partners, worlds, strict=True)
            for partner, supplier in zip(ids, world.suppliers, strict=True)
        ]
        ids = self._insert(
            "pso_certificate",
            [
                {
                    "partner_id": partner,
                    "kind": "pso" if certificate.level else "sw",
                    "level_id": self.levels.get(certificate.level),
                    "date_start": certificate.start,
                    "date_end": certificate.end,
                    "evidence_state": "verified"
                    if certificate.is_verified
                    else "received",
                    "origin": "hand",
                }
                for partner, supplier in known
                for certificate in supplier.certificates
            ],
        )
        rest = iter(ids)
        self.certificates = [
            [[next(rest) for _ in s.certificates] for s in world.suppliers]
            for world in worlds
        ]
        self._insert(
            "pso_supplier_figure",
            [
                {
                    "partner_id": partner,
                    "year": figure.year,
                    "turnover": figure.turnover,
                    "currency_id": (
                        self.foreign if figure.is_foreign else self.currency
                    ).id,
                    "fte": figure.fte,
                    "direct_percentage": figure.direct_percentage,
                    "is_estimate": figure.is_estimate,
                    **dict.fromkeys(
                        ORIGINS, "estimate" if figure.is_estimate else "hand"
                    ),
                }
                for partner, supplier in known
                for figure in supplier.figures
            ],
        )
        return partners

    def _write_bills(self, worlds, companies, suppliers):
        for number, world in enumerate(worlds):
            ids = self._ids("account_move", len(world.bills))
            vendors = [suppliers[number][bill.supplier] for bill in world.bills]
            contacts = self._write_partners(len(vendors), vendors)
            self._insert(
                "account_move",
                [
                    {
                        "id": ids[index],
                        "journal_id": self.journal.id,
                        "currency_id": self.currency.id,
                        "company_id": companies[number][bill.company],
                        "partner_id": (contacts if bill.is_of_contact else vendors)[
                            index
                        ],
                        "commercial_partner_id": vendors[index],
                        "move_type": bill.kind,
                        "state": bill.state,
                        "auto_post": "no",
                        "date": bill.day,
                        "invoice_date": bill.day,
                        "amount_untaxed_signed": -self._signed(bill, bill.amount),
                        "reversed_entry_id": None
                        if bill.reverses is None
                        else ids[bill.reverses],
                    }
                    for index, bill in enumerate(world.bills)
                ],
            )
            self._insert(
                "account_move_line",
                [
                    {
                        "move_id": move,
                        "currency_id": self.currency.id,
                        "account_id": self.account.id,
                        "display_type": "product",
                        "balance": self._signed(bill, amount),
                        "amount_currency": self._signed(bill, amount),
                        "pso_excluded": excluded,
                    }
                    for move, bill in zip(ids, world.bills, strict=True)
                    for excluded, amount in (
                        *((True, amount) for amount in bill.excluded),
                        (None, round(bill.amount - sum(bill.excluded), 2)),
                    )
                ],
            )

    def _signed(self, bill, amount):
        return -amount if bill.kind in ("in_refund", "out_invoice") else amount
