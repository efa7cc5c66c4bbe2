import { expect, test } from "@odoo/hoot";
import { waitFor } from "@odoo/hoot-dom";
import { Component, useState, xml } from "@odoo/owl";
import { contains, mountWithCleanup } from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";

import { Details } from "@pso_odoo/dashboard/details";

defineMailModels();

const DETAILS = {
    checks: { open: 0, lines: [] },
    certificates: [],
    vendors: [],
    breakdown: { limit: 5, by: [] },
};
const DATA = {
    can: { hr: false, purchase: false, manager: false },
    currency_id: 1,
    ending: { days: 90, found: "0", is_none: true, people: null },
};

/** The page: what it is scrolled to, and what `load` makes of it. */
function page(answer, isFar = false) {
    class Page extends Component {
        static components = { Details };
        static template = xml`
            <div style="height: 300px; overflow: auto">
                <div t-attf-style="height: {{ far }}px" class="head"/>
                <Details
                    data="data"
                    details="state.details"
                    error="state.error"
                    load.bind="load"
                    open="() => {}"
                />
            </div>`;
        static props = {};

        setup() {
            this.data = DATA;
            this.far = isFar ? 2000 : 0;
            this.state = useState({ details: null, error: "" });
        }

        load() {
            expect.step("asked");
            Object.assign(this.state, { error: "", ...answer() });
        }
    }
    return mountWithCleanup(Page);
}

const frames = () =>
    new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));

test("what is below the fold is asked for when somebody gets there", async () => {
    await page(() => ({ details: DETAILS }), true);
    await frames();
    expect.verifySteps([]);
    document.querySelector(".o_pso_awaited").scrollIntoView();
    await waitFor(".o_pso_checks");
    expect(".o_pso_awaited").toHaveCount(0);
    expect.verifySteps(["asked"]);
});

test("what could not be asked for is said in its place, and asked again", async () => {
    const answers = [{ error: "No connection" }, { details: DETAILS }];
    await page(() => answers.shift());
    await waitFor(".alert");
    expect(".alert .flex-grow-1").toHaveText("No connection");
    await contains(".alert button").click();
    await waitFor(".o_pso_checks");
    expect(".alert").toHaveCount(0);
    expect.verifySteps(["asked", "asked"]);
});

test("what was kept of no night yet has nothing below the fold", async () => {
    await page(() => ({ details: {} }));
    await frames();
    expect(".o_pso_awaited").toHaveCount(0);
    expect(".o_pso_to_do").toHaveCount(0);
    expect.verifySteps(["asked"]);
});
