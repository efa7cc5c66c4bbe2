import { _t } from "@web/core/l10n/translation";
import { formatDay, formatPercent } from "../format";
import { levelAt } from "./course";
import { TrendChart } from "./trend_chart";

import { Component } from "@odoo/owl";

/** Where we are going: the past two years and, from what is known today, the next one. */
export class Outlook extends Component {
    static template = "pso_odoo.Outlook";
    static components = { TrendChart };
    static props = { data: Object };

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
