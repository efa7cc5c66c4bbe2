import { beforeEach, expect, test } from "@odoo/hoot";
import { advanceTime, animationFrame, Deferred } from "@odoo/hoot-mock";
import { getService, MockServer, mountWithCleanup } from "@web/../tests/web_test_helpers";
import { waitForChannels, waitNotifications } from "@bus/../tests/bus_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";

import { MainComponentsContainer } from "@web/core/main_components_container";

defineMailModels();

const SECOND = 1000;
const CHANNEL = "me";
const MESSAGE = "pso_odoo.progress";
let progress;

beforeEach(async () => {
    await mountWithCleanup(MainComponentsContainer);
    getService("bus_service").addChannel(CHANNEL);
    await waitForChannels([CHANNEL]);
    progress = getService("pso_progress");
});

/** Has the server say how far it is. */
async function tell(measurement_id, label, share) {
    const payload = { measurement_id, label, share };
    MockServer.env["bus.bus"]._sendone(CHANNEL, MESSAGE, payload);
    await waitNotifications([MESSAGE, payload]);
    await animationFrame();
}

test("short work shows nothing", async () => {
    const done = new Deferred();
    const answer = progress.during(1, "Counting", () => done);
    await advanceTime(0.9 * SECOND);
    done.resolve("counted");
    expect(await answer).toBe("counted");
    await advanceTime(5 * SECOND);
    expect(".o_pso_progress").toHaveCount(0);
});

test("long work shows how far it is, until it is done", async () => {
    const done = new Deferred();
    const answer = progress.during(1, "Counting", () => done);
    await advanceTime(2 * SECOND);
    expect(".o_pso_progress .fw-bolder").toHaveText("Counting");
    expect(".progress").not.toHaveAttribute("aria-valuenow");
    await tell(1, "People", 0.4);
    expect(".o_pso_progress_label").toHaveText("People");
    expect(".progress").toHaveAttribute("aria-valuenow", "40");
    done.resolve();
    await answer;
    await animationFrame();
    expect(".o_pso_progress").toHaveCount(0);
});

test("it never falls back, and is that of its own measurement", async () => {
    const done = new Deferred();
    progress.during(1, "Counting", () => done);
    await advanceTime(2 * SECOND);
    await tell(1, "People", 0.4);
    await tell(1, "Suppliers", 0.3);
    await tell(2, "Seal", 0.9);
    expect(".o_pso_progress_label").toHaveText("Suppliers");
    expect(".progress").toHaveAttribute("aria-valuenow", "40");
    done.resolve();
});

test("a refusal passes through, and nothing stays", async () => {
    const done = new Deferred();
    const answer = progress.during(1, "Counting", () => done);
    await advanceTime(2 * SECOND);
    expect(".o_pso_progress").toHaveCount(1);
    done.reject(new Error("There is no exchange rate."));
    await expect(answer).rejects.toThrow("There is no exchange rate.");
    await animationFrame();
    expect(".o_pso_progress").toHaveCount(0);
});
