import { _t } from "@web/core/l10n/translation";
import { formatNumber, formatRounded } from "../format";

import { Component } from "@odoo/owl";

/** The direct contribution by part of the company, as far as it betrays nobody. */
export class Breakdown extends Component {
    static template = "pso_odoo.Breakdown";
    static props = { breakdown: Object };

    setup() {
        Object.assign(this, { formatNumber, formatRounded });
    }

    /** The width of a bar: the largest share is the whole width. */
    width(row, rows) {
        const largest = Math.max(...rows.map(({ share }) => share));
        return largest ? (100 * row.share) / largest : 0;
    }

    get note() {
        return _t("Groups of fewer than %(limit)s people are not shown on their own.", {
            limit: this.props.breakdown.limit,
        });
    }
}
