import { registry } from "@web/core/registry";
import { FormController } from "@web/views/form/form_controller";
import { formView } from "@web/views/form/form_view";

import { status } from "@odoo/owl";

// Buttons whose work takes long, and the action that each starts in place of a request.
const LONG_ACTIONS = { action_lock: "pso_odoo.lock_measurement" };

export class MeasurementFormController extends FormController {
    async beforeExecuteActionButton(clickParams) {
        const proceeds = await super.beforeExecuteActionButton(clickParams);
        const tag = LONG_ACTIONS[clickParams.name];
        if (proceeds === false || !tag) {
            return proceeds;
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
}

registry.category("views").add("pso_measurement_form", {
    ...formView,
    Controller: MeasurementFormController,
});
