import { addTour, click, clickInMenu, lock, sees } from "./helpers";

const CARD = ".o_pso_progress";
const shown = sees(`${CARD} .progress-bar`, "It is being done");
const gone = sees(`body:not(:has(${CARD}))`, "It is done");

/** Export and lock a measurement, both of which take long. */
addTour("pso_odoo.long_work", () => [
    ...clickInMenu("action_export_xlsx"),
    shown,
    gone,
    ...lock(shown),
    gone,
]);

/** A workbook that is refused halfway is a dialog on the page. */
addTour("pso_odoo.long_work_refused", () => [
    ...clickInMenu("action_export_xlsx"),
    shown,
    sees(`.modal:contains("${odoo.psoTour?.message}")`, "It says why"),
    gone,
    click(".modal .modal-footer .btn-primary", "Close the dialog"),
    sees("body:not(:has(.modal)) button[name=action_lock]:enabled"),
]);

/** Work that is done in no time shows nothing. */
addTour("pso_odoo.short_work", () => [
    {
        content: "Watch for the card",
        trigger: "button[name=action_lock]",
        run: () => {
            const watch = () => {
                if (document.querySelector(CARD)) {
                    console.error("Short work was shown");
                }
            };
            new MutationObserver(watch).observe(document.body, {
                childList: true,
                subtree: true,
            });
        },
    },
    ...clickInMenu("action_export_xlsx"),
    sees("button[name=action_lock]:enabled", "It is done"),
]);
