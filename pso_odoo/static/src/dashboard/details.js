import { useInSight } from "../in_sight";
import { Breakdown } from "./breakdown";
import { ToDo } from "./to_do";

import { Component, useRef } from "@odoo/owl";

/** What lies below the fold: asked for when somebody gets there. */
export class Details extends Component {
    static template = "pso_odoo.Details";
    static components = { Breakdown, ToDo };
    static props = {
        data: Object,
        details: { type: [Object, { value: null }] },
        error: String,
        load: Function,
        open: Function,
    };

    setup() {
        this.rootRef = useRef("root");
        useInSight(
            this.rootRef,
            () => this.props.load(),
            () => [this.props.data]
        );
    }
}
