from odoo import api, models


class IrModel(models.Model):
    """What is switched on for a model, as tracking, is for who may read its records."""

    _inherit = "ir.model"

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_count(self):
        """Count of what is about persons the records that the user may read alone.

        Core counts the rows of each table, whoever asks: how many there are may follow
        from a fact that he has just changed. So may activities, messages and files,
        which are of such records too.
        """
        result = super()._compute_count()
        carrier = self.env["pso.carrier"]
        carriers = {name for name, _model, _number in carrier._pairs()}
        for model in self:
            records = self.env.get(model.model)
            if records is None or not model.count:
                continue
            is_carrier = model.model in carriers or carrier._wholes_of(model.model)
            if records._is_personal or is_carrier:
                seen = records.sudo(False)
                may_read = seen.has_access("read")
                model.count = seen.search_count([]) if may_read else 0
        return result

    def write(self, vals):
        for model in self.sudo():
            self.env["pso.carrier"]._check_model(model.model)
        return super().write(vals)


class IrModelFields(models.Model):
    """A field that leads to records about persons is made by who may read them."""

    _inherit = "ir.model.fields"

    @api.model_create_multi
    def create(self, vals_list):
        models = self.env["ir.model"].sudo()
        names = [
            models.browse(vals.get("model_id")).model or vals.get("model")
            for vals in vals_list
        ]
        planned = {
            (model, vals.get("name")): vals.get("relation")
            for model, vals in zip(names, vals_list, strict=True)
        }
        for model, vals in zip(names, vals_list, strict=True):
            self._check_path(model, vals, planned)
        return super().create(vals_list)

    def write(self, vals):
        if any(vals.values()):
            self._check_not_of_persons()
        for field in self.sudo():
            self._check_path(field.model, vals)
        return super().write(vals)

    def _write(self, vals):
        # Addons that track what is not tracked go by here.
        if any(vals.values()):
            self._check_not_of_persons()
        return super()._write(vals)

    def _check_path(self, model, vals, planned=None):
        """Check where a field leads before it is made, which changes a table at once.

        :param planned: where other fields will lead that are made with it
        :raise AccessError: if it leads to persons whom the user may not read of, or to
            what may name them
        """
        carrier = self.env["pso.carrier"]
        paths = [vals.get("related"), *(vals.get("depends") or "").split(",")]
        for path in paths:
            for name in carrier._on_path(model, path, planned):
                carrier._check_model(name)
            carrier._check_not_carried(model, path, planned)
        for name in (model, vals.get("relation")):
            carrier._check_model(name)
        # Whoever names one by its number learns that it is there, and is not shown.
        if vals.get("ttype") in ("many2one", "many2many"):
            self._check_not_named(vals.get("relation"))

    def _check_not_named(self, name):
        """Refuse to name messages or activities by number; files are named everywhere.

        :raise AccessError: for who may not read all records about persons
        """
        if name != "ir.attachment":
            carrier = self.env["pso.carrier"]
            carrier._check_not_carried("", "named", {("", "named"): name})

    def _check_not_of_persons(self):
        """Check the models that these fields are of or lead to.

        :raise AccessError: if one is about persons and not the user's to read
        """
        carrier = self.env["pso.carrier"]
        for field in self.sudo():
            for model in (field.model, *carrier._reached_by(field)):
                carrier._check_model(model)
