import { expect, test } from "@odoo/hoot";
import { manuallyDispatchProgrammaticEvent, queryAll, queryOne } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import {
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import { localization } from "@web/core/l10n/localization";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";

const norm = (percentage, is_confirmed = false) => ({ percentage, is_confirmed, source: "Manual" });

class Edition extends models.Model {
    _name = "pso.edition";

    norm_levels = fields.Json();
    norm_table = fields.Json();

    _records = [
        {
            id: 7,
            norm_levels: [
                { id: 1, name: "Step 1" },
                { id: 2, name: "Step 2" },
            ],
            norm_table: [
                { size: 2, cells: { 1: norm(21.4), 2: norm(30) } },
                { size: 5, cells: { 1: norm(12.6, true) } },
            ],
        },
    ];
}

defineMailModels();
defineModels([Edition]);

function mount() {
    onRpc("pso.edition", "web_save", ({ args }) => {
        expect.step(args[1].norm_table);
    });
    return mountView({
        type: "form",
        resModel: "pso.edition",
        resId: 7,
        arch: `<form><field name="norm_table" widget="pso_norm_table"/></form>`,
    });
}

async function paste(input, text) {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", text);
    await manuallyDispatchProgrammaticEvent(input, "paste", { clipboardData });
    await animationFrame();
}

const values = (selector) => queryAll(selector).map((input) => input.value);
const save = () => contains(".o_form_button_save").click();

test("sizes stand under each other, levels beside each other", async () => {
    await mount();
    expect(values(".o_pso_size")).toEqual(["2", "5"]);
    expect(values(".o_pso_norm")).toEqual(["21.4", "30", "12.6", ""]);
    expect("td.fst-italic").toHaveCount(2);
});

test("a cell is typed, and another one emptied", async () => {
    await mount();
    await contains(".o_pso_norm:eq(3)").edit("15.5");
    await contains(".o_pso_norm:eq(1)").edit("");
    await save();
    expect.verifySteps([
        [
            { size: 2, cells: { 1: norm(21.4) } },
            {
                size: 5,
                cells: {
                    1: norm(12.6, true),
                    2: { is_confirmed: false, source: false, percentage: 15.5 },
                },
            },
        ],
    ]);
});

test("a block is pasted from a spreadsheet, with its header", async () => {
    await mount();
    await paste(queryOne(".o_pso_size:eq(1)"), "Size\tA\tB\r\n5\t11%\t16.25\r\n10\t7\t\r\n");
    expect(values(".o_pso_size")).toEqual(["2", "5", "10"]);
    expect(values(".o_pso_norm")).toEqual(["21.4", "30", "11", "16.25", "7", ""]);
});

test("a decimal comma is one where Odoo is not Dutch, and a point where it is", async () => {
    await mount();
    await paste(queryOne(".o_pso_norm:eq(0)"), "5,5\t12,75\n6.25\t0,0625");
    expect(values(".o_pso_norm")).toEqual(["5.5", "12.75", "6.25", "0.0625"]);
    patchWithCleanup(localization, { decimalPoint: ",", thousandsSep: "." });
    await paste(queryOne(".o_pso_norm:eq(0)"), "5.5\t12,75\n6,25\t1.250");
    expect(values(".o_pso_norm")).toEqual(["5,5", "12,75", "6,25", "1.250"]);
});

test("of a block with a word in it, or too wide, nothing is taken over", async () => {
    await mount();
    await paste(queryOne(".o_pso_norm:eq(0)"), "1\t2\n3\tunknown");
    await paste(queryOne(".o_pso_norm:eq(0)"), "1\t2\t3\n4\t5\t6");
    expect(".o_notification").toHaveCount(2);
    expect(values(".o_pso_norm")).toEqual(["21.4", "30", "12.6", ""]);
});

test("a word is no norm", async () => {
    await mount();
    await contains(".o_pso_norm:eq(0)").edit("many");
    expect(".o_notification").toHaveText(/“many” is no number/);
});

test("norms are confirmed per level, or all at once", async () => {
    await mount();
    await contains("[data-confirm='1']").click();
    expect("td.fst-italic").toHaveCount(1);
    expect("[data-confirm='1']").toHaveCount(0);
    await contains("[name=confirm_all]").click();
    expect("td.fst-italic").toHaveCount(0);
    expect("[name=confirm_all]").toHaveCount(0);
    expect("tfoot").toHaveCount(0);
});

test("a size goes after a question, an empty row without", async () => {
    await mount();
    await contains("[name=add_size]").click();
    expect(".o_pso_size").toHaveCount(3);
    await contains("button[title='Delete this size']:eq(2)").click();
    expect(".o_pso_size").toHaveCount(2);
    await contains("button[title='Delete this size']:eq(0)").click();
    await contains(".modal .btn-primary").click();
    expect(values(".o_pso_size")).toEqual(["5"]);
});

test("the source of a cell is shown and changed", async () => {
    await mount();
    await contains(".o_pso_norm:eq(2)").click();
    expect(".o_pso_norm_source label:first").toHaveText("Source of Step 1 at 5 fte");
    await contains("#pso_norm_source").edit("Portal");
    await save();
    const cells = { 1: { ...norm(12.6, true), source: "Portal" } };
    expect.verifySteps([
        [
            { size: 2, cells: { 1: norm(21.4), 2: norm(30) } },
            { size: 5, cells },
        ],
    ]);
});
