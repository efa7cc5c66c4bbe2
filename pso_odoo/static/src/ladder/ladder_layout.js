// What a label takes of the height of the ladder, in percent (see ladder.scss).
export const LABEL_HEIGHT = 11;
// What stays free above the highest rung or bar.
const HEADROOM = 1.08;

/**
 * @param {number[]} values what has to fit, in percent of contribution
 * @returns {(value: number) => number} gives the height of a value, 0-100
 */
export function makeScale(values) {
    const top = Math.max(...values, 0) * HEADROOM || 1;
    return (value) => (100 * Math.max(value, 0)) / top;
}

/**
 * Moves labels apart that would overlap, as little as possible.
 *
 * @param {number[]} heights where the labels belong, 0-100, from low to high
 * @param {number} [size] height of a label
 * @returns {number[]} where they go: the middle of each label
 */
export function spreadLabels(heights, size = LABEL_HEIGHT) {
    const places = [];
    let floor = -Infinity;
    for (const height of heights) {
        floor = Math.max(height, floor, size / 2);
        places.push(floor);
        floor += size;
    }
    let ceiling = 100 - size / 2;
    for (let index = places.length - 1; index >= 0; index--) {
        places[index] = Math.min(places[index], ceiling);
        ceiling = places[index] - size;
    }
    return places;
}
