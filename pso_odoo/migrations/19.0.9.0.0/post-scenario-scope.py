from odoo import SUPERUSER_ID, api

# Rules are not updated: whoever changed one has it as he left it.
OLD = (
    "'|',('{of}measurement_id','=',False),('{of}measurement_id.company_ids',"
    "'notany',[('id','notin',user.company_ids.ids)])"
)
NEW = """[
            ('{of}company_id', 'in', company_ids),
            ('{of}company_ids', 'not any', [('id', 'not in', user.company_ids.ids)]),
        ]"""
QUESTION = "[('create_uid', '=', user.id), ('company_id', 'in', company_ids)]"


def migrate(cr, version):
    """Have a scenario read by who could read its measurement, also when that is gone.

    And a question by who may work in its company.
    """
    env = api.Environment(cr, SUPERUSER_ID, {})
    for name, of in (("scenario", ""), ("scenario_line", "scenario_id.")):
        rule = env.ref(f"pso_odoo.rule_pso_{name}_company", raise_if_not_found=False)
        if rule and OLD.format(of=of) in "".join(rule.domain_force.split()):
            rule.domain_force = NEW.format(of=of)
    rule = env.ref("pso_odoo.rule_pso_scenario_question_own", False)
    if rule and "company_id" not in rule.domain_force:
        rule.domain_force = QUESTION
