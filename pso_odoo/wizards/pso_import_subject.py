import re

from odoo import models

from ..tools.cells import fold

TOTALS = re.compile(
    r"(?:sub|eind|grand )?(?:totaal|totalen|total|totals|som|sum|summe|gemiddelde?"
    r"|average)\b.{0,20}"
)


class PsoImportMixin(models.AbstractModel):
    """Find whom or what each row of a file is about."""

    _inherit = "pso.import.mixin"

    def _identify(self, rows):
        """Find whom each row is about."""
        texts = {}
        for row in rows:
            for column, value in row.claims:
                for name in self._meant_by(column, value):
                    texts.setdefault(name, set()).add(value)
        found, held = {name: {} for name in texts}, {name: {} for name in texts}
        for name in texts:
            for subject, value, is_active in self._named_by(name, texts[name]):
                key = self._subject_key(name, value)
                found[name].setdefault(key, {})[subject] = is_active
                held[name].setdefault(subject, value)
        named = [
            [
                (column, value, self._named(found, column, value))
                for column, value in row.claims
            ]
            for row in rows
        ]
        facts = self._deciding_facts(
            {id_ for each in named for *_, ids in each for id_ in ids}
        )
        for row, each in zip(rows, named, strict=True):
            self._identify_row(row, each, held, facts)

    def _deciding_facts(self, _subjects):
        """Read at once what decides between those who are called the same."""

    def _named_by(self, name, texts):
        if not texts:
            return []
        return self._by_id(texts) if name == "id" else self._subjects(name)

    def _by_id(self, texts):
        """Find those with these database or external ids."""
        model = self._subject_model().with_context(active_test=False)
        numbers = {
            text: int(text) for text in texts if re.fullmatch("[0-9]{1,9}", text)
        }
        pairs = [tuple(text.split(".", 1)) for text in texts if text.count(".") == 1]
        data = self.env["ir.model.data"].sudo()
        for line in data.search_fetch(
            [
                ("model", "=", model._name),
                ("module", "in", [module for module, _name in pairs]),
                ("name", "in", [name for _module, name in pairs]),
            ],
            ["complete_name", "res_id"],
        ):
            numbers[line.complete_name] = line.res_id
        visible = model.search(
            [("id", "in", list(numbers.values())), *self._subject_domain()]
        )
        records = {record.id: record for record in visible}
        return [
            (self._entity(records[number]).id, text, records[number].active)
            for text, number in numbers.items()
            if number in records
        ]

    def _subject_domain(self):
        """Limit whom a row may be about, beside what the user may see."""
        return []

    def _entity(self, subject):
        """Return whom a row about this one is about."""
        return subject

    def _identify_row(self, row, named, held, facts):
        """Take the one of the surest column; refuse a row that contradicts itself.

        What names nobody, as a name that is spelled otherwise, is shown beside.

        :param named: of each cell that does: ``(KnownColumn, text, whom it names)``
        :param held: ``{name of a column: {id: what Odoo has there}}``
        """
        known = [each for each in named if each[2]]
        if not known:
            self._refuse_unknown(row)
            return
        candidates = self._in_common(row, known)
        subjects = candidates and self._decide(row, candidates, facts)
        if not subjects:
            return
        first = max(known, key=lambda each: each[0].strength)
        if len(subjects) > 1:
            self._refuse_several(row, first, subjects, facts)
            return
        [subject] = subjects
        for column, value, subjects in named:
            there = held[column.name].get(subject)
            if subjects:
                continue
            is_surer = column.strength > first[0].strength
            if is_surer and (there or column.name == "id"):
                nobody = self._no_match_message(value).removesuffix(".")
                row.refuse(
                    self._label(column),
                    there
                    and self.env._(
                        "%(nobody)s; the one of this row has “%(there)s” there.",
                        nobody=nobody,
                        there=there,
                    )
                    or nobody,
                )
                return
            row.hints.append(
                self.env._(
                    "%(column)s is “%(value)s” in the file and “%(there)s” in Odoo.",
                    column=self._label(column),
                    value=value,
                    there=there or "",
                )
            )
        row.subject = subject

    def _meant_by(self, column, value):
        """Name the columns by which a cell may name somebody."""
        also = column.also if re.search("[0-9]", value) else ()
        return (column.name, *also)

    def _named(self, found, column, value):
        """Find those whom a cell names: ``{id: whether it is active}``."""
        for name in self._meant_by(column, value):
            if named := found[name].get(self._subject_key(name, value)):
                return named
        return {}

    def _in_common(self, row, known):
        """Find those whom all cells mean that mean anybody; None after a refusal."""
        candidates, first = None, None
        for column, value, named in known:
            both = {
                subject: is_active
                for subject, is_active in named.items()
                if candidates is None or subject in candidates
            }
            if not both:
                row.refuse(
                    self._label(column),
                    self.env._(
                        "“%(value)s” is another one than “%(column)s” says.",
                        value=value,
                        column=self._label(first),
                    ),
                )
                return None
            candidates, first = both, first or column
        return candidates

    def _decide(self, row, candidates, _facts):
        """Find, of several who are called the same, the ids that a row may be about.

        :param candidates: ``{id: whether it is active}``
        """
        active = [subject for subject, is_active in candidates.items() if is_active]
        if not active or len(active) < len(candidates):
            archived = len(candidates) - len(active)
            row.hints.append(
                self.env._("%(count)s of this name archived.", count=archived)
                if active
                else self.env._("It is archived in Odoo.")
            )
        return active or list(candidates)

    def _refuse_several(self, row, first, subjects, facts):
        column, value, _named = first
        row.refuse(
            self._label(column),
            self.env._(
                "%(count)s are called “%(value)s” (%(candidates)s): say which one in "
                "another of the columns %(columns)s.",
                count=len(subjects),
                value=value,
                candidates="; ".join(self._describe_each(subjects, facts)),
                columns=", ".join(map(self._label, self._identifying())),
            ),
        )

    def _describe_each(self, subjects, _facts):
        """Say what tells those apart who are called the same."""
        return [self.env._("ID %(id)s", id=subject) for subject in subjects]

    def _refuse_unknown(self, row):
        """Refuse a row that names nobody, or nobody who is there."""
        texts = [cell for cell in row.cells if isinstance(cell, str)]
        if texts and TOTALS.fullmatch(fold(texts[0])):
            row.problems.clear()
            row.refuse(
                self._label(self._identifying()[0]),
                self.env._("This looks like a row of totals: it is not imported."),
            )
        elif row.claims:
            column, value = row.claims[0]
            row.refuse(self._label(column), self._no_match_message(value))
        else:
            labels = [self._label(column) for column in self._identifying()]
            if {label for label, _reason in row.problems}.isdisjoint(labels):
                row.refuse(labels[0], self.env._("It does not say whom it is about."))
