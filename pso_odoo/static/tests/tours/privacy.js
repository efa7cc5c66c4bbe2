import { rpc, rpcBus } from "@web/core/network/rpc";

// What must stay hidden, and the records it belongs to (tests/test_roles.py).
const parameters = () => odoo.psoTour;

const services = () => odoo.__WOWL_DEBUG__.root.env.services;

/** Throws if a text has something of a person in it. */
function checkSecrecy(text, where) {
    for (const secret of parameters().secrets) {
        if (text.includes(secret)) {
            throw new Error(`${secret} in ${where}`);
        }
    }
}

const leaks = [];

/** From here on, look through everything that the server answers. */
export const listen = {
    content: "Look through the answers of the server from now on",
    trigger: "body",
    run() {
        rpcBus.addEventListener("RPC:RESPONSE", ({ detail }) => {
            const { data, result, error } = detail;
            try {
                checkSecrecy(JSON.stringify(result ?? error ?? null), JSON.stringify(data));
            } catch (leak) {
                leaks.push(leak);
            }
        });
    },
};

/** A step that looks through the page and what was answered up to now. */
export function seesNobody(trigger) {
    return {
        content: `Nothing of persons on ${trigger}`,
        trigger,
        run() {
            if (leaks.length) {
                throw leaks[0];
            }
            checkSecrecy(document.documentElement.outerHTML, "the page");
        },
    };
}

/** Every way that we know to ask the server for persons. */
function attempts() {
    const { employee, status, measurement, attachment } = parameters();
    const ofMeasurement = [["measurement_id", "=", measurement]];
    const statuses = { fields: { group_id: { fields: { display_name: {} } }, date_start: {} } };
    const call = (model, method, args, kwargs = {}) => ({
        name: `${model}.${method}(${JSON.stringify(args)})`,
        ask: () =>
            rpc(`/web/dataset/call_kw/${model}/${method}`, { model, method, args, kwargs }),
    });
    const get = (url) => ({
        name: url,
        ask: async () => {
            const response = await fetch(url);
            if (!response.ok) {
                throw new Error(response.status);
            }
            return response.text();
        },
    });
    return [
        call("pso.status", "web_search_read", [[], statuses.fields]),
        call("pso.status", "read", [[status], ["display_name"]]),
        call("pso.status", "name_search", [""]),
        call("pso.status", "formatted_read_group", [[], ["group_id"], ["__count"]]),
        call("pso.status", "export_data", [[status], ["group_id/name", "date_start"]]),
        call("pso.status", "get_views", [[[false, "calendar"]]]),
        call("pso.status.period", "search_read", [[["employee_id", "=", employee]]]),
        call("pso.person.line", "search_read", [ofMeasurement, ["employee_id", "group_id"]]),
        call("pso.person.line", "formatted_read_group", [ofMeasurement, ["group_id"], []]),
        call("pso.measurement", "read", [[measurement], ["person_line_ids"]]),
        call("pso.measurement", "action_open_people", [[measurement]]),
        call("hr.employee", "read", [[employee], ["pso_status_ids", "pso_counting_note"]]),
        call("hr.employee", "web_read", [[employee], { pso_status_ids: statuses }]),
        call("hr.employee", "export_data", [[employee], ["pso_status_ids/group_id/name"]]),
        call("hr.employee", "search", [[["pso_status_ids.group_id.name", "ilike", "zilver"]]]),
        call("hr.employee", "search", [[["pso_status_ids.counting_state", "=", "counts"]]]),
        call("hr.department", "search", [[["member_ids.pso_status_ids", "!=", false]]]),
        call("ir.attachment", "search_read", [[["res_model", "=", "pso.status"]], ["name"]]),
        get(`/web/content/${attachment}`),
        get(`/pso_odoo/workbook/${measurement}?names=1`),
    ];
}

/** Whether an attempt was refused, or answered with nothing. */
async function isInVain({ ask }) {
    let answer;
    try {
        answer = await ask();
    } catch {
        return true;
    }
    return !answer || answer.length === 0;
}

async function check(list, expected) {
    for (const attempt of list) {
        if ((await isInVain(attempt)) !== expected) {
            throw new Error(`${expected ? "Answered" : "Refused"}: ${attempt.name}`);
        }
    }
}

export const asksInVain = {
    content: "Every question about persons is in vain",
    trigger: "body",
    run: () => check(attempts(), true),
};

/** The reverse: the same questions can be answered, so asking them is worth something. */
export const asks = {
    content: "Every question about persons is answered",
    trigger: "body",
    run: () => check(attempts(), false),
};

/** A step that fails if there is a menu of that module, shown or not. */
export function hasNoMenu(prefix) {
    return {
        content: `No menu of ${prefix}`,
        trigger: "body",
        run() {
            const menu = services().menu.getAll().find(({ xmlid }) => xmlid?.startsWith(prefix));
            if (menu) {
                throw new Error(`There is a menu ${menu.xmlid}`);
            }
        },
    };
}

export function opens(request) {
    return {
        content: `Open ${request}`,
        trigger: "body",
        run: () => services().action.doAction(request),
    };
}

/** A step that fails if one of these actions opens. */
export function opensInVain(requests) {
    return {
        content: "No screen with persons opens",
        trigger: "body",
        async run() {
            const list = requests(parameters()).map((request) => ({
                name: JSON.stringify(request),
                ask: () => services().action.doAction(request).then(() => true),
            }));
            await check(list, true);
        },
    };
}
