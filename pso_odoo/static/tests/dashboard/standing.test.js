import { expect, test } from "@odoo/hoot";
import { contains, makeMockEnv, mountWithCleanup } from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";

import { Outlook } from "@pso_odoo/dashboard/outlook";
import { Standing } from "@pso_odoo/dashboard/standing";

defineMailModels();

const STEP_2 = { id: 2, name: "Step 2", code: "step2" };
const STEP_3 = { id: 3, name: "Step 3", code: "step3" };
const ROWS = [
    { ...STEP_2, percentage: 4, has_norms: true, text: "4.00" },
    { ...STEP_3, percentage: 7, has_norms: true, text: "7.00" },
];
const NOBODY = { hr: false, purchase: false, manager: false };

function data(figures = {}, can = NOBODY) {
    const all = {
        level: STEP_3,
        proven_level: STEP_2,
        next_level: false,
        total_percentage: 8,
        proven_total_percentage: 5.5,
        direct_percentage: 6,
        proven_direct_percentage: 4.5,
        indirect_percentage: 2,
        indirect_counted_percentage: 2,
        direct_fte: 3,
        indirect_fte: 1,
        total_fte: 50,
        gap_percentage: 0,
        is_complete: true,
        is_level_certain: true,
        is_pso30: false,
        ...figures,
    };
    return {
        can,
        figures: all,
        has_corrections: false,
        gap: { amount: null, suppliers: [] },
        ladder: {
            rows: ROWS,
            direct: all.direct_percentage,
            counted: all.indirect_counted_percentage,
            total: all.total_percentage,
            proven_total: all.proven_total_percentage,
            level: all.level,
            next_level: all.next_level,
        },
    };
}

function mount(...args) {
    const open = (what) => expect.step(what);
    return mountWithCleanup(Standing, { props: { data: data(...args), open } });
}

test("a level that is not proven is not the top", async () => {
    await mount();
    expect(".o_pso_gap h3").toHaveText("The highest level, not proven");
    expect(".o_pso_gap").not.toHaveText(/The highest level is reached/);
    expect(".o_pso_proven_level").toHaveText("Proven: Step 2");
    expect(".o_pso_unproven").toHaveText(
        /Step 3 as counted, Step 2 on proof alone: 2\.50 points .* \(1\.50 direct, 1\.00 indirect\)/
    );
});

test("a lower level that is not proven says both too", async () => {
    await mount({
        level: STEP_2,
        proven_level: false,
        next_level: STEP_3,
        total_percentage: 5,
        proven_total_percentage: 1,
    });
    expect(".o_pso_proven_level").toHaveText("Proven: Below the norms");
    expect(".o_pso_unproven").toHaveText(/Step 2 as counted, no level on proof alone/);
});

test("a level that is proven is the top", async () => {
    await mount({ proven_level: STEP_3, proven_total_percentage: 7.5 });
    expect(".o_pso_gap h3").toHaveText("At the top");
    expect(".o_pso_gap").toHaveText(/The highest level is reached: 1\.00 points/);
    expect(".o_pso_unproven, .o_pso_proven_level").toHaveCount(0);
});

test("the proof that is missing is found by who may see it", async () => {
    await mount({}, { ...NOBODY, hr: true, purchase: true });
    await contains("[name=unproven_people]").click();
    await contains("[name=unproven_purchases]").click();
    expect.verifySteps(["unproven_people", "unproven_purchases"]);
});

test("others are told who finds it", async () => {
    await mount();
    expect(".o_pso_unproven button").toHaveCount(0);
    expect(".o_pso_unproven").toHaveText(/Who keeps statuses and certificates/);
});

test("the outlook says both levels", async () => {
    await makeMockEnv();
    const point = {
        date: "2027-10-31",
        direct: 5,
        indirect: 2.5,
        total: 7.5,
        proven: 3,
        norms: { 2: 4, 3: 7 },
        is_outlook: true,
        level: 3,
    };
    const outlook = Object.create(Outlook.prototype);
    outlook.props = { data: { ...data(), trend: [point] } };
    expect(String(outlook.expectation)).toMatch(/Step 3; on proof alone 3\.00.*%, no level\.$/);
});
