import { expect, test } from "@odoo/hoot";
import {
    contains,
    defineModels,
    fields,
    models,
    mountView,
} from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";

class Rule extends models.Model {
    _name = "pso.rule";

    weight = fields.Float();

    _records = [{ id: 1, weight: 0.25 }];
}

class Edition extends models.Model {
    _name = "pso.edition";

    rule_ids = fields.One2many({ relation: "pso.rule" });

    _records = [{ id: 7, rule_ids: [1] }];
}

defineMailModels();
defineModels([Rule, Edition]);

const FORM = {
    type: "form",
    resModel: "pso.edition",
    resId: 7,
    arch: `
        <form>
            <field name="rule_ids" widget="pso_rules">
                <list editable="bottom"><field name="weight"/></list>
            </field>
        </form>`,
};

test("a rule goes after a question alone", async () => {
    await mountView(FORM);
    await contains(".o_list_record_remove").click();
    expect(".modal .modal-title").toHaveText("Delete this rule?");
    await contains(".modal .btn-secondary").click();
    expect(".o_data_row").toHaveCount(1);
    await contains(".o_list_record_remove").click();
    await contains(".modal .btn-primary").click();
    expect(".o_data_row").toHaveCount(0);
});

test("a row that was never saved goes without one", async () => {
    await mountView(FORM);
    await contains(".o_field_x2many_list_row_add a").click();
    expect(".o_data_row").toHaveCount(2);
    await contains(".o_data_row:eq(1) .o_list_record_remove").click();
    expect(".modal").toHaveCount(0);
    expect(".o_data_row").toHaveCount(1);
});
