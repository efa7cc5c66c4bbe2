import { spreadLabels } from "../ladder/ladder_layout";

const FONT_SIZE = 12;
export const LINE_HEIGHT = 15;

/**
 * Shades the months after today, and says what they are.
 *
 * @param {number} todayIndex the last point that is no outlook
 * @param {Object} colors
 * @param {string} label
 * @returns {Object} plugin of Chart.js
 */
export function outlookShade(todayIndex, colors, label) {
    return {
        id: "pso_outlook",
        beforeDatasetsDraw({ ctx, chartArea, data, scales }) {
            if (todayIndex >= data.labels.length - 1) {
                return;
            }
            const left = scales.x.getPixelForValue(todayIndex);
            const { right, top, bottom } = chartArea;
            ctx.save();
            ctx.fillStyle = colors.shade;
            ctx.fillRect(left, top, right - left, bottom - top);
            ctx.strokeStyle = colors.norm;
            ctx.beginPath();
            ctx.moveTo(left, top);
            ctx.lineTo(left, bottom);
            ctx.stroke();
            // Above the chart: within it a line may run through the word.
            write(ctx, colors.text, label, left, top - FONT_SIZE / 2 - 2);
            ctx.restore();
        },
    };
}

/**
 * Writes the name of each level at the end of the line of its norm.
 *
 * @param {Object} colors
 * @returns {Object} plugin of Chart.js
 */
export function normLabels(colors) {
    return {
        id: "pso_norms",
        afterDatasetsDraw({ ctx, chartArea, data, scales }) {
            const { right, top, bottom } = chartArea;
            const height = bottom - top;
            const norms = data.datasets
                .filter((dataset) => dataset.isNorm && dataset.data.at(-1) !== null)
                .map(({ label, data }) => ({ label, y: scales.y.getPixelForValue(data.at(-1)) }))
                .sort((a, b) => b.y - a.y);
            const places = spreadLabels(
                norms.map(({ y }) => (100 * (bottom - y)) / height),
                (100 * LINE_HEIGHT) / height
            );
            ctx.save();
            norms.forEach(({ label, y }, index) => {
                const place = bottom - (places[index] * height) / 100;
                ctx.strokeStyle = colors.norm;
                ctx.beginPath();
                ctx.moveTo(right, y);
                ctx.lineTo(right + 8, place);
                ctx.stroke();
                write(ctx, colors.text, label, right + 11, place);
            });
            ctx.restore();
        },
    };
}

function write(ctx, color, text, x, y) {
    ctx.fillStyle = color;
    ctx.font = `${FONT_SIZE}px ${getComputedStyle(ctx.canvas).fontFamily}`;
    ctx.textBaseline = "middle";
    ctx.fillText(text, x, y);
}
