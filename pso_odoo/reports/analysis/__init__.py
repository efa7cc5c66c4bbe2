from . import (
    pso_purchase_report,
    pso_purchase_year,
    pso_missing_proof,
    pso_vendor_list_mixin,
    pso_vendor_prospect,
    pso_certified_vendor,
    pso_purchase_exception,
    res_partner,
    pso_plan_action,
)
