import { _t } from "@web/core/l10n/translation";

import { Component } from "@odoo/owl";

/** The steps from an empty database to the first score; each opens its screen. */
export class SetupChecklist extends Component {
    static template = "pso_odoo.SetupChecklist";
    static props = {
        setup: Object,
        hasStaff: Boolean,
        open: Function,
        close: Function,
        skip: Function,
    };

    get title() {
        if (this.isDone) {
            return _t("Your PSO score is set up");
        }
        return this.props.hasStaff ? _t("Finish the set-up") : _t("To your first PSO score");
    }

    get isDone() {
        return this.props.setup.steps.every((step) => step.is_done);
    }

    /** With a score to look at, what is done only takes room; each keeps its number. */
    get steps() {
        const steps = this.props.setup.steps.map((step, index) => ({
            ...step,
            number: index + 1,
        }));
        return this.props.hasStaff ? steps.filter((step) => !step.is_done) : steps;
    }

    /** What is best done now. */
    get next() {
        return this.steps.find((step) => !step.is_done && step.can_open)?.key;
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
