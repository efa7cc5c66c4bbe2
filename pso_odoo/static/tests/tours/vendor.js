import { addTour, click, isNow, sees, type } from "./helpers";

const PDF = "%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n";
const MB = 1024 * 1024;
const FIELD = "form#answer";
const TICK = "[name=check_ids] td[name=is_seen] input";

/** Of a page without a web client: the answer of a form is a new page. */
const send = (button) => ({ ...click(button), expectUnloadPage: true });
const fill = (name, value) => ({
    content: `Fill in ${name}`,
    trigger: `${FIELD} [name=${name}]`,
    run: `edit ${value}`,
});

// A browser writes a date as its user reads it, and sends it in one way.
const fillDate = (name, value) => ({
    content: `Fill in ${name}`,
    trigger: `${FIELD} [name=${name}]`,
    run({ anchor }) {
        anchor.value = value;
    },
});

const attach = (content, name, bytes) => ({
    content,
    trigger: "#files",
    run({ anchor }) {
        const files = new DataTransfer();
        files.items.add(new File([bytes], name, { type: "application/pdf" }));
        anchor.files = files.files;
        anchor.dispatchEvent(new Event("change", { bubbles: true }));
    },
});

// Where the test has put axe-core.
const AXE = "/pso_test/axe.js";
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** A step that has axe-core judge the page that is there. */
const isAccessible = (content) => ({
    content,
    trigger: ".o_pso_vendor",
    async run() {
        const answer = await fetch(AXE);
        (0, eval)(await answer.text());
        const found = await window.axe.run(".o_pso_vendor", { runOnly: TAGS });
        if (found.violations.length) {
            throw new Error(JSON.stringify(found.violations.map(({ id, nodes }) => [id, nodes[0].html])));
        }
    },
});

/** A vendor of whom all is known says with one click that it is still right. */
addTour("pso_odoo.vendor_unchanged", () => [
    sees(".o_pso_vendor .o_pso_valid", "The certificate is valid"),
    isAccessible("The page, with what is known"),
    send("button[value=unchanged]"),
    sees(".o_pso_vendor .alert-success", "The answer has come in"),
    isAccessible("The page, with an answer"),
]);

/** Another vendor sends a new paper; a mistake is mended first. */
addTour("pso_odoo.vendor_paper", () => [
    click("#kind_pso"),
    {
        content: "The level",
        trigger: `${FIELD} [name=level]`,
        run: "select step3",
    },
    fill("number", "PSO-TOUR"),
    fillDate("date_start", odoo.psoTour?.start),
    fillDate("date_end", odoo.psoTour?.end),
    fill("company_registry", "8765"),
    fill("turnover", "1000"),
    fill("fte", "10"),
    fill("direct_percentage", "50"),
    send(`${FIELD} button.btn-lg[value=answer]`),
    sees("#company_registry.is-invalid", "The number is too short"),
    sees(`${FIELD} [name=number]:value(PSO-TOUR)`, "What was typed is there"),
    isAccessible("The page, with errors"),
    fill("company_registry", "87654321"),
    // The server would answer with a page of its own: it is not sent at all.
    attach("An enormous file", "scan.pdf", new ArrayBuffer(52 * MB)),
    click(`${FIELD} button.btn-lg[value=answer]`),
    sees("#files_error.d-block:contains(scan.pdf):contains(10 MB)", "It is too large"),
    sees(`${FIELD} [name=number]:value(PSO-TOUR)`, "What was typed is still there"),
    isAccessible("The page, with a file that is too large"),
    attach("The certificate", "paper.pdf", PDF),
    sees("#files:not(.is-invalid)", "It is not too large any more"),
    send(`${FIELD} button.btn-lg[value=answer]`),
    sees(".o_pso_vendor .alert-success", "The answer has come in"),
    sees("#kept_0", "The file is there"),
]);

/** Purchase looks at an answer, and verifies it. */
addTour("pso_odoo.answer_verify", () => [
    click(`.o_data_row td[name=partner_id]:contains(${odoo.psoTour?.vendor})`),
    {
        content: "Verifying names what was not looked at",
        trigger: "button[name=action_verify]",
        run: "click",
    },
    click(".modal .modal-footer button", "I see"),
    sees("body:not(:has(.modal)) button[name=action_verify]:enabled", "It has been refused"),
    // Before the ticks: each of them is answered, which closes what is dropped down.
    click("[name=proof_kind] input, [name=proof_kind] select"),
    click(".o_select_menu_item:contains(register)"),
    sees("body:not(:has(.o_select_menu_item))"),
    type("[name=proof_date] input", odoo.psoTour?.day),
    ...Array.from({ length: odoo.psoTour?.checks || 0 }, (_none, number) => [
        click(`${TICK}:not(:checked):not(:disabled):first`, `Tick ${number + 1}`),
        {
            content: "It is ticked",
            trigger: "[name=check_ids]",
            run: ({ waitUntil }) =>
                waitUntil(() => document.querySelectorAll(`${TICK}:checked`).length > number),
        },
    ]).flat(),
    click("button[name=action_verify]"),
    isNow("verified", "It is verified"),
]);
