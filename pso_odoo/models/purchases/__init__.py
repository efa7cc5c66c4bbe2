from . import (
    pso_certificate,
    pso_supplier_figure,
    pso_excludable_mixin,
    pso_document_mixin,
    pso_hint_mixin,
    res_partner,
    product_template,
    product_supplierinfo,
    purchase_order,
    purchase_order_line,
    account_move,
    account_move_line,
)
