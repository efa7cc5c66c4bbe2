import { _t } from "@web/core/l10n/translation";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { formatDay } from "../format";
import { Breakdown } from "./breakdown";
import { Outlook } from "./outlook";
import { SetupChecklist } from "./setup_checklist";
import { Standing } from "./standing";
import { ToDo } from "./to_do";

import { Component, markup, onWillStart, useRef, useState } from "@odoo/owl";

/**
 * The score of a company over a period: where it stands, where it is going, what to do.
 *
 * Everything comes in one call (`pso.dashboard.retrieve`); `pso.dashboard.open` says what
 * lies behind each figure.
 */
export class PsoDashboard extends Component {
    static template = "pso_odoo.Dashboard";
    static components = {
        Breakdown,
        Dropdown,
        DropdownItem,
        Layout,
        Outlook,
        SetupChecklist,
        Standing,
        ToDo,
    };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.rootRef = useRef("root");
        const { period = false, companyId = false } = this.props.state || {};
        this.state = useState({
            period,
            companyId,
            data: null,
            error: "",
            elsewhere: false,
            isLoading: false,
        });
        useSetupAction({
            rootRef: this.rootRef,
            getLocalState: () => ({
                period: this.state.period,
                companyId: this.state.companyId,
            }),
        });
        onWillStart(() => this.load());
    }

    get data() {
        return this.state.data;
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
        if (error.exceptionName?.startsWith("odoo.exceptions.")) {
            this.state.error = error.data.message;
            // What was asked for may be gone: go on with what is shown, or anew.
            this.state.period = this.data?.period || false;
            this.state.companyId = this.data?.company.id || false;
        } else {
            this.state.error = _t("Something went wrong. Try again in a moment.");
            Promise.reject(error);
        }
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

    print() {
        window.print();
    }
}

registry.category("actions").add("pso_odoo.dashboard", PsoDashboard);
