# Copyright 2026 pso_odoo maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
{
    "name": "PSO: Social Enterprise Performance Ladder",
    "summary": "Keep the PSO score of a Dutch employer from its own HR and purchase records",
    "version": "19.0.1.0.0",
    "author": "pso_odoo maintainers",
    "website": "https://www.pso-nederland.nl",
    "category": "Human Resources/PSO",
    "license": "LGPL-3",
    "depends": ["hr", "purchase"],
    "external_dependencies": {"python": ["xlsxwriter"]},
    "data": [
        "security/res_groups.xml",
        "security/ir.model.access.csv",
        "security/ir_rule.xml",
        "data/pso.level.csv",
        "data/pso.target.group.csv",
        "data/pso.contract.form.csv",
        "data/pso.edition.csv",
        "data/pso.norm.csv",
        "data/pso.group.rule.csv",
        "data/pso.form.rule.csv",
        "data/pso.check.type.csv",
    ],
    "application": True,
    "pre_init_hook": "pre_init_hook",
    "post_init_hook": "post_init_hook",
}
