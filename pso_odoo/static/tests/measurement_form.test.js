import { beforeEach, expect, test } from "@odoo/hoot";
import { advanceTime, animationFrame, Deferred } from "@odoo/hoot-mock";
import {
    contains,
    defineModels,
    fields,
    getService,
    MockServer,
    models,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";

import { WebClient } from "@web/webclient/webclient";

class Measurement extends models.Model {
    _name = "pso.measurement";

    name = fields.Char();
    state = fields.Char();

    _records = [{ id: 7, name: "2025", state: "live" }];
    _views = {
        form: /* xml */ `
            <form js_class="pso_measurement_form">
                <header>
                    <button name="action_lock" type="object" string="Lock"/>
                    <button name="action_unlock" type="object" string="Unlock"/>
                </header>
                <field name="name"/>
                <field name="state"/>
            </form>`,
        list: /* xml */ `<list><field name="name"/></list>`,
    };
}

defineMailModels();
defineModels([Measurement]);

const MEASUREMENT = {
    type: "ir.actions.act_window",
    res_model: "pso.measurement",
    res_id: 7,
    views: [[false, "form"]],
};
const LIST = { ...MEASUREMENT, res_id: false, views: [[false, "list"]] };

beforeEach(async () => {
    await mountWithCleanup(WebClient);
    await getService("action").doAction(MEASUREMENT);
});

test("locking shows how far it is, and then the measurement as it is locked", async () => {
    const locked = new Deferred();
    onRpc("pso.measurement", "action_lock", async ({ args }) => {
        expect.step(`lock ${args[0]}`);
        await locked;
        MockServer.env["pso.measurement"].write(args[0], { state: "locked" });
        return true;
    });
    await contains("button[name=action_lock]").click();
    await advanceTime(2000);
    expect(".o_pso_progress .fw-bolder").toHaveText("Locking the measurement");
    expect("button[name=action_lock]").not.toBeEnabled();
    expect.verifySteps(["lock 7"]);
    locked.resolve();
    await animationFrame();
    await animationFrame();
    expect(".o_pso_progress").toHaveCount(0);
    expect("button[name=action_lock]").toBeEnabled();
    expect("[name=state] input").toHaveValue("locked");
});

test("who leaves the form meanwhile is told until it is locked, and left alone then", async () => {
    const locked = new Deferred();
    onRpc("pso.measurement", "action_lock", async () => {
        await locked;
        return true;
    });
    await contains("button[name=action_lock]").click();
    await advanceTime(2000);
    await getService("action").doAction(LIST);
    expect(".o_list_view").toHaveCount(1);
    expect(".o_pso_progress").toHaveCount(1);
    onRpc("pso.measurement", "web_read", () => expect.step("read"));
    locked.resolve();
    await animationFrame();
    await animationFrame();
    expect(".o_pso_progress").toHaveCount(0);
    expect(".o_list_view").toHaveCount(1);
    expect.verifySteps([]);
});

test("what was typed is saved first, and locked only if that is accepted", async () => {
    onRpc("pso.measurement", "web_save", ({ args }) => {
        expect.step(`save ${args[1].name}`);
    });
    onRpc("pso.measurement", "action_lock", () => {
        expect.step("lock");
        return true;
    });
    await contains("[name=name] input").edit("Last year");
    await contains("button[name=action_lock]").click();
    await animationFrame();
    expect.verifySteps(["save Last year", "lock"]);
});

test("other buttons are requests as everywhere", async () => {
    onRpc("pso.measurement", "action_unlock", ({ route }) => {
        expect.step(route);
        return false;
    });
    await contains("button[name=action_unlock]").click();
    expect.verifySteps(["/web/dataset/call_button/pso.measurement/action_unlock"]);
});
