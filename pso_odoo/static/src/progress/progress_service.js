import { reactive } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { rpcBus } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { ProgressCard } from "./progress_card";

// Milliseconds: what is over by then shows nothing.
const PATIENCE = 1000;
// Buttons of a measurement that may take long, and what they do.
const TITLES = { action_lock: _t("Locking the measurement") };

/**
 * Shows long work on a measurement while this tab waits for it.
 *
 * The server tells how far it is over the bus. The card comes and goes with the request
 * itself, so that it never outlives the work, and needs no websocket.
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
         * @param {number} measurementId
         * @param {string} title
         * @returns {() => void} to be called when the work is over
         */
        function begin(measurementId, title) {
            const begun = Date.now();
            // What is translated is no plain text, which a reactive object would need.
            const state = { title: String(title), label: "", share: null };
            const work = reactive({ measurementId, begun, ...state });
            works.add(work);
            let hide = () => {};
            const timer = browser.setTimeout(() => {
                hide = overlay.add(ProgressCard, { work });
            }, PATIENCE);
            return () => {
                browser.clearTimeout(timer);
                works.delete(work);
                hide();
            };
        }

        // Such a button is an ordinary one: its request tells.
        const requests = new Map();
        rpcBus.addEventListener("RPC:REQUEST", ({ detail: { data } }) => {
            const { model, method, args } = data.params ?? {};
            if (model === "pso.measurement" && method in TITLES) {
                requests.set(data.id, begin([args[0]].flat()[0], TITLES[method]));
            }
        });
        rpcBus.addEventListener("RPC:RESPONSE", ({ detail: { data } }) => {
            requests.get(data.id)?.();
            requests.delete(data.id);
        });

        return { begin };
    },
};

registry.category("services").add("pso_progress", progressService);
