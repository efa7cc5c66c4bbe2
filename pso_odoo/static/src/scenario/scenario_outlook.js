import { registry } from "@web/core/registry";
import { _t } from "@web/core/l10n/translation";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { scenarioCourse } from "../dashboard/course";
import { TrendChart } from "../dashboard/trend_chart";
import { useInSight } from "../in_sight";

import { Component, useRef, useState } from "@odoo/owl";

/**
 * The coming year of a scenario as it is saved, beside what comes as things stand: asked
 * for when it comes into sight, and again when the scenario is saved.
 */
export class ScenarioOutlook extends Component {
    static template = "pso_odoo.ScenarioOutlook";
    static components = { TrendChart };
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.rootRef = useRef("root");
        this.state = useState({ told: null });
        useInSight(
            this.rootRef,
            () => this.load(),
            () => [this.props.record.resId, this.props.record.dirty]
        );
    }

    async load() {
        const { resId, dirty } = this.props.record;
        if (resId && !dirty) {
            this.state.told = await this.keepLast.add(
                this.orm.call("pso.scenario", "outlook", [[resId]])
            );
        }
    }

    get told() {
        return this.state.told;
    }

    get scenario() {
        return { name: this.props.record.data.name, points: this.told.scenario };
    }

    get course() {
        return scenarioCourse(this.told.scenario, this.told.ladder).join("; ");
    }

    get anyway() {
        return scenarioCourse(this.told.trend, this.told.ladder).join("; ");
    }

    get isOutdated() {
        return this.props.record.dirty;
    }

    get waiting() {
        return this.isOutdated ? _t("Save to see the coming year.") : "";
    }
}

registry.category("view_widgets").add("pso_scenario_outlook", { component: ScenarioOutlook });
