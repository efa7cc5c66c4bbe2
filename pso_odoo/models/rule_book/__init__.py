from . import (
    pso_rule_mixin,
    pso_weight_mixin,
    pso_level,
    pso_target_group,
    pso_contract_form,
    pso_edition,
    pso_norm,
    pso_group_rule,
    pso_form_rule,
    pso_edition_norms,
    pso_edition_file,
)
