import {
    addTour,
    choose,
    click,
    isNow,
    openApp,
    openMenu,
    save,
    sees,
    type,
} from "./helpers";

const openPlans = () => [
    ...openApp("pso_odoo.menu_root"),
    ...openMenu("pso_odoo.menu_plans", "pso_odoo.menu_plan"),
];
const openPlan = () => [
    ...openPlans(),
    click(".o_data_row td[name=name]:contains('Tour Plan')"),
];
const answer = (question) => ({
    content: `Answer ${question}`,
    trigger: `[name=smart_${question}] textarea`,
    run: "edit Answered",
});

/** Makes a plan with an action, and sends it for approval. */
addTour("pso_odoo.plan_make", () => [
    ...openPlans(),
    click(".o_list_button_add"),
    type(".oe_title [name=name] textarea, .oe_title [name=name] input", "Tour Plan"),
    ...choose("[name=target_level_id]", odoo.psoTour?.target),
    click("[name=date_deadline] button, [name=date_deadline] input", "The deadline"),
    type("[name=date_deadline] input", odoo.psoTour?.deadline),
    click("[name=action_ids] .o_field_x2many_list_row_add > :first-child"),
    type(".modal [name=name] textarea, .modal [name=name] input", "Open a position"),
    {
        content: "What is counted",
        trigger: ".modal [name=kind] input, .modal [name=kind] select",
        run: "click",
    },
    click(".o_select_menu_item:contains(Positions open)"),
    type(".modal [name=target_value] input", String(odoo.psoTour?.aim)),
    click(".modal .o_form_button_save"),
    sees("body:not(:has(.modal))"),
    click(".nav-link[name=smart]"),
    ...["specific", "measurable", "accepted", "realistic", "time_bound"].map(answer),
    ...save(),
    click("button[name=action_submit]"),
    isNow("submitted", "It waits for management"),
    sees("body:not(:has(button[name=action_approve]))", "A coordinator does not approve"),
]);

/** Management approves it. */
addTour("pso_odoo.plan_approve", () => [
    ...openPlan(),
    click("button[name=action_approve]"),
    click(".modal .modal-footer .btn-primary", "In my own name"),
    isNow("approved", "It is approved"),
    sees("[name=approval_note]"),
]);

/** Human resources opens a position to the target group. */
addTour("pso_odoo.plan_position", () => [
    type(".oe_title [name=name] textarea, .oe_title [name=name] input", "Tour Position"),
    click("[name=pso_is_open] input"),
    ...save(),
]);

/** The progress has moved. */
addTour("pso_odoo.plan_progress", () => [
    ...openPlan(),
    sees(".o_data_row [name=progress_note]:contains('" + odoo.psoTour?.reached + "')"),
    isNow("approved", "No new approval is asked for"),
]);
