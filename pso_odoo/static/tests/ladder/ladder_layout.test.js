import { describe, expect, test } from "@odoo/hoot";

import { LABEL_HEIGHT, makeScale, spreadLabels } from "@pso_odoo/ladder/ladder_layout";

describe.current.tags("headless");

const HALF = LABEL_HEIGHT / 2;

describe("scale", () => {
    test("the highest value fits with room above it", () => {
        const scale = makeScale([1.4, 40, 3.7]);
        expect(scale(40)).toBeGreaterThan(90);
        expect(scale(40)).toBeLessThan(100);
    });

    test("heights are in proportion to their values", () => {
        const scale = makeScale([10, 5]);
        expect(scale(0)).toBe(0);
        expect(scale(5)).toBeCloseTo(scale(10) / 2);
        expect(scale(2.5)).toBeCloseTo(scale(10) / 4);
    });

    test("what is below zero stands on the ground", () => {
        const scale = makeScale([10, -3]);
        expect(scale(-3)).toBe(0);
    });

    test("nothing to show is no division by zero", () => {
        for (const values of [[], [0], [0, 0], [-2]]) {
            expect(makeScale(values)(0)).toBe(0, { message: JSON.stringify(values) });
        }
    });
});

describe("labels", () => {
    test("labels with room stay where they belong", () => {
        expect(spreadLabels([])).toEqual([]);
        expect(spreadLabels([50])).toEqual([50]);
        expect(spreadLabels([20, 50, 80])).toEqual([20, 50, 80]);
    });

    test("a label at the foot or the top stays on the ladder", () => {
        expect(spreadLabels([0])).toEqual([HALF]);
        expect(spreadLabels([100])).toEqual([100 - HALF]);
    });

    test("of two that overlap the upper one moves up", () => {
        expect(spreadLabels([40, 42])).toEqual([40, 40 + LABEL_HEIGHT]);
    });

    test("at the top there is no up: the lower ones move down", () => {
        expect(spreadLabels([96, 98, 100])).toEqual([
            100 - HALF - 2 * LABEL_HEIGHT,
            100 - HALF - LABEL_HEIGHT,
            100 - HALF,
        ]);
    });

    test("a label that others push is no further than they need", () => {
        expect(spreadLabels([30, 31, 32, 90], 10)).toEqual([30, 40, 50, 90]);
    });

    test("the size of a label can be given", () => {
        expect(spreadLabels([50, 51], 20)).toEqual([50, 70]);
    });

    test("wherever norms and total are, no label covers another one", () => {
        // Norms close together, at the foot, at the top, and more than there is room for.
        const ladders = [
            { norms: [1.4, 1.9, 3.7], total: 40 },
            { norms: [21.4, 28, 33], total: 0.4 },
            { norms: [3, 3, 3, 3, 3], total: 3 },
            { norms: [9.8, 9.9, 10], total: 10 },
            { norms: [0, 0, 0], total: 0 },
        ];
        for (const { norms, total } of ladders) {
            const places = spreadLabels(norms.map(makeScale([...norms, total])));
            const gaps = places.slice(1).map((place, index) => place - places[index]);
            const message = `${norms} at ${places}`;
            expect(Math.min(...gaps)).toBeGreaterThan(LABEL_HEIGHT - 1e-9, { message });
            expect(places[0]).toBeGreaterThan(HALF - 1e-9, { message });
            expect(places.at(-1)).toBeLessThan(100 - HALF + 1e-9, { message });
        }
    });
});
