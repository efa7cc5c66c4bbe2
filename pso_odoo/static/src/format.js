import { deserializeDate } from "@web/core/l10n/dates";
import { formatFloat, formatMonetary } from "@web/views/fields/formatters";

const { DateTime } = luxon;
const NBSP = "\u00a0";

/**
 * @param {number} value
 * @param {number} [decimals]
 * @returns {string} the number as the user's language writes it
 */
export function formatNumber(value, decimals = 2) {
    return formatFloat(value, { digits: [16, decimals] });
}

/**
 * @param {number} value 0-100
 * @returns {string}
 */
export function formatPercent(value) {
    return formatNumber(value) + NBSP + "%";
}

/**
 * @param {number} value 0-100, rounded: by the server, so that it betrays nobody, or as
 *      the mark of an axis
 * @returns {string} without zeros that would pretend to be more exact
 */
export function formatRounded(value) {
    return formatFloat(value, { digits: [16, 1], trailingZeros: false }) + NBSP + "%";
}

/**
 * @param {number} value
 * @returns {string}
 */
export function formatFte(value) {
    return formatNumber(value) + NBSP + "fte";
}

/** Cents only distract where amounts are estimates of what to buy. */
export const WHOLE = [16, 0];

/**
 * @param {number} value
 * @param {number} currencyId
 * @returns {string}
 */
export function formatAmount(value, currencyId) {
    return formatMonetary(value, { currencyId, digits: WHOLE });
}

/**
 * @param {string} value a date as the server writes it
 * @returns {string} "Nov 21, 2026"
 */
export function formatDay(value) {
    return deserializeDate(value).toLocaleString(DateTime.DATE_MED);
}

/**
 * @param {string} value a date as the server writes it
 * @returns {string} "November 2026"
 */
export function formatMonthInFull(value) {
    return deserializeDate(value).toFormat("LLLL yyyy");
}

/**
 * @param {string} value a date as the server writes it
 * @returns {string} "Nov 2026"
 */
export function formatMonth(value) {
    return deserializeDate(value).toFormat("LLL yyyy");
}
