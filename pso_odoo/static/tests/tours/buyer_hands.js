import { addTour, choose, click, save, sees, type } from "./helpers";

const vendor = "[name=partner_id]";
const badge =
    ".o-autocomplete--dropdown-item:contains('Tour Green') .o_badge:contains('PSO')";

/** A vendor in a category where a certified one is expected, and a better one. */
addTour("pso_odoo.buyer_hands", () => [
    {
        content: "The drop-down says who is certified",
        trigger: `${vendor} input`,
        run: "edit Tour Green",
    },
    click(badge, "The badge is there, of the vendor that was meant"),
    sees(`${vendor} input:value("Tour Green")`),
    ...choose(vendor, "Tour Plain"),
    click("[name=order_line] .o_field_x2many_list_row_add > :first-child"),
    ...choose("[name=order_line] .o_selected_row [name=product_id]", "Tour Soap"),
    ...save(),
    sees("[name=pso_expected_note]:contains('Tour Soap')"),
    sees("[name=pso_hint_vendor_links] a:contains('Tour Green')"),
    click("button[name=button_confirm]:visible"),
    sees(".modal:contains('Tour Cleaning')", "It is asked why"),
    click(".modal .modal-footer .btn-primary"),
    sees("body:not(:has(.modal))"),
    type("[name=pso_reason] input", "Nobody else delivers"),
    ...save(),
    sees("[name=pso_reason_user_id]"),
    click("button[name=action_pso_compare]:visible"),
    sees(".o_data_row:contains('Tour Plain') [name=price_unit]:contains('8')"),
    click(".o_data_row:contains('Tour Green') button[name=action_choose]"),
    click(".modal .modal-footer .btn-primary", "Yes, this one"),
    sees(".o_notification:contains('Tour Green')", "It says what has changed"),
    sees(`.o_form_view ${vendor} input:value('Tour Green')`),
    sees("body:not(:has([name=pso_expected_note]))"),
    click("button[name=button_confirm]:visible"),
    sees(".o_statusbar_status [data-value=purchase].o_arrow_button_current"),
]);
