from . import (
    res_company,
    pso_reminder_mixin,
    pso_certificate_renewal,
    pso_reminder,
    pso_reminder_due,
    pso_people_reminder,
    pso_certification,
)
