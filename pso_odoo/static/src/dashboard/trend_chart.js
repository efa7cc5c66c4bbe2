import { cookie } from "@web/core/browser/cookie";
import { getCustomColor } from "@web/core/colors/colors";
import { loadBundle } from "@web/core/assets";
import { _t } from "@web/core/l10n/translation";
import { formatDay, formatMonth, formatPercent, formatRounded } from "../format";
import { LINE_HEIGHT, normLabels, outlookShade } from "./trend_plugins";

import { Component, onWillStart, useEffect, useExternalListener, useRef } from "@odoo/owl";

const PAPER = { width: 700, height: 260 };

/**
 * The rolling score over the months: what was, and after today what is to be expected
 * from what is known today, with the norms of the size of each month.
 */
export class TrendChart extends Component {
    static template = "pso_odoo.TrendChart";
    static props = {
        trend: Array,
        levels: Array, // of the ladder: {id, name}
        // What a scenario makes of the months ahead: {name, points}.
        scenario: { type: [Object, Boolean], optional: true },
    };

    setup() {
        this.canvasRef = useRef("canvas");
        this.chart = null;
        this.formatDay = formatDay;
        this.formatPercent = formatPercent;
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => {
                this.draw();
                return () => this.chart.destroy();
            },
            () => [this.props.trend, this.props.scenario]
        );
        // Paper is white and has a width of its own, whatever the screen.
        useExternalListener(window, "beforeprint", () => this.redraw(PAPER));
        useExternalListener(window, "afterprint", () => this.redraw());
    }

    redraw(paper) {
        this.chart.destroy();
        this.draw(paper);
    }

    draw(paper) {
        const scheme = paper ? "light" : cookie.get("color_scheme");
        this.colors = {
            ...this.seriesColors(),
            text: getCustomColor(scheme, "#111827", "#E4E4E4"),
            grid: getCustomColor(scheme, "rgba(0,0,0,.1)", "rgba(255,255,255,.15)"),
            shade: getCustomColor(scheme, "rgba(0,0,0,.04)", "rgba(255,255,255,.06)"),
        };
        this.colors.total = this.colors.text;
        this.chart = new Chart(this.canvasRef.el, {
            type: "line",
            data: { labels: this.labels, datasets: this.datasets() },
            options: this.options(paper),
            plugins: [
                outlookShade(this.todayIndex, this.colors, _t("Outlook")),
                normLabels(this.colors),
            ],
        });
        if (paper) {
            this.chart.resize(paper.width, paper.height);
        }
    }

    /** The colours of the ladder (pso.scss). */
    seriesColors() {
        const style = getComputedStyle(this.canvasRef.el);
        const color = (name) => style.getPropertyValue(`--pso-${name}`).trim();
        return Object.fromEntries(
            ["direct", "indirect", "proven", "norm", "scenario"].map((name) => [name, color(name)])
        );
    }

    get labels() {
        return this.props.trend.map((point) => formatMonth(point.date));
    }

    /** The last point that is no outlook. */
    get todayIndex() {
        return this.props.trend.findLastIndex((point) => !point.is_outlook);
    }

    get last() {
        return this.props.trend.at(-1);
    }

    /** The levels with a norm, from high to low. */
    get normLevels() {
        const levels = this.props.levels.filter((level) =>
            this.props.trend.some((point) => this.norm(point, level) !== null)
        );
        return levels.reverse();
    }

    /** What each line and area is, told apart by more than its colour. */
    get legend() {
        const items = [
            { key: "total", name: _t("Total") },
            { key: "direct", name: _t("Direct") },
            { key: "indirect", name: _t("Indirect: between direct and total") },
            { key: "proven", name: _t("Proven") },
        ];
        if (this.props.scenario) {
            items.push({ key: "scenario", name: this.scenarioName });
        }
        if (this.normLevels.length) {
            items.push({ key: "norm", name: _t("Norm of a level") });
        }
        return items;
    }

    get scenarioName() {
        return _t("Scenario: %(name)s", { name: this.props.scenario.name });
    }

    /** The total of the scenario at a point of the trend, null where it says nothing. */
    scenarioAt({ date }) {
        const point = this.props.scenario?.points.find((each) => each.date === date);
        return point ? point.total : null;
    }

    norm(point, level) {
        return point.norms[level.id] ?? null;
    }

    datasets() {
        return [
            this.series(_t("Total"), "total", {
                fill: "+1", // what is above the direct contribution is indirect
                color: this.colors.total,
                fillColor: this.colors.indirect,
                borderWidth: 3,
            }),
            this.series(_t("Direct"), "direct", { fill: "origin", color: this.colors.direct }),
            this.series(_t("Proven"), "proven", { color: this.colors.proven, dash: [2, 3] }),
            ...(this.props.scenario
                ? [
                      {
                          ...this.series(this.scenarioName, "total", {
                              color: this.colors.scenario,
                              borderWidth: 3,
                              dash: [1, 5],
                          }),
                          borderCapStyle: "round",
                          data: this.props.trend.map((point) => this.scenarioAt(point)),
                      },
                  ]
                : []),
            ...this.normLevels.map((level) => ({
                label: level.name,
                isNorm: true,
                order: -1, // drawn over the areas
                data: this.props.trend.map((point) => this.norm(point, level)),
                borderColor: this.colors.norm,
                borderWidth: 1,
                pointRadius: 0,
                pointHoverRadius: 0,
            })),
        ];
    }

    series(label, key, { fill = false, color, fillColor = color, borderWidth = 2, dash = [] }) {
        return {
            label,
            data: this.props.trend.map((point) => point[key]),
            borderColor: color,
            borderWidth,
            borderDash: dash,
            backgroundColor: Chart.helpers.color(fillColor).alpha(0.25).rgbString(),
            fill,
            pointRadius: 0,
            pointHoverRadius: 5,
            pointHoverBackgroundColor: color,
            segment: {
                borderDash: (context) =>
                    context.p1DataIndex > this.todayIndex && !dash.length ? [6, 4] : undefined,
            },
        };
    }

    options(paper) {
        return {
            responsive: !paper,
            animation: false,
            maintainAspectRatio: false,
            interaction: { mode: "index", intersect: false },
            layout: { padding: { top: LINE_HEIGHT, right: this.normLevels.length ? 70 : 8 } },
            scales: {
                x: {
                    ticks: { color: this.colors.text, maxRotation: 0, autoSkipPadding: 16 },
                    grid: { display: false },
                    border: { color: this.colors.grid },
                },
                y: {
                    beginAtZero: true,
                    ticks: {
                        color: this.colors.text,
                        maxTicksLimit: 7,
                        callback: (value) => formatRounded(value),
                    },
                    grid: { color: this.colors.grid },
                    border: { display: false },
                },
            },
            plugins: {
                legend: { display: false }, // it does not know the band between two lines
                tooltip: {
                    filter: ({ raw }) => raw !== null,
                    itemSort: (a, b) => a.datasetIndex - b.datasetIndex,
                    callbacks: {
                        labelColor: ({ dataset: { borderColor } }) => ({
                            borderColor,
                            backgroundColor: borderColor,
                        }),
                        title: ([item]) => this.pointTitle(this.props.trend[item.dataIndex]),
                        label: (item) => `${item.dataset.label}: ${formatPercent(item.raw)}`,
                    },
                },
            },
        };
    }

    /** Each point is about the twelve months that end on its date. */
    pointTitle(point) {
        const title = _t("12 months to %(date)s", { date: formatDay(point.date) });
        return point.is_outlook ? _t("%(title)s (outlook)", { title }) : title;
    }

    get summary() {
        const today = this.props.trend[this.todayIndex];
        return _t("Line chart: the total was %(total)s on %(date)s.", {
            total: formatPercent(today.total),
            date: formatDay(today.date),
        });
    }
}
