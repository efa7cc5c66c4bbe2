import { registry } from "@web/core/registry";
import { FloatField, floatField } from "@web/views/fields/float/float_field";

/**
 * A figure of a measurement: a dash where the measurement was locked by a version of the
 * addon that did not keep it. That is not zero.
 */
export class FigureField extends FloatField {
    get formattedValue() {
        const lacking = this.props.record.data.lacking_figures || [];
        return lacking.includes(this.props.name) ? "–" : super.formattedValue;
    }
}

export const figureField = {
    ...floatField,
    component: FigureField,
    fieldDependencies: [{ name: "lacking_figures", type: "json" }],
};

registry.category("fields").add("pso_figure", figureField);
