import {
    addTour,
    attach,
    choose,
    click,
    openApp,
    openMeasurement,
    save,
    sees,
    shows,
    type,
} from "./helpers";
import { asks } from "./privacy";

const DIALOG = ".modal:not(.o_inactive_modal)";
const DIRECT = ".o_pso_tile[name=direct] .o_pso_tile_value";

/** Registers a status with its proof on the employee, and sees the score move. */
addTour("pso_odoo.hr_officer", () => [
    ...openApp("pso_odoo.menu_root"),
    shows(DIRECT, 10),
    shows(".o_pso_total", 10),

    ...openApp("hr.menu_hr_root"),
    click(".o_kanban_record:contains('Tour Newcomer')"),
    click(".nav-link[name=pso]"),
    sees("[name=pso_now] .alert-secondary", "Nothing counts yet"),
    click("[name=pso_status_ids] .o_field_x2many_list_row_add a"),
    ...choose(`${DIALOG} [name=group_id]`, "Wajong"),
    type(`${DIALOG} [name=date_start] input`, "01-01-2020"),
    sees(`${DIALOG} .alert-success`, "It says that it counts before it is saved"),
    ...attach(`${DIALOG} [name=attachment_ids]`, "decision.txt"),
    click(`${DIALOG} .o_form_button_save`),
    sees("[name=pso_status_ids] .o_data_row td[name=group_id]:contains(Wajong)"),
    sees("[name=pso_now] .alert-success"),
    ...save(),

    ...openApp("pso_odoo.menu_root"),
    shows(DIRECT, 20),
    shows(".o_pso_total", 20),
    ...openMeasurement("Tour Year"),
    shows("td [name=direct_percentage]", 20),
    shows("td [name=direct_fte]", 2),
    asks,
]);

/** Who stops counting next year: the calendar opens there, not on months gone by. */
addTour("pso_odoo.ends_calendar", () => [
    click(".o_switch_view.o_calendar"),
    sees(".o_calendar_renderer .fc-bg-event.o_event", "Who ends first"),
]);
