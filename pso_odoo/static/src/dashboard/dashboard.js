import { _t } from "@web/core/l10n/translation";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { registry } from "@web/core/registry";
import { KeepLast, Mutex } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { formatDay } from "../format";
import { Details } from "./details";
import { Outlook } from "./outlook";
import { SetupChecklist } from "./setup_checklist";
import { Standing } from "./standing";

import { Component, markup, onWillStart, useRef, useState } from "@odoo/owl";

/** Whether an error is one that the server tells users. */
const isOfServer = (error) => error.exceptionName?.startsWith("odoo.exceptions.");

/**
 * The score of a company over a period: where it stands, where it is going, what to do.
 *
 * It comes in two calls: `pso.dashboard.retrieve` for where the company stands and where it
 * is going, and `retrieve_details` for what is below that, when somebody gets there.
 * `pso.dashboard.open` says what lies behind each figure.
 */
export class PsoDashboard extends Component {
    static template = "pso_odoo.Dashboard";
    static components = {
        Details,
        Dropdown,
        DropdownItem,
        Layout,
        Outlook,
        SetupChecklist,
        Standing,
    };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.detailsMutex = new Mutex();
        this.rootRef = useRef("root");
        const { period = false, companyId = false, hasDetails } = this.props.state || {};
        this.state = useState({
            period,
            companyId,
            data: null,
            details: null,
            detailsError: "",
            error: "",
            elsewhere: false,
            isLoading: false,
        });
        useSetupAction({
            rootRef: this.rootRef,
            getLocalState: () => ({
                period: this.state.period,
                companyId: this.state.companyId,
                hasDetails: Boolean(this.details),
            }),
        });
        // Who comes back finds the page as long as it was, and where it was.
        onWillStart(() =>
            Promise.all([this.load(), hasDetails && this.loadDetails({ period, companyId })])
        );
    }

    get data() {
        return this.state.data;
    }

    /** What lies below the fold, unless it is of something else than what is shown. */
    get details() {
        const { data, details } = this.state;
        const isShown =
            data && details?.period === data.period && details.company.id === data.company.id;
        return isShown ? details : null;
    }

    /** Asks for them once, also if who prints scrolls there meanwhile: all wait for it. */
    loadDetails(asked = this.state) {
        return this.detailsMutex.exec(() => !this.details && this.askForDetails(asked));
    }

    async askForDetails({ period, companyId }) {
        const { state } = this;
        state.detailsError = "";
        try {
            state.details = await this.orm.silent.call("pso.dashboard", "retrieve_details", [], {
                period,
                company_id: companyId,
            });
        } catch (error) {
            state.detailsError = this.errorMessage(error);
        }
    }

    async load() {
        this.state.isLoading = true;
        try {
            const { period, companyId } = this.state;
            const data = await this.keepLast.add(
                this.orm.call("pso.dashboard", "retrieve", [], { period, company_id: companyId })
            );
            Object.assign(this.state, {
                data,
                error: "",
                period: data.period,
                companyId: data.company.id,
            });
        } catch (error) {
            this.showError(error);
            if (!this.data && error.exceptionName === "odoo.exceptions.AccessError") {
                this.state.elsewhere = await this.orm.call("pso.dashboard", "elsewhere");
            }
        }
        this.state.isLoading = false;
    }

    /** What the user can understand is said in place; the rest is a fault to report. */
    showError(error) {
        this.state.error = this.errorMessage(error);
        if (isOfServer(error)) {
            // What was asked for may be gone: go on with what is shown, or anew.
            this.state.period = this.data?.period || false;
            this.state.companyId = this.data?.company.id || false;
        }
    }

    errorMessage(error) {
        if (isOfServer(error)) {
            return error.data.message;
        }
        Promise.reject(error);
        return _t("Something went wrong. Try again in a moment.");
    }

    setPeriod(period) {
        this.state.period = period;
        return this.load();
    }

    setCompany(companyId) {
        this.state.companyId = companyId;
        // A measurement is one company's; the other kinds of period any company has.
        if (this.data.measurement_id) {
            this.state.period = false;
        }
        return this.load();
    }

    /** Shows the records behind a figure. */
    async open(what, resId = false) {
        const { period, company } = this.data;
        const action = await this.orm.call("pso.dashboard", "open", [
            what,
            period,
            company.id,
            resId,
        ]);
        if (action.help) {
            action.help = markup(action.help);
        }
        return this.action.doAction(action);
    }

    get periodName() {
        return this.data.periods.find(({ key }) => key === this.data.period).name;
    }

    get dates() {
        return _t("%(start)s to %(end)s", {
            start: formatDay(this.data.date_start),
            end: formatDay(this.data.date_end),
        });
    }

    /** Goes to what who may not see the score may see. */
    goElsewhere(action) {
        return this.action.doAction(
            action.startsWith("/")
                ? { type: "ir.actions.act_url", url: action, target: "self" }
                : action
        );
    }

    /** The checklist is for who keeps the records, or for all while it is all there is. */
    get showsSetup() {
        const { can, has_staff, setup } = this.data;
        const todo = setup.steps.filter((step) => !step.is_done);
        if (setup.steps.length && !todo.length) {
            return setup.can_close;
        }
        const keepsRecords = can.hr || can.manager || can.purchase;
        return todo.length > 0 && (!has_staff || (keepsRecords && todo.some((s) => s.can_open)));
    }

    async closeSetup() {
        await this.orm.call("pso.setup", "close", [this.data.company.id]);
        return this.load();
    }

    async skipSetup(key) {
        await this.orm.call("pso.setup", "skip", [this.data.company.id, key]);
        return this.load();
    }

    /** Prints the whole page, also what nobody has scrolled to. */
    async print() {
        if (this.data.has_staff && !this.details) {
            await this.loadDetails();
        }
        if (!this.state.detailsError) {
            await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
            window.print();
        }
    }
}

registry.category("actions").add("pso_odoo.dashboard", PsoDashboard);
