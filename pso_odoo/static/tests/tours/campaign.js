import { addTour, click, isNow, openApp, openMenu, save, sees, type } from "./helpers";

/** A buyer starts a campaign: chooses vendors by what it brings, looks, and sends. */
addTour("pso_odoo.campaign_send", () => [
    ...openApp("pso_odoo.menu_root"),
    ...openMenu("pso_odoo.menu_purchases", "pso_odoo.menu_campaign"),
    click(".o_list_button_add"),
    type(".oe_title [name=name] input, .oe_title [name=name] textarea", "Tour Campaign"),
    ...save(),
    click("button[name=action_choose]"),
    sees(".modal [name=sentence]:contains('" + odoo.psoTour?.cover + "')"),
    sees(".modal [name=line_ids] .o_data_row:contains('Tour Big')"),
    sees(".modal [name=line_ids]:not(:contains('Tour Small'))", "The small one is not worth it"),
    type(".modal [name=share] input", "100"),
    sees(".modal [name=line_ids] .o_data_row:contains('Tour Small')", "Unless all are asked"),
    click(
        ".modal [name=line_ids] .o_data_row:contains('Tour Small') .o_list_record_remove button",
        "But not this one"
    ),
    sees(".modal [name=line_ids]:not(:contains('Tour Small'))"),
    click(".modal footer button[name=action_add]"),
    sees("[name=request_ids] .o_data_row:contains('Tour Big')"),
    isNow("draft", "Nothing is sent yet"),
    click("button[name=action_preview]"),
    sees(".modal [name=body]:contains('Tour Big')", "The mail to the first vendor"),
    sees(".modal [name=email_to]:contains('big@example.com')"),
    click(".modal footer button[name=action_send]"),
    sees("body:not(:has(.modal))"),
    isNow("running", "It runs"),
    click("button[name=action_open_requests] [name=answered_count], button[name=action_open_requests]"),
    sees(".o_kanban_group:contains('Tour Big')"),
]);
