import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { formatAmount, formatDay } from "../format";
import { keepsRecords } from "./rights";

import { Component, useState } from "@odoo/owl";

const SEVERITIES = {
    error: { icon: "fa-times-circle text-danger", name: _t("Error") },
    warning: { icon: "fa-exclamation-triangle text-warning", name: _t("Warning") },
    info: { icon: "fa-info-circle text-info", name: _t("Information") },
};

/** What to do: open checks, people and certificates that end, vendors worth asking. */
export class ToDo extends Component {
    static template = "pso_odoo.ToDo";
    static props = { data: Object, details: Object, open: Function };

    setup() {
        Object.assign(this, { formatAmount, formatDay });
        this.severities = SEVERITIES;
        this.ui = useState(useService("ui"));
    }

    get checks() {
        const order = Object.keys(SEVERITIES);
        return this.props.details.checks.lines.toSorted(
            (a, b) => order.indexOf(a.severity) - order.indexOf(b.severity)
        );
    }

    /** Who keeps no records can mend nothing: a number is enough, and who can. */
    get mends() {
        return keepsRecords(this.props.data);
    }

    get menders() {
        return [...new Set(this.checks.map((check) => check.mended_by).filter(Boolean))];
    }

    /** How many checks are open, by how serious they are. */
    get numbers() {
        const lines = this.props.details.checks.lines;
        return Object.entries(SEVERITIES)
            .map(([key, { name }]) => ({
                name,
                number: lines.filter(({ severity }) => severity === key).length,
            }))
            .filter(({ number }) => number)
            .map(({ name, number }) => `${name}: ${number}`)
            .join(", ");
    }

    get endingTitle() {
        return _t("Stop counting within %(days)s days", { days: this.props.data.ending.days });
    }

    certificateEnd(certificate) {
        const day = formatDay(certificate.date_end);
        return certificate.date_end < luxon.DateTime.local().toISODate()
            ? _t("ended %(day)s", { day })
            : _t("until %(day)s", { day });
    }
}
