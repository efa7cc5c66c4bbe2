from odoo import api, models
from odoo.exceptions import ValidationError

from ...tools.registry import is_kvk, is_vat

NUMBERS = ("company_registry", "vat")
# What Odoo takes for a VAT number where there is none.
NO_VAT = "/"


class ResPartner(models.Model):
    """KvK and VAT numbers, by which lists and bills find an organisation.

    A number is looked at when it is entered, wherever that is; one that is there
    already keeps nobody from saving something else, and a check names it.
    """

    _inherit = "res.partner"

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        for partner, vals in zip(partners, vals_list, strict=True):
            partner._pso_check_numbers(
                {name: vals[name] for name in NUMBERS if vals.get(name)}
            )
        return partners

    def write(self, vals):
        entered = {name: vals[name] for name in NUMBERS if vals.get(name)}
        before = [
            (partner, {name: partner[name] for name in entered})
            for partner in (self if entered else ())
        ]
        result = super().write(vals)
        for partner, there in before:
            partner._pso_check_numbers(
                {n: number for n, number in entered.items() if number != there[n]}
            )
        return result

    def _pso_check_numbers(self, entered):
        """Refuse numbers of an organisation that cannot be right.

        What is of its contacts is a copy. Numbers of another country are no KvK
        numbers; a module of Odoo that looks at VAT numbers does that better.

        :param entered: ``{field: number}``
        :raise ValidationError: with the number, and what is expected
        """
        if not entered or self.commercial_partner_id != self:
            return
        country = self.country_id.code or ""
        if country in ("", "NL"):
            self._pso_check_kvk(entered.get("company_registry"))
        if not self._pso_has_base_vat():
            self._pso_check_vat(entered.get("vat"), country)

    @api.model
    def _pso_check_kvk(self, number):
        """:raise ValidationError: if a text is not empty and no KvK number"""
        number = (number or "").strip()
        if number and not is_kvk(number):
            raise ValidationError(
                self.env._(
                    "“%(number)s” is no KvK number: that has eight digits, a zero in "
                    "front included. Of an organisation in another country fill in "
                    "the country first.",
                    number=number,
                )
            )

    @api.model
    def _pso_check_vat(self, number, country):
        """:raise ValidationError: if a text is not empty and cannot be a VAT number"""
        number = (number or "").strip()
        if number not in ("", NO_VAT) and not is_vat(number, country):
            raise ValidationError(
                self.env._(
                    "“%(number)s” is no VAT number: digits are missing, or mistyped. "
                    "Dutch ones look like NL123456782B90.",
                    number=number,
                )
            )

    def _pso_has_base_vat(self):
        return "vies_valid" in self._fields
