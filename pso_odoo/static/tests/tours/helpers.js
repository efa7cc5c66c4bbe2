import { registry } from "@web/core/registry";

// A busy machine may take its time: what waits for a condition costs nothing.
const PATIENCE = 60000;

/**
 * Adds a tour. Its steps say nothing in words of the interface: each user works in a
 * language of their own.
 *
 * @param {string} name
 * @param {() => Object[]} steps
 */
export function addTour(name, steps) {
    registry.category("web_tour.tours").add(name, {
        steps: () => steps().map((step) => ({ timeout: PATIENCE, ...step })),
    });
}

/** @returns {number | undefined} what an element shows, without unit or currency */
function shown(selector) {
    const element = document.querySelector(selector);
    const text = element?.matches("input") ? element.value : element?.innerText;
    // Pages of the portal bring the tours as well, but not what fields are read by.
    const { parseFloat } = odoo.loader.modules.get("@web/views/fields/parsers");
    return text && parseFloat(text.replace(/[^\d.,-]/g, ""));
}

/** A step that waits until an element shows a number. */
export function shows(selector, expected, decimals = 2) {
    return {
        content: `${selector} shows ${expected}`,
        trigger: selector,
        run: ({ waitUntil }) =>
            waitUntil(() => shown(selector)?.toFixed(decimals) === expected.toFixed(decimals), {
                timeout: PATIENCE / 2,
                message: () => `${selector} shows ${shown(selector)}, not ${expected}`,
            }),
    };
}

export function click(trigger, content = `Click ${trigger}`) {
    return { content, trigger, run: "click" };
}

export function sees(trigger, content = `See ${trigger}`) {
    return { content, trigger };
}

/** A step that waits until the record of the form is in that state. */
export function isNow(state, content) {
    return sees(`.o_statusbar_status [data-value=${state}].o_arrow_button_current`, content);
}

export function openApp(xmlid) {
    return [
        click(".o_navbar_apps_menu button:enabled", "Open the menu of apps"),
        click(`.o_app[data-menu-xmlid='${xmlid}']`),
    ];
}

/** Opens a menu of the app that is open, within a section if it has one. */
export function openMenu(...xmlids) {
    return xmlids.map((xmlid) => click(`[data-menu-xmlid='${xmlid}']:visible`));
}

/** Opens the measurement of that name; the PSO app is open. */
export function openMeasurement(name) {
    return [
        ...openMenu("pso_odoo.menu_measurement"),
        click(`.o_data_row td[name=name]:contains("${name}")`),
        sees(`.o_form_view .oe_title input:value("${name}"), .oe_title:contains("${name}")`),
    ];
}

/** Types into a many-to-one field and takes the first record that is found. */
export function choose(field, name) {
    return [
        {
            content: `Choose ${name}`,
            trigger: `${field} input`,
            // Enter waits for the search; a click could hit the list of before it.
            run: `edit ${name} && press Enter`,
        },
        sees(`${field} input:value("${name}")`),
        sees("body:not(:has(.o-autocomplete--dropdown-menu))"),
    ];
}

/** Scrolls to what the dashboard asks for when somebody gets there. */
export function scrollDown() {
    return [
        {
            content: "Scroll to what is below",
            trigger: ".o_pso_to_do",
            run: ({ anchor }) => anchor.scrollIntoView(),
        },
        sees(".o_pso_breakdown"),
    ];
}

export function type(input, value) {
    return { content: `Type ${value}`, trigger: input, run: `edit ${value} && press Tab` };
}

/** Clicks an item under ⚙, where a form keeps what is used less. */
export function clickInMenu(name) {
    return [
        click(".o_cp_action_menus button:has(.fa-cog)", "The menu of actions"),
        click(`.o-dropdown--menu .o_pso_menu_${name}`),
    ];
}

/** Attaches a file to a record that is not saved yet. */
export function attach(field, name) {
    return [
        {
            content: `Attach ${name}`,
            trigger: `${field} .o_attach input[type=file]`,
            run: ({ anchor }) => {
                const files = new DataTransfer();
                files.items.add(new File(["seen"], name));
                anchor.files = files.files;
                anchor.dispatchEvent(new Event("change"));
            },
        },
        sees(`${field}:contains(${name})`, "It waits for the record to be saved"),
    ];
}

/** Locks the measurement whose form is open, and looks on meanwhile. */
export function lock(...meanwhile) {
    return [
        click("button[name=action_lock]"),
        click(".modal .modal-footer .btn-primary", "Yes, lock it"),
        ...meanwhile,
        isNow("locked", "It is locked"),
    ];
}

export function save() {
    return [
        click(".o_form_button_save:enabled", "Save"),
        sees(".o_form_saved, .o_form_readonly", "It is saved"),
    ];
}
