from odoo import SUPERUSER_ID, api, models
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
        """Return whether these are nothing to the current user, superuser or not."""
        if self._is_addon():
            return False
        return not self.browse().sudo(False).has_access("read")

    def _check_withheld(self, operation="read"):
        """Refuse who may not know that there are such records.

        :raise AccessError: the same for each record, there or not
        """
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
            return self - self.exists(), self._pso_no_such_record
        if not result or not self or not self.browse().has_access(operation):
            return result
        there = result[0].sudo().exists()
        if there and all(record._is_of_own_company() for record in there):
            # Odoo says to which company one has to change.
            return result
        return result[0], self._pso_no_such_record

    def _is_of_own_company(self):
        """Return whether it is hidden only because its company is not switched on."""
        field = self._fields.get("company_id")
        if field is None or field.type != "many2one":
            return False
        return self.sudo().company_id in self.env.user.company_ids

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
        """Delete with them what other addons keep of them by model and number."""
        self._check_withheld("unlink")
        numbers = self.ids
        result = super().unlink()
        self.env["pso.carrier"].with_user(SUPERUSER_ID)._forget(self._name, numbers)
        return result

    # -- without external ids ----------------------------------------------------

    # What two records of a model cannot have in common, by which a list that comes in
    # again finds what it brought before.
    _known_by = ()

    def _BaseModel__ensure_xml_id(self, skip=False):
        """Export a record without an external id: core would make one.

        Core calls it by a name of its own class.
        """
        return ((record, "") for record in self)

    @api.model
    def load(self, fields, data):
        """Say that external ids are not kept, and by what a record is known instead."""
        result = super().load(fields, data)
        if (
            "id" in fields
            and self._known_by
            and not self.env.context.get("install_mode")
        ):
            names = [
                self._fields[name]._description_string(self.env)
                for name in self._known_by
            ]
            message = self.env._(
                "The external ids of the file are not kept, because administrators "
                "could read them. Rows were matched with what is there by "
                "%(fields)s.",
                fields=", ".join(names),
            )
            result["messages"].append(
                {
                    "type": "warning",
                    "message": message,
                    "field": "id",
                    "record": 0,
                    "rows": {"from": 0, "to": 0},
                }
            )
        return result

    @api.model
    def _load_records(self, data_list, update=False):
        """Find by what a record is known what was loaded before, in place of its id.

        :raise UserError: if there is nothing else by which it could be known
        """
        wanted = [
            self._without_external_id(data)
            for data in data_list
            # What an addon brought once and leaves to the users from then on.
            if not (update and data.get("noupdate") and data.get("xml_id"))
        ]
        return super()._load_records(wanted)

    def _without_external_id(self, data):
        """Return the data of a record, with the number of the one that is there."""
        if not data.get("xml_id"):
            return data
        if not self._known_by:
            self.env["ir.model.data"]._check_not_personal(self._name)
        values = data["values"]
        found = self.search(
            [(name, "=", values.get(name)) for name in self._known_by], limit=1
        )
        number = {"id": found.id} if found else {}
        return {**data, "xml_id": False, "values": {**values, **number}}

    # -- derived, whoever makes the change -----------------------------------------

    def _recompute_field(self, field, ids=None):
        return super(PsoWithheldMixin, self._as_addon())._recompute_field(field, ids)
