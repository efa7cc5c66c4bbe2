"""What comes from outside is looked at before anything of ours speaks of it."""

from collections import defaultdict
from collections.abc import Mapping

from odoo.exceptions import AccessError, MissingError, UserError, ValidationError
from odoo.fields import Domain
from odoo.orm.identifiers import NewId

from ...tools.filters import NESTING
from ...tools.typed import (
    NUMBERS,
    RELATIONS,
    compares,
    fits,
    has_plain_operators,
    ids_in,
    is_counted,
    is_number,
    is_whole,
    rows_in,
)
from .guard import guard, is_ours

# What may follow a field in an order.
DIRECTIONS = {"asc", "desc", "nulls", "first", "last"}


class Values:
    """What every model has of this (see ``base.py``): a look at what it is given.

    And at what it is asked: filters, pages, groups and ids.
    """

    __slots__ = ()

    def _pso_guard(self):
        """Have a model look at what it is given, where it is ours or leads to ours."""
        if self._abstract:
            return
        cls = type(self)
        cls._pso_given = frozenset(self._pso_relations())
        if self._is_pso or self._pso_given:
            guard(cls)

    def _pso_relations(self):
        """Name our relations on a model of core that somebody may fill in."""
        return {
            name
            for name, field in self._fields.items()
            if name.startswith("pso_") and field.relational and not field.readonly
        }

    # -- values ----------------------------------------------------------------

    def _pso_check_given(self, vals_list, with_defaults=False):
        """Look at the values of these records, or of new ones, before they are used.

        :raise AccessError: for who may not write such records, and where a value names
            a record that is not there or that one may not read, which are not told
            apart; where it would become a part of that, write
        :raise ValidationError: where a value is not of the type of its field
        """
        if self._is_pso and (self._has_counted_numbers or self._figures_rest_on):
            self._pso_check_numbers(vals_list)
        if self.env.su:
            return
        if not self._is_pso:
            self._pso_check_given_to_core(vals_list, with_defaults)
            return
        self._pso_check_ids()
        self.check_access("write" if self else "create")
        self._pso_check_types(vals_list)
        if with_defaults:
            vals_list = [*vals_list, self._pso_given_defaults(vals_list)]
        self._pso_check_relations(vals_list)

    def _pso_check_shown(self, values, with_defaults):
        """Look at the values of a form, which shows a line with what it belongs to.

        :raise AccessError: where a value names what the user may not name
        :raise ValidationError: where a value is not of the type of its field
        """
        if self.env.su:
            return
        owners, plain = {}, values
        if isinstance(values, Mapping):
            fields = self._fields
            owners = {
                fields[name]: value
                for name, value in values.items()
                if isinstance(value, Mapping)
                and name in fields
                and fields[name].type == "many2one"
            }
            ids = {field.name: value.get("id") for field, value in owners.items()}
            plain = {**values, **ids}
        self._pso_check_given([plain], with_defaults)
        for field, value in owners.items():
            owner = self.env[field.comodel_name].browse(value.get("id") or ())
            rest = {name: value[name] for name in value if name != "id"}
            if not rest.keys() <= owner._fields.keys():
                owner._pso_check_types([rest])
            if not is_ours(owner._name):
                owner._pso_check_given_to_core([rest], with_defaults=False)
                continue
            owner._pso_check_types([rest])
            owner._pso_check_relations([rest])

    def _pso_check_given_to_core(self, vals_list, with_defaults):
        """Look at the values given to our relations on a model of core.

        Core looks after its own fields.

        :raise ValidationError: where one is of a wrong type
        :raise AccessError: where one names what the user may not name
        """
        names = self._pso_given
        ours = [
            {name: vals[name] for name in names & vals.keys()}
            for vals in vals_list
            if isinstance(vals, Mapping)
        ]
        if with_defaults:
            context = self.env.context
            keys = {name: f"default_{name}" for name in names}
            ours.append({n: context[key] for n, key in keys.items() if key in context})
        ours = [vals for vals in ours if vals]
        self._pso_check_types(ours)
        self._pso_check_relations(ours)

    def _pso_check_left(self, vals):
        """See that what was written has not left what one may write.

        :raise AccessError: otherwise, which takes it back
        """
        names = vals if self._is_pso and not self.env.su else []
        if not any(self._fields[name].relational for name in names):
            return
        companies = self.env.user.company_ids.ids
        self.with_context(allowed_company_ids=companies).check_access("write")

    def _pso_check_types(self, vals_list):
        """Refuse values of another type than their field takes.

        :raise ValidationError: naming the field, and never the value
        """
        is_list = isinstance(vals_list, (list, tuple))
        for vals in vals_list if is_list else [None]:
            if not isinstance(vals, Mapping):
                raise ValidationError(
                    self.env._("Values have to be given by the names of their fields.")
                )
            for name, value in vals.items():
                field = self._fields.get(name)
                if field is None:
                    raise ValidationError(
                        self.env._(
                            "%(model)s: there is no field of that name.",
                            model=self.env["ir.model"]._get(self._name).name,
                        )
                    )
                self._pso_check_type(field, value)

    def _pso_check_numbers(self, vals_list):
        """Refuse what nobody can count with, whoever gives it: code, or a caller.

        :raise ValidationError: naming the field
        """
        is_list = isinstance(vals_list, (list, tuple))
        for vals in vals_list if is_list else ():
            for name, value in vals.items() if isinstance(vals, Mapping) else ():
                if name in self._fields:
                    self._pso_check_number(self._fields[name], value)

    def _pso_check_number(self, field, value):
        """:raise ValidationError: for NaN, infinity, and what is too large to count"""
        is_asked = field.type in NUMBERS and is_number(value)
        if is_asked and not is_counted(value):
            raise ValidationError(
                self.env._(
                    "This number is too large to count with (%(field)s).",
                    field=field._description_string(self.env),
                )
            )

    def _pso_check_type(self, field, value):
        label = field._description_string(self.env)
        if not fits(field, value, self.env):
            raise ValidationError(
                self.env._(
                    "%(field)s cannot be filled with that: it takes %(what)s.",
                    field=label,
                    what=self._pso_taken_by(field),
                )
            )
        self._pso_check_number(field, value)
        if field.relational:
            rows = [vals for _number, vals in rows_in(field, value)]
            self.env[field.comodel_name]._pso_check_types(rows)

    def _pso_taken_by(self, field):
        """Say what a field takes, in words."""
        words = {
            "integer": self.env._("a whole number"),
            "many2one_reference": self.env._("a whole number"),
            "float": self.env._("a number"),
            "monetary": self.env._("a number"),
            "boolean": self.env._("yes or no"),
            "date": self.env._("a date, as in 2025-12-31"),
            "datetime": self.env._("a moment, as in 2025-12-31 12:00:00"),
            "selection": self.env._("one of its options"),
            "many2one": self.env._("a record, by its number"),
            "one2many": self.env._("a list of records"),
            "many2many": self.env._("a list of records"),
            "binary": self.env._("a file"),
            "image": self.env._("a file"),
        }
        return words.get(field.type) or self.env._("a text")

    def _pso_check_context(self):
        """Refuse defaults of the context of another type than their field takes.

        :raise ValidationError: naming the field
        """
        if self.env.su:
            return
        for key, value in self.env.context.items():
            field = key.startswith("default_") and self._fields.get(key[8:])
            if field:
                self._pso_check_type(field, value)

    def _pso_given_defaults(self, vals_list):
        """Return what fills the relations of new records that values leave out.

        :raise ValidationError: where a default is of a wrong type
        """
        self._pso_check_context()
        names = [
            name
            for name, field in self._fields.items()
            if field.type in RELATIONS and not all(name in vals for vals in vals_list)
        ]
        try:
            return self.default_get(names)
        except (ValueError, TypeError):
            raise ValidationError(
                self.env._("A default of this form is of a wrong type.")
            ) from None

    # -- relations -------------------------------------------------------------

    def _pso_check_relations(self, vals_list):
        """Refuse values that name what the user may not name.

        :raise AccessError: naming the field
        """
        named = defaultdict(set)
        for vals in vals_list:
            for name, value in vals.items():
                field = self._fields[name]
                if field.type not in RELATIONS:
                    continue
                named[field].update(ids_in(field, value))
                if is_ours(field.comodel_name):
                    self._pso_check_rows(field, value)
        for field, ids in named.items():
            self._pso_check_parents(field, ids)

    def _pso_check_rows(self, field, value):
        comodel = self.env[field.comodel_name]
        for number, vals in rows_in(field, value):
            row = comodel.browse(number or ())
            if row <= self.sudo()[field.name].with_env(self.env):
                row._pso_check_relations([vals])

    def _pso_check_parents(self, field, ids):
        """See that a field may name records; what it names already it goes on naming.

        A record that there is not and one that one may not use answer alike.
        """
        if not ids:
            return
        known = set(self.sudo()[field.name].ids) if len(self) == 1 else set()
        records = self.env[field.comodel_name].browse(ids - known)
        if records - self._pso_usable(field, records):
            raise AccessError(
                self.env._(
                    "%(field)s: choose something that is there, and that you have "
                    "access to.",
                    field=field._description_string(self.env),
                )
            )

    def _pso_usable(self, field, records):
        """Return those of some records that the current user may name in a field."""
        mine = set(self.env.user.company_ids.ids)
        if records._name == "res.company":
            return records.filtered(lambda company: company.id in mine)
        found = records.sudo().exists().with_env(self.env)._filtered_access("read")
        # What goes with its owner changes the owner.
        if field.type == "many2one" and field.ondelete == "cascade":
            if is_ours(records._name):
                found = found._filtered_access("write")
        name = "company_ids" if records._name == "res.users" else "company_id"
        field = records._fields.get(name)
        if field is None or field.comodel_name != "res.company":
            return found
        companies = {record: set(record.sudo()[name].ids) for record in found}
        return found.filtered(
            lambda record: not companies[record] or companies[record] & mine
        )

    # -- what is asked -----------------------------------------------------------

    def _pso_no_such_record(self):
        """Make the error of a record that is not there, or not for the user."""
        return MissingError(
            self.env._("There is no such record, or you have no access to it.")
        )

    def _pso_check_ids(self):
        """Refuse to ask for records by something else than a number.

        :raise UserError: where one is no number
        """
        for number in self._ids:
            if not isinstance(number, (int, NewId)) or number is True:
                raise UserError(self.env._("A record is asked for by its number."))

    def _pso_check_asked(self, domain, offset=0, limit=None, order=None, specs=()):
        """Look at what of our records somebody asks for.

        :raise AccessError: for who may not read any
        :raise UserError: where the filter, the page or a group cannot be read
        """
        self.browse().check_access("read")
        self._pso_check_filter_values(domain)
        self._pso_check_page(offset, limit, order)
        self._pso_check_specs(*specs)

    def _pso_check_filter_values(self, domain):
        """Refuse a filter that cannot be read.

        :raise UserError: naming the field, where it is known
        """
        try:
            if not has_plain_operators(domain):
                raise ValueError
            conditions = list(Domain(domain).iter_conditions())
        except (ValueError, TypeError, AttributeError, KeyError, IndexError):
            raise UserError(self.env._("This filter cannot be read.")) from None
        for condition in conditions:
            self._pso_check_condition(condition)

    def _pso_check_condition(self, condition):
        field, value, rest = None, condition.value, condition.field_expr
        while rest and (field is None or field.relational):
            model = self if field is None else self.env[field.comodel_name]
            name, _dot, rest = rest.partition(".")
            field = model._fields.get(name)
            if field is None:
                raise UserError(
                    self.env._("This filter asks for a field that is not there.")
                )
        if condition.operator in NESTING:
            if field.relational and isinstance(value, (list, tuple, Domain)):
                self.env[field.comodel_name]._pso_check_filter_values(value)
            return
        if not compares(field, value, self.env, rest):
            raise UserError(
                self.env._(
                    "%(field)s cannot be held against that: it takes %(what)s.",
                    field=field._description_string(self.env),
                    what=self._pso_taken_by(field),
                )
            )

    def _pso_check_page(self, offset, limit, order):
        """Refuse a page or an order that there cannot be.

        :raise UserError: where a number is none, or the order names no field
        """
        pages = [offset or 0, limit or 0]
        is_page = all(is_whole(n, 2**63) and n >= 0 for n in pages)
        terms = order.lower().split(",") if isinstance(order, str) else []
        for name, *words in (term.split() or [""] for term in terms if order):
            is_page &= DIRECTIONS.issuperset(words) and self._pso_is_spec(name)
        if not is_page or order and not terms:
            raise UserError(
                self.env._("A page is asked for by whole numbers, and in an order.")
            )

    def _pso_check_specs(self, *specs):
        """Refuse to group by what is no field.

        :raise UserError: where one of these is none
        """
        if not all(map(self._pso_is_spec, specs)):
            raise UserError(self.env._("This asks for a group by what is not a field."))

    def _pso_is_spec(self, spec):
        """Return whether something names a field, or the count of records."""
        name = isinstance(spec, str) and spec.split(":")[0].split(".")[0]
        return name == "__count" or name in self._fields
