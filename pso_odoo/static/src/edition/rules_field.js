import { _t } from "@web/core/l10n/translation";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { X2ManyField, x2ManyField } from "@web/views/fields/x2many/x2many_field";
import { ListRenderer } from "@web/views/list/list_renderer";

/** Rows that figures rest on: one that is saved goes after a question alone. */
export class RulesRenderer extends ListRenderer {
    setup() {
        super.setup();
        this.dialog = useService("dialog");
    }

    async onDeleteRecord(record) {
        if (!record.resId) {
            return super.onDeleteRecord(record);
        }
        this.dialog.add(ConfirmationDialog, {
            title: _t("Delete this rule?"),
            body: _t("Without it what it is about counts for nothing, once you save."),
            confirmLabel: _t("Delete"),
            confirm: () => super.onDeleteRecord(record),
            cancel: () => {},
        });
    }
}

export class RulesField extends X2ManyField {
    static components = { ...X2ManyField.components, ListRenderer: RulesRenderer };
}

registry.category("fields").add("pso_rules", { ...x2ManyField, component: RulesField });
