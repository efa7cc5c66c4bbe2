import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

import { status } from "@odoo/owl";

import { CogFormController, cogFormView } from "./cog_form";

// Buttons whose work takes long, and the action that each starts in place of a request.
const LONG_ACTIONS = { action_lock: "pso_odoo.lock_measurement" };

export class MeasurementFormController extends CogFormController {
    async beforeExecuteActionButton(clickParams) {
        const proceeds = await super.beforeExecuteActionButton(clickParams);
        const tag = LONG_ACTIONS[clickParams.name];
        if (proceeds === false || !tag) {
            return proceeds;
        }
        if (!(await this.isConfirmed(this.model.root.data.lock_question))) {
            return false;
        }
        await this.env.services.action.doAction({
            type: "ir.actions.client",
            tag,
            params: { measurement_id: this.model.root.resId },
        });
        // The user may have gone on to something else meanwhile.
        if (status(this) !== "destroyed") {
            await this.model.load();
        }
        return false;
    }

    /** Asks what is known of this record alone: what is still open. */
    isConfirmed(body) {
        if (!body) {
            return true;
        }
        return new Promise((resolve) => {
            this.dialogService.add(
                ConfirmationDialog,
                { body, confirmLabel: _t("Lock"), confirm: () => resolve(true), cancel: () => resolve(false) },
                { onClose: () => resolve(false) }
            );
        });
    }
}

registry.category("views").add("pso_measurement_form", {
    ...cogFormView,
    Controller: MeasurementFormController,
});
