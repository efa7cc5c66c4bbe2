import { expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { mountWithCleanup } from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";

import { Ladder } from "@pso_odoo/ladder/ladder";

defineMailModels();

const ROW = { percentage: null, has_norms: true, text: "" };

async function mountLadder(ladder) {
    await mountWithCleanup(Ladder, {
        props: {
            ladder: {
                ...{ direct: 10, counted: 2, total: 12, proven_total: 10 },
                ...{ rows: [], level: false, next_level: false },
                ...ladder,
            },
        },
    });
}

test("that a level has no norm at this size is said, whatever the server writes for it", async () => {
    await mountLadder({
        rows: [
            { ...ROW, id: 1, name: "One", text: "-" },
            { ...ROW, id: 2, name: "Two", text: "–", has_norms: false },
        ],
    });
    expect(queryAllTexts(".o_pso_ladder_unknown span")).toEqual([
        "One: no norm at this size",
        "Two: norm unknown",
    ]);
});

test("levels up to the one reached are marked, and the next one is the aim", async () => {
    const [low, mid, high] = [5, 11, 30].map((percentage, index) => ({
        ...ROW,
        ...{ id: index + 1, name: `Level ${index + 1}`, percentage },
    }));
    await mountLadder({ rows: [low, mid, high], level: mid, next_level: high });
    expect(queryAllTexts(".o_pso_ladder_label > .o_pso_ladder_name")).toEqual([
        "Level 3",
        "Level 2",
        "Level 1",
    ]);
    expect(".o_pso_ladder_label.o_pso_reached").toHaveCount(2);
    expect(".o_pso_ladder_label.fw-bold > .o_pso_ladder_name").toHaveText("Level 2");
    expect(".o_pso_ladder_label:has(.fa-flag) > .o_pso_ladder_name").toHaveText("Level 3");
});
