from . import (
    pso_plan,
    pso_plan_action,
    pso_plan_approval,
    pso_plan_progress,
    pso_plan_activity,
    mail_activity,
)
