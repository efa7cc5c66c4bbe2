import { _t } from "@web/core/l10n/translation";
import { formatDay, formatPercent } from "../format";
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
            ? _t("As things stand: %(total)s on %(date)s.", {
                  total: formatPercent(point.total),
                  date: formatDay(point.date),
              })
            : "";
    }
}
