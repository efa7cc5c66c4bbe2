import {
    addTour,
    choose,
    click,
    clickInMenu,
    openApp,
    openMeasurement,
    save,
    sees,
    type,
} from "./helpers";

const MODAL = ".modal:last";
const MEANS = ".modal [name=means_ids]";

/** Tries a hire, asks what the next level costs, and compares both. */
addTour("pso_odoo.scenario", () => [
    ...openApp("pso_odoo.menu_root"),
    ...openMeasurement("Tour Year"),
    click("button[name=action_what_if]"),
    sees("th[data-key=this]", "The scenario stands beside its start"),
    sees(".o_pso_comparison_level:not(:has(.fa-arrow-up))", "It is as the start"),
    click("[name=line_ids] .o_field_x2many_list_row_add a, [name=line_ids] .o-kanban-button-new"),
    type(`${MODAL} [name=hours] input`, "40"),
    ...choose(`${MODAL} [name=group_id]`, "Wajong"),
    ...choose(`${MODAL} [name=form_id]`, odoo.psoTour?.form),
    click(`${MODAL} .o_form_button_save`),
    sees(".o_pso_comparison_level .fa-arrow-up", "The level has moved"),
    ...save(),

    ...openMeasurement("Tour Year"),
    ...clickInMenu("action_ask"),
    click(`${MEANS} .o_data_row:first td[name=name]`),
    click(`${MODAL} [name=is_used] input`),
    type(`${MODAL} [name=cost] input`, "30000"),
    click(`${MODAL} .o_form_button_save`),
    click(".modal footer button[name=action_ask]"),
    sees(".modal .alert-success li", "The answer, in words"),
    click(".modal footer button[name=action_take]"),
    sees("[name=line_ids] .o_data_row", "It is a scenario"),
    {
        content: "Compare with the other one",
        trigger: "[name=compare_ids] input",
        run: "edit Tour Year && press Enter",
    },
    sees("th[data-key^=other]", "Both stand side by side"),
    ...save(),

    click(".o_notebook .nav-link[name=outlook]"),
    sees(".o_pso_scenario_outlook canvas", "The coming year has a line"),
    sees(".o_pso_scenario_outlook .o_pso_key_scenario", "Beside what comes anyway"),
    click("button[name=action_show]"),
    sees("button[name=action_hide]", "It is on the dashboard"),
    ...openApp("pso_odoo.menu_root"),
    {
        content: "Look where we are going",
        trigger: ".o_pso_outlook",
        run: ({ anchor }) => anchor.scrollIntoView(),
    },
    sees(".o_pso_scenario_course .btn-link", "Its months are said there"),
    sees(".o_pso_outlook .o_pso_key_scenario", "Its line is drawn there"),
]);
