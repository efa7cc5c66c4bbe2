from odoo import api, fields, models

# What the lines read of a version: a change of these drops figures already read.
FACTS = {
    "active",
    "employee_id",
    "date_version",
    "contract_date_start",
    "contract_date_end",
    "departure_date",
    "identification_id",
    "passport_id",
    "ssnid",
    "resource_calendar_id",
    "department_id",
    "work_location_id",
    "pso_counts",
    "pso_hours_custom",
    "pso_hours_override",
}


class HrVersion(models.Model):
    _name = "hr.version"
    _inherit = [
        "hr.version",
        "pso.guarded.mixin",
        "pso.hours.mixin",
        "pso.traced.mixin",
    ]

    _pso_facts_traced = frozenset(FACTS)

    pso_counts = fields.Boolean(
        string="Counts in Total Fte",
        default=True,
        groups="pso_odoo.group_pso_hr",
        help="Whether this person is part of the size of the organisation for PSO: the "
        "total fte by which every percentage is divided and the norm is chosen. "
        "Somebody who counts for the target group is part of it in any case.",
    )
    pso_hours_override = fields.Boolean(
        string="Other Contract Hours",
        groups="pso_odoo.group_pso_hr",
        help="Fill in the contract hours yourself, where they differ from those of the "
        "working schedule: for instance for a fully flexible one, which has none.",
    )
    pso_hours_custom = fields.Float(
        string="Contract Hours",
        groups="pso_odoo.group_pso_hr",
        help="Hours a week by contract. PSO counts fte by contract hours, up to full "
        "time, and not by the hours that were worked.",
    )
    pso_hours = fields.Float(
        string="PSO Hours a Week",
        compute="_compute_pso_hours",
        groups="pso_odoo.group_pso_hr",
        help="Contract hours a week by which this person counts for PSO: those of the "
        "working schedule, unless other hours are filled in. Divided by the full-time "
        "hours of the company they make fte.",
    )

    _pso_hours_custom_positive = models.Constraint(
        "CHECK (pso_hours_custom >= 0 AND pso_hours_custom <= 168)",
        "Contract hours for PSO lie between 0 and 168 a week.",
    )

    @api.depends(
        "pso_hours_override", "pso_hours_custom", "resource_calendar_id.hours_per_week"
    )
    def _compute_pso_hours(self):
        for version in self:
            if version.pso_hours_override:
                version.pso_hours = version.pso_hours_custom
            else:
                version.pso_hours = version.resource_calendar_id.hours_per_week

    @api.model_create_multi
    def create(self, vals_list):
        versions = super().create(vals_list)
        self.env["pso.measurement"]._forget_figures()
        return versions

    def write(self, vals):
        result = super().write(vals)
        if not FACTS.isdisjoint(vals):
            self.env["pso.measurement"]._forget_figures()
        return result
