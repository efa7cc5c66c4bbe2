import { addTour, click, sees } from "./helpers";
import { asksInVain, hasNoMenu, listen, opens, opensInVain, seesNobody } from "./privacy";

const screens = ({ status, measurement }) => [
    "pso_odoo.pso_status_action",
    "pso_odoo.pso_status_ending_action",
    "pso_odoo.pso_person_line_action",
    "pso_odoo.pso_measurement_action",
    ...Object.entries({ "pso.status": status, "pso.measurement": measurement }).map(
        ([res_model, res_id]) => ({
            type: "ir.actions.act_window",
            res_model,
            res_id,
            views: [[false, "form"]],
        })
    ),
];

/**
 * Looks for persons everywhere, and finds an employee like any other. It starts where an
 * address alone has led: at a refusal.
 */
addTour("pso_odoo.outsider", () => [
    listen,
    seesNobody(".modal .modal-body"),
    click(".modal .modal-footer button"),

    hasNoMenu("pso_odoo."),
    click(".o_navbar_apps_menu button:enabled", "Open the menu of apps"),
    sees(".o_app[data-menu-xmlid='hr.menu_hr_root']"),
    sees("body:not(:has(.o_app[data-menu-xmlid^='pso_odoo.']))", "PSO is not among them"),
    click(".o_app[data-menu-xmlid='hr.menu_hr_root']"),
    click(".o_kanban_record:contains('Tour Person')"),
    sees(".o_form_view .nav-link"),
    sees(".o_form_view:not(:has(.nav-link[name=pso], [name=pso_hours]))"),
    sees(".o_form_view:not(:has([name=pso_status_ids], [name=pso_now]))"),
    seesNobody(".o_form_view"),

    { content: "Search everything", trigger: "body", run: "press Control+k" },
    { trigger: ".o_command_palette_search input", run: "edit zilverschoon" },
    sees(".o_command_palette_listbox_empty", "Nothing is found"),
    seesNobody(".o_command_palette"),
    { trigger: "body", run: "press Escape" },
    sees("body:not(:has(.o_command_palette))"),

    opensInVain(screens),
    opens("pso_odoo.pso_dashboard_action"),
    sees(".o_pso_dashboard .alert", "The dashboard says no"),
    sees(".o_pso_dashboard:not(:has(.o_pso_standing, .o_pso_setup))"),
    asksInVain,
    seesNobody("body"),
]);
