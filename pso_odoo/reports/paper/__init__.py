from . import (
    ir_actions_report,
    pso_measurement_report,
    pso_sample_report,
    pso_person_report,
    pso_tender_report,
    pso_plan_report,
)
