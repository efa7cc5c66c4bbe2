import { reactive } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { ProgressCard } from "./progress_card";

// Milliseconds: what is over by then shows nothing.
const PATIENCE = 1000;

/**
 * Shows long work on a measurement while this tab waits for it.
 *
 * The server tells how far it is over the bus. The card comes and goes with the work
 * itself, so that it never outlives it, and needs no websocket.
 */
export const progressService = {
    dependencies: ["bus_service", "overlay"],

    start(env, { bus_service: bus, overlay }) {
        const works = new Set();

        bus.subscribe("pso_odoo.progress", ({ measurement_id, label, share }) => {
            for (const work of works) {
                if (work.measurementId === measurement_id) {
                    Object.assign(work, { label, share: Math.max(share, work.share) });
                }
            }
        });

        /**
         * @template T
         * @param {number} measurementId
         * @param {string} title what is being done
         * @param {() => Promise<T>} act does it
         * @returns {Promise<T>} what that returns; a refusal passes through
         */
        async function during(measurementId, title, act) {
            // What is translated is no plain text, which a reactive object would need.
            const state = { title: String(title), label: "", share: null };
            const work = reactive({ measurementId, begun: Date.now(), ...state });
            works.add(work);
            let hide = () => {};
            const timer = browser.setTimeout(() => {
                hide = overlay.add(ProgressCard, { work });
            }, PATIENCE);
            try {
                return await act();
            } finally {
                browser.clearTimeout(timer);
                works.delete(work);
                hide();
            }
        }

        return { during };
    },
};

registry.category("services").add("pso_progress", progressService);
