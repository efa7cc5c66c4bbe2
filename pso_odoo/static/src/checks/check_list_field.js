import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { X2ManyField, x2ManyField } from "@web/views/fields/x2many/x2many_field";

/** Checks of a measurement: a click leads to what one found, never to a form of itself. */
export class CheckListField extends X2ManyField {
    setup() {
        super.setup();
        this.actionService = useService("action");
    }

    async openRecord({ resModel, resId, context }) {
        await this.actionService.doActionButton({
            name: "action_open",
            type: "object",
            resModel,
            resId,
            resIds: [resId],
            context,
        });
    }
}

registry.category("fields").add("pso_checks", { ...x2ManyField, component: CheckListField });
