import { expect, test } from "@odoo/hoot";
import { waitFor } from "@odoo/hoot-dom";
import {
    contains,
    makeMockEnv,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";

import { courseInWords, scenarioCourse } from "@pso_odoo/dashboard/course";
import { NextStep } from "@pso_odoo/dashboard/next_step";
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
        trend: [],
        ending: { ahead: null },
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

// -- the coming months in words ------------------------------------------------

const NORMS = { 2: 4, 3: 7 };

/** A trend of which one month has been, from the totals of each month. */
function course(totals, { ahead = null, name = "total", rows = ROWS } = {}) {
    const trend = totals.map((total, index) => ({
        date: `2027-0${index + 1}-28`,
        total,
        proven: total / 2,
        norms: NORMS,
        is_outlook: index > 0,
    }));
    return courseInWords({ trend, ladder: { rows }, ending: { ahead } }, name).map(String);
}

test("the outlook says the levels and when", async () => {
    await makeMockEnv();
    expect(course([5, 5, 7.5])).toEqual(["Step 3 from March 2027"]);
    expect(course([5, 5.5, 5])).toEqual(["Step 2, at least until March 2027"]);
    expect(course([1, 2])).toEqual(["No level, at least until February 2027"]);
    expect(course([8, 8, 5, 7, 3])).toEqual([
        "back to Step 2 in March 2027",
        "Step 3 from April 2027",
        "no level any more in May 2027",
    ]);
    expect(course([10, 10], { name: "proven" })).toEqual(["Step 2, at least until February 2027"]);
    expect(course([5])).toEqual([]);
});

test("a scenario says the levels and when, and of nobody that he stops", async () => {
    await makeMockEnv();
    const points = [8, 5].map((total, index) => ({
        date: `2027-0${index + 1}-28`,
        total,
        norms: NORMS,
        is_outlook: index > 0,
    }));
    expect(scenarioCourse(points, { rows: ROWS }).map(String)).toEqual([
        "back to Step 2 in February 2027",
    ]);
});

function step(answer, manager = true) {
    onRpc("next_best_step", ({ args }) => {
        expect.step(`asked ${args}`);
        return answer;
    });
    const start = { period: "rolling", company: { id: 7 } };
    return mountWithCleanup(NextStep, {
        props: { data: { ...data({}, { ...NOBODY, manager }), ...start } },
    });
}

test("the next best step is asked for by who coordinates", async () => {
    await step({ text: "Step 3 costs least", has_costs: true });
    await waitFor(".o_pso_next_step h4");
    expect(".o_pso_next_step p").toHaveText("Step 3 costs least");
    expect.verifySteps(["asked rolling,7"]);
});

test("who coordinates is told which costs to fill in", async () => {
    await step({ text: false, has_costs: false });
    await waitFor(".o_pso_next_step h4");
    expect(".o_pso_next_step p").toHaveClass("o_pso_muted");
    expect.verifySteps(["asked rolling,7"]);
});

test("others do not ask for the next best step", async () => {
    await step({ text: "Step 3 costs least", has_costs: true }, false);
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    expect(".o_pso_next_step").toHaveCount(1);
    expect(".o_pso_next_step h4").toHaveCount(0);
    expect.verifySteps([]);
});

test("how many have stopped counting is said to who may know", async () => {
    await makeMockEnv();
    const ahead = ["2027-02-03", "2027-03-28", "2027-03-29"];
    expect(course([8, 8, 5], { ahead })).toEqual([
        "back to Step 2 in March 2027: 2 people have stopped counting by then",
    ]);
    expect(course([8, 5], { ahead })).toEqual([
        "back to Step 2 in February 2027: one person has stopped counting by then",
    ]);
    expect(course([8, 8, 5])).toEqual(["back to Step 2 in March 2027"]);
});

test("every tile leads to its rows, or to what there is for who asks", async () => {
    await mount({ proven_level: STEP_3 }, { hr: true, purchase: true, manager: true });
    for (const name of ["direct", "indirect", "proven", "organisation"]) {
        await contains(`.o_pso_tile[name=${name}]`).click();
    }
    expect.verifySteps(["people", "purchases", "missing", "organisation"]);
});

test("who may see totals alone comes to the totals", async () => {
    await mount({ proven_level: STEP_3 });
    for (const name of ["direct", "indirect", "proven", "organisation"]) {
        await contains(`.o_pso_tile[name=${name}]`).click();
    }
    expect.verifySteps(["total", "purchases", "total", "total"]);
});
