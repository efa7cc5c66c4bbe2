import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useInSight } from "../in_sight";

import { Component, useRef, useState } from "@odoo/owl";

/**
 * What the next level costs least, of what the company has costs for. The solver says so
 * when who may ask it looks.
 */
export class NextStep extends Component {
    static template = "pso_odoo.NextStep";
    static props = { data: Object };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.rootRef = useRef("root");
        this.state = useState({ step: false });
        useInSight(
            this.rootRef,
            () => this.load(),
            () => [this.props.data]
        );
    }

    get start() {
        const { period, company } = this.props.data;
        return [period, company.id];
    }

    async load() {
        this.state.step =
            this.props.data.can.manager &&
            (await this.keepLast.add(
                this.orm.silent.call("pso.dashboard", "next_best_step", this.start)
            ));
    }

    async ask() {
        return this.action.doAction(await this.orm.call("pso.dashboard", "action_ask", this.start));
    }

    fillIn() {
        return this.action.doAction("pso_odoo.pso_cost_action");
    }
}
