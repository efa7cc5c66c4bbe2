import { addTour, click, openApp, openMeasurement, scrollDown, sees, shows } from "./helpers";
import { listen, opensInVain, seesNobody } from "./privacy";

/** Sees every total, and nobody. */
addTour("pso_odoo.management", () => [
    listen,
    ...openApp("pso_odoo.menu_root"),
    shows(".o_pso_total", 12.44),
    shows("[name=direct] .o_pso_tile_value", 10),
    shows("[name=indirect] .o_pso_tile_value", 2.44),
    shows("[name=proven] .o_pso_tile_value", 12.44),
    sees(".o_pso_trend_chart canvas"),
    ...scrollDown(),
    // One person stops counting: "up to" the smallest group, in the user's language.
    shows(".o_pso_ending .badge", 5, 0),
    sees(".o_pso_ending:not(:has(table, button))", "How many, not who"),
    sees("body:not(:has([data-menu-xmlid='pso_odoo.menu_target_group']))"),
    seesNobody(".o_pso_dashboard"),

    ...openMeasurement("Tour Year"),
    shows("table [name=total_percentage]", 12.44),
    shows("table [name=direct_fte]", 1),
    sees("body:not(:has([name=action_open_people], [name=action_lock]))"),
    click(".nav-link[name=checks]"),
    seesNobody(".o_form_view"),
    opensInVain(() => [
        "pso_odoo.pso_status_action",
        "pso_odoo.pso_status_ending_action",
        "pso_odoo.pso_person_line_action",
    ]),
    seesNobody("body"),
]);
