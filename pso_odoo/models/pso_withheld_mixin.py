from odoo import api, models
from odoo.exceptions import MissingError


class PsoWithheldMixin(models.AbstractModel):
    """Records of which nobody learns that they exist but those who may read them.

    That there is a record is the secret: somebody belongs to the target group. Odoo
    goes as superuser to many records that others name to it by model and number (of a
    message, a follower, an activity, an attachment), and fails in another way where
    there is none. So for who may not read the model, superuser or not, all numbers are
    alike: each is there, and of none is anything found, read or changed. For who may,
    what his rules hide is not there.

    The addon itself reads by ``_as_addon``.
    """

    _name = "pso.withheld.mixin"
    _description = "PSO Record That Only Its Readers Know Of"

    _is_personal = True

    def _is_withheld(self):
        """Whether the records are nothing to the current user, superuser or not."""
        if self._is_addon():
            return False
        return not self.browse().sudo(False).has_access("read")

    def _check_withheld(self, operation="read"):
        """:raise AccessError: the same for each record, there or not"""
        if self._is_withheld():
            access = self.env["ir.model.access"].sudo(False)
            raise access._make_access_error(self._name, operation)

    # -- whether there is one ------------------------------------------------

    @api.private
    def exists(self):
        if self._is_withheld():
            return self
        if self.env.su:
            return super().exists()
        seen = set(self.search([("id", "in", self.ids)])._ids)
        return self.filtered(lambda record: not record.id or record.id in seen)

    def _check_access(self, operation):
        try:
            result = super()._check_access(operation)
        except MissingError:
            return self - self.exists(), self._no_such_record
        if not result or not self or not self.browse().has_access(operation):
            return result
        if all(record._is_of_own_company() for record in result[0]):
            # Odoo says to which company one has to change.
            return result
        return result[0], self._no_such_record

    def _is_of_own_company(self):
        """Whether it is hidden only because its company is not switched on."""
        field = self._fields.get("company_id")
        if field is None or field.type != "many2one":
            return False
        return self.sudo().company_id in self.env.user.company_ids

    def _no_such_record(self):
        return MissingError(
            self.env._("There is no such record, or you have no access to it.")
        )

    # -- what is in it ---------------------------------------------------------

    def _search(self, *args, **kwargs):
        self._check_withheld()
        return super()._search(*args, **kwargs)

    def _fetch_query(self, query, fields):
        self._check_withheld()
        return super()._fetch_query(query, fields)

    def _read_format(self, fnames, load="_classic_read"):
        """Give nothing to who reads for others, as what copies records elsewhere."""
        if self.env.su and not self._is_addon():
            return [
                {"id": record.id, **dict.fromkeys(fnames, False)} for record in self
            ]
        return super()._read_format(fnames, load)

    def _read_group(self, *args, **kwargs):
        self._check_withheld()
        return super()._read_group(*args, **kwargs)

    def _read_grouping_sets(self, *args, **kwargs):
        self._check_withheld()
        return super()._read_grouping_sets(*args, **kwargs)

    @api.private
    def lock_for_update(self, **kwargs):
        self._check_withheld()
        return super().lock_for_update(**kwargs)

    @api.private
    def try_lock_for_update(self, **kwargs):
        self._check_withheld()
        return super().try_lock_for_update(**kwargs)

    # -- what becomes of it ------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self._check_withheld("create")
        return super().create(vals_list)

    def write(self, vals):
        self._check_withheld("write")
        return super().write(vals)

    def unlink(self):
        self._check_withheld("unlink")
        return super().unlink()

    def _recompute_field(self, field, ids=None):
        """What depends on a change is derived, whoever made the change."""
        return super(PsoWithheldMixin, self._as_addon())._recompute_field(field, ids)
