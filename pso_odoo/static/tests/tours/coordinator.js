import {
    addTour,
    click,
    lock,
    openApp,
    openMeasurement,
    openMenu,
    scrollDown,
    sees,
    shows,
    type,
} from "./helpers";

const ERROR = ".o_pso_check:has(.text-danger)";
const ROW = ".o_selected_row";

/** Clears the one error on the dashboard, locks the measurement and takes it home. */
addTour("pso_odoo.coordinator", () => [
    ...openApp("pso_odoo.menu_root"),
    shows(".o_pso_total", 10),
    ...scrollDown(),
    click(`${ERROR} [data-check]`),
    click(".o_data_row td[name=complete_name]:contains('Tour Certified')"),
    click(".nav-link[name=pso]"),
    click(".tab-pane.active button:has(.fa-pencil):last"),
    click(".o_list_button_add"),
    sees(`${ROW} [name=partner_id] input:value('Tour Certified')`),
    type(`${ROW} [name=turnover] input`, "100000"),
    type(`${ROW} [name=fte] input`, "10"),
    type(`${ROW} [name=direct_percentage] input`, "50"),
    click(".o_list_button_save"),
    sees(".o_data_row:not(.o_selected_row):contains('Tour Certified')", "It is saved"),
    ...openMenu("pso_odoo.menu_dashboard"),
    shows(".o_pso_total", 12.44),
    ...scrollDown(),
    sees(".o_pso_checks:not(:has(.text-danger))", "The error is gone"),

    ...openMeasurement("Tour Year"),
    ...lock(),
    shows("table [name=total_percentage]", 12.44),
    click("button[name=action_export_xlsx]"),
    ...(odoo.psoTour?.prints
        ? [
              click(".o_cp_action_menus button:has(.fa-cog)", "The menu of actions"),
              click(".o-dropdown--menu .o_menu_item:has(.fa-print)", "Print"),
          ]
        : []),
]);
