import { addTour, click, openApp, openMenu, sees, shows } from "./helpers";

const DIALOG = ".modal:not(.o_inactive_modal)";
const ROW = ".o_list_view .o_data_row";

/** A row of the list with a text in it. */
const rowOf = (text) => `${ROW}:contains("${text}")`;

/** Gives the file of the test to the field, as somebody who chooses it. */
function upload(input) {
    return {
        content: "Choose the file",
        trigger: `${DIALOG} .o_field_binary`,
        run() {
            const bytes = Uint8Array.from(atob(odoo.psoTour.file), (c) => c.charCodeAt(0));
            const files = new DataTransfer();
            files.items.add(new File([bytes], "register.csv", { type: "text/csv" }));
            const element = document.querySelector(input);
            element.files = files.files;
            element.dispatchEvent(new Event("change", { bubbles: true }));
        },
    };
}


function search(text) {
    return [
        {
            content: `Search ${text}`,
            trigger: ".o_searchview_input",
            run: `edit ${text}`,
        },
        {
            content: "Search by the first field",
            trigger: ".o_searchview_autocomplete .o-dropdown-item, .o_searchview_autocomplete li",
            run: "click",
        },
    ];
}

/** Imports a register, confirms a vendor, takes over a certificate, makes a vendor. */
addTour("pso_odoo.register", () => {
    const { added, known, bad, vendor, stranger } = odoo.psoTour ?? {};
    return [
        ...openApp("pso_odoo.menu_root"),
        ...openMenu("pso_odoo.menu_purchases", "pso_odoo.menu_import_register"),
        sees(`${DIALOG} [name=is_whole_list] input:checked`, "It is the whole register"),
        upload(`${DIALOG} .o_field_binary input[type=file]`),
        sees(`${DIALOG} [name=file] :value("register.csv"), ${DIALOG} [name=file]:contains("register.csv")`),
        click(`${DIALOG} button[name=action_preview]`),
        shows(`${DIALOG} [name=good_count].text-success`, added, 0),
        shows(`${DIALOG} [name=known_count].h4`, known, 0),
        shows(`${DIALOG} [name=bad_count].text-danger`, bad, 0),
        sees(`${DIALOG} .nav-link[name=bad]`, "What is wrong is named"),
        click(`${DIALOG} button[name=action_import]`),
        sees(`${DIALOG} .alert-success`, "It says what was done"),
        click(`${DIALOG} button[name=action_open_matches]`),

        sees(`${rowOf(vendor)} [name=outcome]:contains("New certificate")`),
        click(`${rowOf(vendor)} button[name=action_apply]`),
        sees(`.o_list_view:not(:has(${rowOf(vendor)}))`, "It is done, and gone from the list"),
        click(`${ROW}:first button[name=action_confirm]`, "Confirm one by its name"),
        sees(`${ROW} [name=state]:contains("Confirmed")`),

        ...openMenu("pso_odoo.menu_purchases", "pso_odoo.menu_register_entry"),
        sees(".o_searchview_facet:contains('Nobody Bought from Yet')"),
        ...search(stranger),
        click(`${rowOf(stranger)} button[name=action_make_vendor]`),
        sees(`.o_form_view [name=name] :value("${stranger}"), .o_form_view:contains("${stranger}")`),
        sees(".o_form_view .o_form_sheet", "The vendor is there"),
    ];
});
