from . import (
    res_company,
    pso_reminder_mixin,
    pso_certificate_renewal,
    pso_reminder,
    pso_reminder_due,
    pso_people_reminder,
    pso_certification,
    pso_register_entry,
    pso_register_match,
    pso_register_finding,
    pso_register_certificate,
    pso_register_outcome,
)
