from . import (
    pso_cost,
    pso_scenario,
    pso_scenario_line,
    pso_scenario_sentence,
    pso_scenario_cost,
    pso_scenario_check,
    pso_scenario_people,
    pso_scenario_purchases,
    pso_scenario_figures,
    pso_scenario_comparison,
    pso_measurement,
)
