from . import (
    pso_purchase_report,
    pso_purchase_year,
    pso_missing_proof,
    res_partner,
)
