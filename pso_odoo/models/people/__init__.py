from . import (
    pso_status,
    pso_status_counting,
    pso_person_confirmation,
    hr_version,
    hr_employee,
    res_company,
    hr_job,
    resource_calendar,
    pso_status_period,
)
