import { expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import {
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";

class Paper extends models.Model {
    _name = "pso.paper";

    name = fields.Char();
    state = fields.Char();

    _records = [
        { id: 1, name: "Draft", state: "draft" },
        { id: 2, name: "Sealed", state: "sealed" },
    ];
    _views = {
        form: /* xml */ `
            <form js_class="pso_cog_form">
                <header>
                    <button name="action_next" type="object" string="Next" class="btn-primary"/>
                    <button name="action_copy_out" type="object" string="Copy Out"
                        class="o_pso_in_menu" context="{'of': state}"/>
                    <button name="action_break" type="object" string="Break the Seal"
                        class="o_pso_in_menu" invisible="state != 'sealed'" confirm="Break it?"/>
                </header>
                <field name="name"/>
                <field name="state"/>
            </form>`,
    };
}

defineMailModels();
defineModels([Paper]);

const COG = ".o_cp_action_menus button:has(.fa-cog)";
const ITEMS = ".o-dropdown--menu .o_menu_item";

async function open(resId) {
    await mountView({ type: "form", resModel: "pso.paper", resId, actionMenus: {} });
}

test("what is used less is under the cog and not in the header", async () => {
    await open(1);
    expect(queryAllTexts(".o_statusbar_buttons button")).toEqual(["Next"]);
    await contains(COG).click();
    expect(queryAllTexts(ITEMS)).toInclude("Copy Out");
    expect(queryAllTexts(ITEMS)).not.toInclude("Break the Seal");
});

test("it saves first, and has the context of the button", async () => {
    onRpc("pso.paper", "web_save", ({ args }) => expect.step(`save ${args[1].name}`));
    onRpc("pso.paper", "action_copy_out", ({ args, kwargs }) => {
        expect.step(`copy ${args[0]} ${kwargs.context.of}`);
        return false;
    });
    await open(1);
    await contains("[name=name] input").edit("Better");
    await contains(COG).click();
    await contains(`${ITEMS}:contains(Copy Out)`).click();
    expect.verifySteps(["save Better", "copy 1 draft"]);
});

test("it asks where the button asks", async () => {
    onRpc("pso.paper", "action_break", () => {
        expect.step("break");
        return false;
    });
    await open(2);
    await contains(COG).click();
    await contains(`${ITEMS}:contains(Break the Seal)`).click();
    expect(".modal-body").toHaveText("Break it?");
    expect.verifySteps([]);
    await contains(".modal .btn-primary").click();
    expect.verifySteps(["break"]);
});
