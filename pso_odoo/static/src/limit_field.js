import { registry } from "@web/core/registry";
import { IntegerField, integerField } from "@web/views/fields/integer/integer_field";

/** A number of months of which zero says that there is no limit: it is shown as a dash. */
export class LimitField extends IntegerField {
    get formattedValue() {
        return this.props.readonly && !this.value ? "–" : super.formattedValue;
    }
}

registry.category("fields").add("pso_limit", { ...integerField, component: LimitField });
