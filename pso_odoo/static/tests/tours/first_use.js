import { addTour, click, choose, openApp, openMenu, sees, type } from "./helpers";

const DIALOG = ".modal:not(.o_inactive_modal)";
const ROW = ".o_selected_row";
// More clicks than this weary who begins.
const MOST_CLICKS = 40;

const byKey = new Set();

/** Typed into a cell that Tab or Enter led to: no click. */
function keys(input, value, key) {
    const step = { content: `Type ${value}`, trigger: input, run: `edit ${value} && press ${key}` };
    byKey.add(step);
    return step;
}

/**
 * Counts what is done with the mouse: clicks, and clicks into a field to type.
 *
 * The manual says how many there are (odoo.psoTour.clicks); it is to be right. That is
 * asked first: a page that is loaded anew has forgotten it.
 */
function counted(steps) {
    const isClick = (step) => /^(click|edit)/.test(step.run) && !byKey.has(step);
    const clicks = steps.filter(isClick).length;
    return [
        {
            content: `${clicks} clicks, of ${MOST_CLICKS} at most`,
            trigger: "body",
            run() {
                if (clicks > MOST_CLICKS || clicks !== odoo.psoTour.clicks) {
                    throw new Error(
                        `${clicks} clicks to the first score, ${odoo.psoTour.clicks} in the manual`
                    );
                }
            },
        },
        ...steps,
    ];
}

function grant(group) {
    return {
        ...click(`#pso_access_${group} button[name=action_pso_grant]`),
        expectUnloadPage: group === "manager",
    };
}

const company = [
    sees(".o_pso_setup [aria-current=step] button[name=company]", "The first step"),
    click(".o_pso_setup button[name=company]"),
    type(`${DIALOG} [name=company_registry] input`, "12345678"),
    click(`${DIALOG} button[name=action_save]`),
];

const ruleBook = () => [
    sees(".o_pso_setup [aria-current=step] button[name=edition]"),
    click(".o_pso_setup button[name=edition]"),
    click(".o_form_view [name=is_confirmed] input"),
    click(".o_form_button_save:enabled"),
    ...openMenu("pso_odoo.menu_dashboard"),
];

const noVendors = [
    click(".o_pso_setup [data-skip=certificates]", "No certified vendors"),
    sees(".o_pso_setup:not(:has([data-skip=certificates]))"),
];

const measurement = () => [
    click(".o_pso_setup [aria-current=step] button[name=measurement]"),
    click(".o_form_button_save:enabled"),
    sees(".o_form_view [name=ladder]", "The score"),
    ...openMenu("pso_odoo.menu_dashboard"),
    sees(".o_pso_setup_done", "It says that it is done, and what comes next"),
    click(".o_pso_setup_done [name=close]"),
    sees(".o_pso_dashboard:not(:has(.o_pso_setup)) .o_pso_total"),
];

/** From an empty database to a score, as the administrator. */
addTour("pso_odoo.first_use", () =>
    counted([
        // Who may see the score.
        ...openApp("base.menu_administration"),
        click(".settings_tab [data-key=pso_odoo]"),
        grant("manager"),
        sees("#pso_access_manager:not(:has(button[name=action_pso_grant]))"),
        grant("hr"),
        { ...click(`${DIALOG} .modal-footer .btn-primary`), expectUnloadPage: true },
        sees("#pso_access_hr:not(:has(button[name=action_pso_grant]))"),

        ...openApp("pso_odoo.menu_root"),
        ...company,
        ...ruleBook(),

        click(".o_pso_setup [aria-current=step] button[name=staff]"),
        click(`${DIALOG} .o_field_x2many_list_row_add a`),
        ...["First", "Second", "Third"].flatMap((name) => [
            keys(`${DIALOG} ${ROW} [name=name] input`, `Tour ${name}`, "Tab"),
            keys(`${DIALOG} ${ROW} [name=date_start] input`, "2020-01-01", "Tab"),
            keys(`${DIALOG} ${ROW} [name=hours] input`, "40:00", "Enter"),
        ]),
        click(`${DIALOG} button[name=action_save]`),

        click(".o_pso_setup [aria-current=step] button[name=statuses]"),
        click(".o_list_button_add"),
        ...choose(".o_form_view [name=employee_id]", "Tour First"),
        ...choose(".o_form_view [name=group_id]", "Wajong"),
        type(".o_form_view [name=date_start] input", "2020-01-01"),
        click(".o_form_button_save:enabled"),
        ...openMenu("pso_odoo.menu_dashboard"),

        ...noVendors,
        ...measurement(),
    ])
);

/** The same as a coordinator; who keeps people has registered them. */
addTour("pso_odoo.first_use_coordinator", () =>
    counted([
        ...openApp("pso_odoo.menu_root"),
        ...company,
        ...ruleBook(),
        ...noVendors,
        ...measurement(),
    ])
);
