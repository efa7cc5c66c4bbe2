import { _t } from "@web/core/l10n/translation";
import { sortBy } from "@web/core/utils/arrays";
import { formatPercent } from "../format";
import { makeScale, spreadLabels } from "./ladder_layout";

import { Component } from "@odoo/owl";

/**
 * Where a score stands among the norms: on one scale the total, split into direct and
 * counted indirect contribution, the proven total beside it, and a rung for each norm.
 */
export class Ladder extends Component {
    static template = "pso_odoo.Ladder";
    static props = {
        ladder: {
            type: Object,
            shape: {
                rows: Array,
                direct: Number,
                counted: Number,
                total: Number,
                // Null where it is not known.
                proven_total: [Number, { value: null }],
                level: [Object, { value: false }],
                next_level: [Object, { value: false }],
                "*": true,
            },
        },
    };

    setup() {
        this.formatPercent = formatPercent;
    }

    get proven() {
        const { proven_total } = this.props.ladder;
        return proven_total === null ? "–" : formatPercent(proven_total);
    }

    get known() {
        return this.props.ladder.rows.filter((row) => row.percentage !== null);
    }

    get unknown() {
        return this.props.ladder.rows.filter((row) => row.percentage === null);
    }

    get scale() {
        const { total, proven_total } = this.props.ladder;
        return makeScale([total, proven_total ?? 0, ...this.known.map((row) => row.percentage)]);
    }

    /** The norms with where their rung and their label are, from high to low. */
    get rungs() {
        const { scale } = this;
        const rows = sortBy(this.known, "percentage");
        const heights = rows.map((row) => scale(row.percentage));
        const places = spreadLabels(heights);
        const rungs = rows.map((row, index) => ({
            ...row,
            height: heights[index],
            place: places[index],
            isReached: this.isReached(row),
            isLevel: row.id === this.props.ladder.level.id,
            icon: this.icon(row),
        }));
        return rungs.reverse();
    }

    /** Whether a level is the one reached or below it: the server says which that is. */
    isReached(row) {
        const { level, rows } = this.props.ladder;
        const place = (id) => rows.findIndex((other) => other.id === id);
        return Boolean(level) && place(row.id) <= place(level.id);
    }

    icon(row) {
        if (this.isReached(row)) {
            return "fa-check-circle";
        }
        return row.id === this.props.ladder.next_level.id ? "fa-flag" : "fa-circle-o";
    }

    unknownText(row) {
        return row.has_norms
            ? _t("%(level)s: no norm at this size", { level: row.name })
            : _t("%(level)s: norm unknown", { level: row.name });
    }

    /** All of it in words, for who cannot see it. */
    get summary() {
        const { direct, counted, total, level } = this.props.ladder;
        return _t(
            "Total contribution %(total)s: direct %(direct)s, indirect %(indirect)s. Proven %(proven)s. Level: %(level)s.",
            {
                total: formatPercent(total),
                direct: formatPercent(direct),
                indirect: formatPercent(counted),
                proven: this.proven,
                level: level ? level.name : _t("below the norms"),
            }
        );
    }
}
