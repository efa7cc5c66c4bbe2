import { addTour, choose, click, isNow, openApp, sees, shows, type } from "./helpers";

const LINE = "[name=order_line] .o_data_row";

/** Starts with any vendor, is told of a certified one, and orders there. */
addTour("pso_odoo.buyer", () => [
    ...openApp("purchase.menu_purchase_root"),
    click(".o_list_button_add"),
    ...choose(".o_form_view [name=partner_id]", "Tour Ordinary"),
    sees(".o_form_view:not(:has([name=pso_certificate_id]))", "No badge"),
    click("[name=order_line] .o_field_x2many_list_row_add > :first-child"),
    ...choose(`${LINE} [name=product_id]`, "Tour Glazing"),
    type(`${LINE} [name=price_unit] input`, "1000"),
    sees("[name=pso_hint_vendors]:contains('Tour Certified')", "Who else sells it"),

    ...choose(".o_form_view [name=partner_id]", "Tour Certified"),
    sees("[name=pso_certificate_id] .badge.text-bg-success", "The badge"),
    shows("[name=pso_adds] [name=pso_amount]", 1000),
    shows("[name=pso_adds] [name=pso_fte]", 0.05, 4),
    shows("[name=pso_adds] [name=pso_points]", 0.498, 3),
    sees(".o_form_view:not(:has([name=pso_hint_vendors]))"),

    click("button[name=button_confirm]"),
    isNow("purchase", "It is confirmed"),
    sees("[name=pso_certificate_id] .badge.text-bg-success"),
    shows("[name=pso_adds] [name=pso_amount]", 1000),
    shows("[name=pso_adds] [name=pso_points]", 0.498, 3),
]);
