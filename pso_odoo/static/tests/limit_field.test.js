import { expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { defineModels, fields, models, mountView } from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";

class Rule extends models.Model {
    _name = "pso.rule";

    months = fields.Integer();

    _records = [
        { id: 1, months: 0 },
        { id: 2, months: 60 },
    ];
}

defineMailModels();
defineModels([Rule]);

test("no limit is no zero", async () => {
    const arch = /* xml */ `<list><field name="months" widget="pso_limit"/></list>`;
    await mountView({ type: "list", resModel: "pso.rule", arch });
    expect(queryAllTexts(".o_data_row td[name=months]")).toEqual(["–", "60"]);
});
