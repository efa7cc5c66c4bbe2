import { _t } from "@web/core/l10n/translation";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { formatDay, formatPercent } from "../format";
import { useInSight } from "../in_sight";
import { levelAt, scenarioCourse } from "./course";
import { TrendChart } from "./trend_chart";

import { Component, useRef, useState } from "@odoo/owl";

/**
 * Where we are going: the past two years and, from what is known today, the next one;
 * by the scenario that is on the dashboard, too.
 */
export class Outlook extends Component {
    static template = "pso_odoo.Outlook";
    static components = { TrendChart };
    static props = { data: Object, open: { type: Function, optional: true } };

    setup() {
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.rootRef = useRef("root");
        this.state = useState({ scenario: false });
        useInSight(
            this.rootRef,
            () => this.loadScenario(),
            () => [this.props.data]
        );
    }

    async loadScenario() {
        const { company, trend } = this.props.data;
        this.state.scenario =
            Boolean(trend.at(-1)?.is_outlook) &&
            (await this.keepLast.add(
                this.orm.silent.call("pso.dashboard", "scenario_ahead", [company.id])
            ));
    }

    get line() {
        const { scenario } = this.state;
        return scenario && scenario.points.length ? scenario : false;
    }

    /** The months in which the scenario reaches or loses a level. */
    get scenarioCourse() {
        return scenarioCourse(this.line.points, this.props.data.ladder).join("; ");
    }

    get expectation() {
        const point = this.props.data.trend.at(-1);
        return point?.is_outlook
            ? _t("As things stand: %(total)s on %(date)s, %(level)s; on proof alone %(proven)s, %(proven_level)s.", {
                  total: formatPercent(point.total),
                  date: formatDay(point.date),
                  level: this.levelAt(point, point.total),
                  proven: formatPercent(point.proven),
                  proven_level: this.levelAt(point, point.proven),
              })
            : "";
    }

    /** The highest level whose norm at that month's size a percentage reaches. */
    levelAt(point, percentage) {
        const { rows } = this.props.data.ladder;
        return rows[levelAt(point, rows, percentage)]?.name || _t("no level");
    }
}
