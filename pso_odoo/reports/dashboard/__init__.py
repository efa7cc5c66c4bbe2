from . import (
    onboarding_onboarding_step,
    res_config_settings,
    pso_breakdown,
    pso_setup,
    pso_to_do,
    pso_dashboard,
    pso_dashboard_details,
    pso_dashboard_open,
    pso_dashboard_climb,
    pso_dashboard_elsewhere,
    pso_snapshot,
)
