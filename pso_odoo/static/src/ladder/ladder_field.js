import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Ladder } from "./ladder";

import { Component } from "@odoo/owl";

/** The ladder of a measurement in its form; nothing while there is no measurement. */
export class LadderField extends Component {
    static template = "pso_odoo.LadderField";
    static components = { Ladder };
    static props = { ...standardFieldProps };

    get ladder() {
        return this.props.record.data[this.props.name];
    }
}

export const ladderField = {
    component: LadderField,
    supportedTypes: ["json"],
};

registry.category("fields").add("pso_ladder", ladderField);
