import { registry } from "@web/core/registry";
import { MonetaryField, monetaryField } from "@web/views/fields/monetary/monetary_field";
import { WHOLE } from "./format";

/** An estimate of what to buy, in the form as on the dashboard: without cents. */
export class AmountField extends MonetaryField {
    get currencyDigits() {
        return this.props.readonly ? WHOLE : super.currencyDigits;
    }
}

registry.category("fields").add("pso_amount", { ...monetaryField, component: AmountField });
