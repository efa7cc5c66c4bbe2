from . import (
    pso_register_entry,
    pso_register_match,
    pso_register_finding,
    pso_register_certificate,
    pso_register_outcome,
)
