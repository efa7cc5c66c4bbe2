import { _t } from "@web/core/l10n/translation";
import { formatMonthInFull } from "../format";

/**
 * The levels of the coming months in words, from the points of the trend.
 *
 * A point is about the year that ends on its date, so that a level is there from that
 * month on.
 *
 * @param {Object} data of the dashboard: its trend, ladder, and who stops counting
 * @param {"total" | "proven"} name of the percentage that makes the level
 * @returns {string[]} what changes, in order of time; one sentence if nothing does; none
 *      without an outlook
 */
export function courseInWords({ trend, ladder, ending }, name) {
    const today = trend.findLast((point) => !point.is_outlook);
    const ahead = trend.filter((point) => point.is_outlook);
    if (!today || !ahead.length) {
        return [];
    }
    const place = (point) => levelAt(point, ladder.rows, point[name]);
    const changes = [];
    let now = place(today);
    for (const point of ahead) {
        const next = place(point);
        if (next !== now) {
            changes.push(change(ladder.rows, now, next, point, ending));
        }
        now = next;
    }
    return changes.length ? changes : [unchanged(ladder.rows, now, ahead.at(-1))];
}

/**
 * The levels that a scenario makes of the coming months, in words. Who stops counting is
 * not told of it: it knows nobody.
 *
 * @param {Object[]} points of today and of the months ahead
 * @param {Object} ladder
 * @returns {string[]} as `courseInWords`
 */
export function scenarioCourse(points, ladder) {
    return courseInWords({ trend: points, ladder, ending: { ahead: null } }, "total");
}

/**
 * @param {Object} point of the trend
 * @param {Object[]} rows of the ladder, from low to high
 * @param {number} percentage
 * @returns {number} the place of the highest level whose norm at that month's size a
 *      percentage reaches, -1 for none
 */
export function levelAt(point, rows, percentage) {
    return rows.findLastIndex(({ id }) => {
        const norm = point.norms[id] ?? null;
        return norm !== null && percentage >= norm;
    });
}

function unchanged(rows, place, last) {
    const month = formatMonthInFull(last.date);
    return place < 0
        ? _t("No level, at least until %(month)s", { month })
        : _t("%(level)s, at least until %(month)s", { level: rows[place].name, month });
}

function change(rows, before, after, { date }, ending) {
    const month = formatMonthInFull(date);
    if (after > before) {
        return _t("%(level)s from %(month)s", { level: rows[after].name, month });
    }
    // Who stops counting is told to those alone who may know persons.
    const gone = (ending.ahead || []).filter((day) => day <= date).length;
    const values = { level: rows[after]?.name, month, number: gone };
    if (after < 0) {
        return gone === 1
            ? _t("no level any more in %(month)s: one person has stopped counting by then", values)
            : gone
              ? _t("no level any more in %(month)s: %(number)s people have stopped counting by then", values)
              : _t("no level any more in %(month)s", values);
    }
    return gone === 1
        ? _t("back to %(level)s in %(month)s: one person has stopped counting by then", values)
        : gone
          ? _t("back to %(level)s in %(month)s: %(number)s people have stopped counting by then", values)
          : _t("back to %(level)s in %(month)s", values);
}
