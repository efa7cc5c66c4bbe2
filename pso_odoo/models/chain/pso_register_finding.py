from collections import defaultdict
from typing import NamedTuple

from odoo import models
from odoo.fields import Domain

from ...tools.naming import NameIndex, are_alike, kvk_key, name_key, vat_key

# How surely a number is that of the vendor, where its name is another one.
NUMBER_ALONE = 80
# What was found by machine, and follows what is there.
BY_MACHINE = ("certain", "proposed")


class Vendor(NamedTuple):
    """What a vendor is found by."""

    id: int
    name: str
    place: str
    kvk: str
    vat: str
    company: int


class PsoRegisterEntry(models.Model):
    """Find the vendors that are organisations in the register.

    By KvK number, then by tax ID, then by name. What is not certain is proposed, with
    every candidate, and somebody decides.
    """

    _inherit = "pso.register.entry"

    def _find_vendors(self):
        """Match these entries with the vendors that the user sees, and keep that.

        What somebody confirmed or refused stays. Where nothing has changed, nothing
        is written.
        """
        matches = self.env["pso.register.match"].search([("entry_id", "in", self.ids)])
        decided, found = defaultdict(dict), {}
        for match in matches:
            if match.state in BY_MACHINE:
                found[match.entry_id.id, match.partner_id.id] = match
            else:
                decided[match.entry_id.id][match.partner_id.id] = match.state
        wanted = {
            (entry.id, partner): values
            for entry, candidates in self._candidates(decided)
            for partner, values in candidates.items()
            if partner not in decided[entry.id]
        }
        stale = [match.id for pair, match in found.items() if pair not in wanted]
        matches.browse(stale).unlink()
        for pair, match in found.items():
            if pair in wanted and any(
                match[name] != value for name, value in wanted[pair].items()
            ):
                match.write(wanted[pair])
        matches.create(
            [
                {"entry_id": entry, "partner_id": partner, **values}
                for (entry, partner), values in wanted.items()
                if (entry, partner) not in found
            ]
        )

    def _candidates(self, decided):
        """Yield each entry with those it may be: ``{id of a partner: values}``.

        :param decided: ``{id of an entry: {id of a partner: state}}``
        """
        vendors = self._vendors()
        by_kvk, by_vat = defaultdict(list), defaultdict(list)
        for vendor in vendors.values():
            if vendor.kvk:
                by_kvk[vendor.kvk].append(vendor)
            if vendor.vat:
                by_vat[vendor.vat].append(vendor)
        index = NameIndex({v.id: (v.name, v.place) for v in vendors.values()})
        for entry in self:
            numbered = _by_number(
                entry,
                by_kvk.get(entry.registry_key, ()),
                by_vat.get(entry.vat_key, ()),
            )
            if numbered or "confirmed" in decided[entry.id].values():
                yield entry, numbered
            else:
                yield entry, _by_name(entry, index, vendors)

    def _vendors(self):
        """Read the organisations among the partners: ``{id: Vendor}``.

        Those without a mark of an organisation are left out: a private person is
        nobody's certified vendor.
        """
        partners = self.env["res.partner"]
        is_organisation = Domain.OR(
            (
                Domain("is_company", "=", True),
                Domain("company_registry", "!=", False),
                Domain("vat", "!=", False),
            )
        )
        names = ["name", "city", "company_registry", "vat", "company_id"]
        organisations = partners.search_fetch(
            is_organisation, [*names, "commercial_partner_id"], order="id"
        )
        return {
            each.id: Vendor(
                each.id,
                each.name,
                each.city or "",
                kvk_key(each.company_registry),
                vat_key(each.vat),
                each.company_id.id or 0,
            )
            for each in organisations
            if each.name and each.commercial_partner_id == each
        }


def _by_number(entry, same_kvk, same_vat):
    """Match an entry with the vendors that have its number: ``{id: values}``.

    It is certain where one vendor has the number, nothing says otherwise, and the
    names are not two that have nothing in common.
    """
    kind, vendors = ("kvk", same_kvk) if same_kvk else ("vat", same_vat)
    if kind == "vat":
        # Of a tax unit several entities may have the same number.
        vendors = [
            vendor
            for vendor in vendors
            if not (vendor.kvk and entry.registry_key)
            or vendor.kvk == entry.registry_key
        ]
    contradicting = {v.id for v in same_vat} - {v.id for v in same_kvk}
    is_doubted = bool(kind == "kvk" and same_vat and contradicting)
    found = {}
    for vendor in vendors:
        is_alike = are_alike(entry.name, vendor.name)
        is_alone = not any(_share_company(vendor, v) for v in vendors if v != vendor)
        is_certain = is_alike and is_alone and not is_doubted
        found[vendor.id] = {
            "kind": kind,
            "confidence": 100 if is_alike else NUMBER_ALONE,
            "state": "certain" if is_certain else "proposed",
        }
    return found


def _share_company(one, other):
    """Return whether some company sees both vendors."""
    return not one.company or not other.company or one.company == other.company


def _by_name(entry, index, vendors):
    """Propose the vendors that are called almost so: ``{id: values}``.

    With another KvK number it is another entity: it is shown where the name is the
    same, because one of the numbers may be wrong.
    """
    found = {}
    for id_, confidence in index.find(entry.name, entry.place):
        vendor = vendors[id_]
        kind = "name"
        if entry.registry_key and vendor.kvk:
            if name_key(vendor.name) != entry.name_key:
                continue
            kind, confidence = "other", confidence / 2
        found[id_] = {
            "kind": kind,
            "confidence": int(100 * confidence),
            "state": "proposed",
        }
    return found
