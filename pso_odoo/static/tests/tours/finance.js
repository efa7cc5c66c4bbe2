import { addTour, click, isNow, openApp, openMeasurement, openMenu, sees, shows } from "./helpers";

const line = (name) => `[name=invoice_line_ids] .o_data_row:contains("${name}")`;

/** Leaves a line of a posted bill out, and sees what that does to the score. */
addTour("pso_odoo.finance", () => [
    ...openApp("pso_odoo.menu_root"),
    ...openMeasurement("Tour Year"),
    shows("table [name=indirect_fte]", 0.25),
    shows("table [name=indirect_percentage]", 2.44),

    ...openApp("account.menu_finance"),
    ...openMenu("account.menu_finance_payables", "account.menu_action_move_in_invoice_type"),
    click(".o_data_row:contains('Tour Certified') td[name=name]"),
    isNow("posted", "It is posted"),
    sees("[name=pso_certificate_id] .badge"),
    shows("[name=pso_adds] [name=pso_amount]", 5000),
    shows("[name=pso_adds] [name=pso_fte]", 0.25, 4),
    click(`${line("Passed on")} button[name=action_pso_exclude]`),
    sees(`${line("Passed on")} button[name=action_pso_include]`),
    sees(`${line("For us")} button[name=action_pso_exclude]`),
    shows("[name=pso_adds] [name=pso_amount]", 3000),
    shows("[name=pso_adds] [name=pso_fte]", 0.15, 4),

    ...openApp("pso_odoo.menu_root"),
    ...openMeasurement("Tour Year"),
    shows("table [name=indirect_fte]", 0.15),
    shows("table [name=indirect_percentage]", 1.48),
]);
