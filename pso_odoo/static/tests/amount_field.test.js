import { expect, test } from "@odoo/hoot";
import {
    defineModels,
    fields,
    models,
    mountView,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";

import { currencies } from "@web/core/currency";

const EURO = 1; // of the records of the mock server

class Gap extends models.Model {
    _name = "pso.gap";

    amount = fields.Float();
    currency_id = fields.Many2one({ relation: "res.currency", default: EURO });

    _records = [{ id: 1, amount: 12345.67, currency_id: EURO }];
}

defineMailModels();
defineModels([Gap]);

test("an estimate has no cents, and is typed as any amount", async () => {
    patchWithCleanup(currencies, {
        [EURO]: { symbol: "€", position: "before", digits: [69, 2] },
    });
    const arch = /* xml */ `
        <form>
            <field name="currency_id" invisible="1"/>
            <field name="amount" widget="pso_amount" class="read" readonly="1"/>
            <field name="amount" widget="pso_amount" class="typed"/>
        </form>`;
    await mountView({ type: "form", resModel: "pso.gap", resId: 1, arch });
    expect(".read[name=amount]").toHaveText("€ 12,346");
    expect(".typed[name=amount] input").toHaveValue("12,345.67");
});
