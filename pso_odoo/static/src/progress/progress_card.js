import { Component, onWillUnmount, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";

/**
 * What long work is doing and how far it is. Where nothing is heard of it the bar runs
 * without an end; the clock shows that it is alive.
 */
export class ProgressCard extends Component {
    static template = "pso_odoo.ProgressCard";
    static props = { work: Object };

    setup() {
        this.work = useState(this.props.work);
        this.clock = useState({ now: Date.now() });
        const timer = browser.setInterval(() => (this.clock.now = Date.now()), 1000);
        onWillUnmount(() => browser.clearInterval(timer));
    }

    get isKnown() {
        return this.work.share !== null;
    }

    get percentage() {
        return Math.round(100 * this.work.share);
    }

    get elapsed() {
        const seconds = Math.max(0, Math.floor((this.clock.now - this.work.begun) / 1000));
        return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    }
}
