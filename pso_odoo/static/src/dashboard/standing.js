import { _t } from "@web/core/l10n/translation";
import { formatAmount, formatFte, formatNumber, formatPercent } from "../format";
import { Ladder } from "../ladder/ladder";
import { courseInWords } from "./course";
import { NextStep } from "./next_step";
import { keepsRecords } from "./rights";
import { Tile } from "./tile";

import { Component } from "@odoo/owl";

/** Where we stand: the ladder, the figures behind it, and what the next level asks. */
export class Standing extends Component {
    static template = "pso_odoo.Standing";
    static components = { Ladder, NextStep, Tile };
    static props = { data: Object, open: Function };

    setup() {
        Object.assign(this, { formatAmount, formatFte, formatPercent });
    }

    get figures() {
        return this.props.data.figures;
    }

    get tiles() {
        const { figures } = this;
        const { can } = this.props.data;
        return [
            {
                name: _t("Direct"),
                id: "direct",
                swatch: true,
                value: formatPercent(figures.direct_percentage),
                note: formatFte(figures.direct_fte),
                onClick: this.opener(can.hr && "people"),
            },
            {
                name: _t("Indirect"),
                id: "indirect",
                swatch: true,
                value: formatPercent(figures.indirect_counted_percentage),
                note: this.indirectNote,
                onClick: this.opener("purchases"),
            },
            {
                name: _t("Proven"),
                id: "proven",
                swatch: true,
                value: formatPercent(figures.proven_total_percentage),
                note: this.provenNote,
                onClick: this.opener((can.hr || can.purchase || can.manager) && "missing"),
            },
            {
                id: "organisation",
                name: _t("Organisation"),
                value: formatFte(figures.total_fte),
                note: _t("PSO 30+: %(share)s", {
                    share: formatPercent(figures.pso30_percentage),
                }),
                onClick: this.opener(can.hr && "organisation"),
            },
        ];
    }

    /** What a tile opens: its rows, or where who may not see those finds what there is. */
    opener(what) {
        return () => this.props.open(what || "total");
    }

    get course() {
        return courseInWords(this.props.data, "total");
    }

    /** What proof alone makes of the coming months, where that is something else. */
    get provenCourse() {
        const proven = courseInWords(this.props.data, "proven");
        return String(proven) === String(this.course)
            ? ""
            : _t("On proof alone: %(course)s", { course: proven.join("; ") });
    }

    get noLevel() {
        const hasNorm = this.props.data.ladder.rows.some((row) => row.percentage !== null);
        return hasNorm ? _t("Below the norms") : _t("No level");
    }

    get indirectNote() {
        const { indirect_percentage, indirect_counted_percentage, indirect_fte } = this.figures;
        return indirect_counted_percentage < indirect_percentage
            ? _t("%(fte)s; %(all)s of which not all counts", {
                  fte: formatFte(indirect_fte),
                  all: formatPercent(indirect_percentage),
              })
            : formatFte(indirect_fte);
    }

    get provenNote() {
        const { proven_level } = this.figures;
        return proven_level
            ? _t("%(level)s on proof alone", { level: proven_level.name })
            : _t("No level on proof alone");
    }

    /** Whether proof alone makes another level than what is counted. */
    get isUnproven() {
        const { level, proven_level } = this.figures;
        return Boolean(level) && level.id !== proven_level.id;
    }

    /** Both levels, and how much of the total nobody has verified. */
    get unproven() {
        const { total_percentage, proven_total_percentage, level, proven_level } = this.figures;
        const { direct_percentage, proven_direct_percentage } = this.figures;
        const { indirect_counted_percentage } = this.figures;
        const proven_counted = proven_total_percentage - proven_direct_percentage;
        return _t(
            "%(level)s as counted, %(proven)s on proof alone: %(points)s points rest on what nobody has verified (%(direct)s direct, %(indirect)s indirect).",
            {
                level: level.name,
                proven: proven_level ? proven_level.name : _t("no level"),
                points: formatNumber(total_percentage - proven_total_percentage),
                direct: formatNumber(direct_percentage - proven_direct_percentage),
                indirect: formatNumber(indirect_counted_percentage - proven_counted),
            }
        );
    }

    /** Where who may see it finds the proof that is missing. */
    get unprovenLinks() {
        const { hr, purchase } = this.props.data.can;
        return [
            ...(hr ? [{ what: "unproven_people", name: _t("Statuses to verify") }] : []),
            ...(purchase
                ? [{ what: "unproven_purchases", name: _t("Certificates to verify") }]
                : []),
        ];
    }

    /** Why the level or the figures are not the last word, if so. */
    get doubt() {
        const { is_complete, is_level_certain } = this.figures;
        const reason = is_complete
            ? _t("A higher level may be reached: its norm is not public.")
            : _t("The figures are a lower bound: something they rest on is not known.");
        if (is_complete && is_level_certain) {
            return "";
        }
        // Who mends nothing sees how many checks there are, and not which.
        return keepsRecords(this.props.data) ? `${reason} ${_t("See the checks.")}` : reason;
    }

    /** How far the highest level can slip before it is lost. */
    get margin() {
        const { level, total_percentage } = this.figures;
        const row = this.props.data.ladder.rows.find(({ id }) => id === level.id);
        return _t("%(points)s points above its norm.", {
            points: formatNumber(total_percentage - row.percentage),
        });
    }

    /** Nothing for an organisation that is too small to have a norm now. */
    get gapPoints() {
        const points = this.figures.gap_percentage;
        return points ? _t("%(points)s points to go.", { points: formatNumber(points) }) : "";
    }

    get gapTitle() {
        const { level, next_level } = this.figures;
        if (next_level) {
            return _t("To %(level)s", { level: next_level.name });
        }
        if (level && this.isUnproven) {
            return _t("The highest level, not proven");
        }
        return level ? _t("At the top") : _t("No norm to aim at");
    }
}
