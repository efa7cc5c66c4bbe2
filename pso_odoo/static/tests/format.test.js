import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { mockTimeZone } from "@odoo/hoot-mock";
import { patchWithCleanup } from "@web/../tests/web_test_helpers";

import { localization } from "@web/core/l10n/localization";
import { currencies } from "@web/core/currency";
import {
    formatAmount,
    formatDay,
    formatFte,
    formatMonth,
    formatNumber,
    formatPercent,
    formatRounded,
} from "@pso_odoo/format";

describe.current.tags("headless");

const NBSP = "\u00a0";
const EURO = 978;

beforeEach(() => {
    patchWithCleanup(localization, { decimalPoint: ",", thousandsSep: ".", grouping: [3, 0] });
    patchWithCleanup(luxon.Settings, { defaultLocale: "nl" });
    patchWithCleanup(currencies, {
        [EURO]: { symbol: "€", position: "before", digits: [69, 2] },
    });
});

test("numbers are written as the user's language writes them", () => {
    expect(formatNumber(1234567.891)).toBe("1.234.567,89");
    expect(formatNumber(12)).toBe("12,00");
    expect(formatNumber(12, 0)).toBe("12");
    expect(formatNumber(0.498, 3)).toBe("0,498");
    expect(formatNumber(-0.001)).toBe("0,00");
});

test("a unit never stands on a line of its own", () => {
    expect(formatPercent(12.435)).toBe(`12,44${NBSP}%`);
    expect(formatFte(0.15)).toBe(`0,15${NBSP}fte`);
});

test("what was rounded does not pretend to be exact", () => {
    expect(formatRounded(5)).toBe(`5${NBSP}%`);
    expect(formatRounded(0)).toBe(`0${NBSP}%`);
    expect(formatRounded(12.5)).toBe(`12,5${NBSP}%`);
    expect(formatRounded(20)).toBe(`20${NBSP}%`);
});

test("amounts have no cents", () => {
    expect(formatAmount(1234.56, EURO)).toBe(`€${NBSP}1.235`);
    expect(formatAmount(0, EURO)).toBe(`€${NBSP}0`);
});

test("a day stays that day in every time zone", () => {
    for (const zone of ["Pacific/Auckland", "Europe/Amsterdam", "America/Los_Angeles"]) {
        mockTimeZone(zone);
        expect(formatDay("2026-11-01")).toBe("1 nov 2026", { message: zone });
        expect(formatMonth("2026-11-01")).toBe("nov 2026", { message: zone });
    }
});
