import { _t } from "@web/core/l10n/translation";

import { Component } from "@odoo/owl";

/** The steps from an empty database to the first score; each opens its screen. */
export class SetupChecklist extends Component {
    static template = "pso_odoo.SetupChecklist";
    static props = { setup: Object, hasStaff: Boolean, open: Function, close: Function };

    get title() {
        return this.props.hasStaff ? _t("Finish the set-up") : _t("To your first PSO score");
    }

    /** With a score to look at, what is done only takes room. */
    get steps() {
        const { steps } = this.props.setup;
        return this.props.hasStaff ? steps.filter((step) => !step.is_done) : steps;
    }

    /** What is best done now. */
    get next() {
        return this.props.setup.steps.find((step) => !step.is_done && step.can_open);
    }

    get progress() {
        const { done, steps } = this.props.setup;
        return _t("%(done)s of %(total)s done", { done, total: steps.length });
    }

    get percentage() {
        const { done, steps } = this.props.setup;
        return (100 * done) / steps.length;
    }
}
