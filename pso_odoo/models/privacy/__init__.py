from . import (
    pso_retention,
    hr_employee,
    pso_status,
)
