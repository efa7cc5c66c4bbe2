/**
 * Opens one screen after the other, and says what is wrong with each for who sees little,
 * uses no mouse, or reads on a small telephone.
 *
 * What axe-core finds is ours, unless a screen of core alone breaks the same rule on the
 * same kind of element. Grey that is ours is never excused by grey of core: a contrast
 * has to be within the same widget of core.
 *
 * @param {Object} plan
 * @param {string} plan.axe where the script of axe-core is
 * @param {Object[]} plan.core screens of core: {name, request, viewType, selector}
 * @param {Object[]} plan.ours screens of the addon
 * @param {string[][]} plan.excused rule and selector of what core draws in any model
 * @param {string[]} plan.apart selectors of what is core's as a whole
 * @returns {Promise<Object[]>} {screen, rule, target, why, html}
 */
window.psoLookAt = async (plan) => {
    const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
    const QUIET = 120; // milliseconds without a change: the screen is there
    const PATIENCE = 60000;
    const OURS = "[class*=o_pso], [name*=pso]";
    const PARTS_OF_CORE = [
        ...[".o_field_widget", ".o_main_navbar", ".o_control_panel", ".o_search_panel"],
        ...[".o_calendar_container", ".o_form_statusbar", ".o_group_header"],
        ...[".o_wrap_label", ".o_td_label", ".o_pivot", ".app_settings_block"],
    ].join();
    // What is in two dimensions may scroll sideways, within itself (WCAG 1.4.10).
    const TWO_DIMENSIONS =
        ".o_list_renderer, .o_pivot, .o_graph_renderer, .o_calendar_container, .table-responsive";
    // What an element is in for a moment, or because of what it holds.
    const STATES = ["focus", "o_form_label_empty"];
    const WORDS = "[class*=o_pso] .text-truncate, .o_pso_list td.o_data_cell";
    const SMALL = 400; // what is wider has room to scroll
    const { action, dialog } = odoo.__WOWL_DEBUG__.root.env.services;
    const sleep = (time) => new Promise((resolve) => setTimeout(resolve, time));

    /** Waits until what is asked for is there and nothing changes any more. */
    async function settle(selector) {
        let changed = performance.now();
        const observer = new MutationObserver(() => (changed = performance.now()));
        observer.observe(document.body, { childList: true, subtree: true });
        const end = performance.now() + PATIENCE;
        while (!document.querySelector(selector) || performance.now() - changed < QUIET) {
            if (performance.now() > end) {
                throw new Error(`there is no ${selector}`);
            }
            await sleep(30);
        }
        observer.disconnect();
    }

    /** What an element of core and one of ours have in common if they are of one kind. */
    function kind(rule, element) {
        const classes = [...element.classList].filter((each) => !STATES.includes(each));
        const one = `${rule} ${element.localName} ${element.getAttribute("role")} ${classes.sort()}`;
        if (rule !== "color-contrast") {
            return one;
        }
        const part = element.closest(PARTS_OF_CORE);
        const name = [...(part?.classList || [])].find((each) => /^o_field_(?!widget|empty)/.test(each));
        return part ? `${one} ${name}` : `${rule} of ours`;
    }

    async function axeFinds(include) {
        const context = { include, exclude: plan.apart.map((each) => [each]) };
        const { violations } = await window.axe.run(context, {
            runOnly: TAGS,
            resultTypes: ["violations"],
            elementRef: true,
            iframes: false,
            preload: false,
        });
        return violations.flatMap(({ id: rule, nodes }) =>
            nodes.map(({ html, target, element, any, all, none }) => ({
                rule,
                target: String(target),
                why: [...any, ...all, ...none].map(({ message }) => message).join("; "),
                html: html.slice(0, 200),
                element,
                kind: kind(rule, element),
            }))
        );
    }

    const found = (rule, element, why) => ({
        rule,
        why,
        target: `${element.localName}.${[...element.classList].join(".")}`,
        html: element.outerHTML.slice(0, 200),
        element,
        kind: kind(rule, element),
    });

    /** What sticks out of the screen, so that reading asks for scrolling sideways. */
    function sideways() {
        const width = document.documentElement.clientWidth;
        const scrolls = [
            document.documentElement,
            ...document.querySelectorAll(".o_content, .o_form_sheet_bg, .modal-body"),
        ].filter((each) => each.scrollWidth > each.clientWidth + 1);
        if (!scrolls.length || width > SMALL) {
            return [];
        }
        const out = [...document.querySelectorAll(".o_action_manager *, .modal *")].filter(
            (each) =>
                each.getBoundingClientRect().right > width + 1 && !each.closest(TWO_DIMENSIONS)
        );
        return out.length || scrolls[0] === document.documentElement
            ? [found("reflow", out.at(-1) || scrolls[0], `${scrolls[0].scrollWidth} of ${width}`)]
            : [];
    }

    function isSeen(element) {
        return element.checkVisibility() && element.getClientRects().length > 0;
    }

    /** What is as large as the score, which is the first thing to see. */
    function louder() {
        const size = (each) => parseFloat(getComputedStyle(each).fontSize);
        const score = document.querySelector(".o_pso_total");
        const others = score ? document.querySelectorAll(".o_pso_dashboard *") : [];
        return [...others].filter(
            (each) =>
                each !== score &&
                isSeen(each) &&
                [...each.childNodes].some((node) => node.nodeValue?.trim()) &&
                size(each) >= size(score)
        );
    }

    /**
     * Headings and numbers that a column of a list of ours has no room for: half a number
     * is another one. A telephone scrolls and shows cards.
     */
    function cutInLists() {
        if (document.documentElement.clientWidth <= SMALL) {
            return [];
        }
        const isPso = /^pso\./.test(action.currentController?.action.res_model);
        const parts = document.querySelectorAll(
            ".o_list_table th[data-name] .text-truncate, .o_list_table td.o_list_number"
        );
        return [...parts].filter(
            (each) =>
                (isPso || each.closest(OURS)) &&
                isSeen(each) &&
                each.scrollWidth > each.clientWidth + 1
        );
    }

    /** Units on cards that stand on another line than their number. */
    function unitsApart() {
        const below = (unit) => {
            const range = document.createRange();
            range.selectNode(unit);
            const number = unit.previousSibling.getBoundingClientRect();
            return number.height && range.getBoundingClientRect().top >= number.bottom - 2;
        };
        return [...document.querySelectorAll(".o_kanban_record *")].filter((each) =>
            [...each.childNodes].some(
                (node) =>
                    node.nodeType === Node.TEXT_NODE &&
                    /^\s*(%|fte)/.test(node.nodeValue) &&
                    node.previousSibling?.nodeType === Node.ELEMENT_NODE &&
                    below(node)
            )
        );
    }

    /** Tables without headers, and words that are cut off: what axe-core does not look for. */
    function alsoFinds() {
        const tables = [...document.querySelectorAll("table")].filter(
            (each) =>
                each.closest(OURS) &&
                isSeen(each) &&
                each.getAttribute("role") !== "presentation" &&
                !each.querySelector("th")
        );
        const cut = [...document.querySelectorAll(WORDS)].filter(
            (each) =>
                isSeen(each) &&
                !each.closest(".o_list_renderer:not(.o_pso_list), .o_calendar_filter") &&
                each.scrollWidth > each.clientWidth
        );
        // Of a list on a wide screen: what its columns are is read without a mouse.
        const headings = [
            ...document.querySelectorAll(".o_list_renderer th[data-name] .text-truncate"),
        ].filter(
            (each) =>
                document.documentElement.clientWidth > SMALL &&
                isSeen(each) &&
                each.scrollWidth > each.clientWidth
        );
        return [
            ...tables.map((each) => found("table-headers", each, "no cell says what is in it")),
            ...headings.map((each) => found("cut-heading", each, each.textContent)),
            ...cut.map((each) => found("cut-off", each, each.textContent)),
            ...cutInLists().map((each) => ({
                ...found("cut-in-list", each, each.textContent),
                target: each.textContent,
                kind: "cut-in-list of ours",
            })),
            ...unitsApart().map((each) => found("unit-apart", each, each.textContent)),
            ...louder().map((each) => found("headline", each, "as large as the score")),
            ...sideways(),
        ];
    }

    async function look(context) {
        return [...(await axeFinds(context)), ...alsoFinds()];
    }

    /** The pages of a form that are ours: of a form of core, the one that we add. */
    function pages(model, isCore) {
        const isOurs = (page) =>
            isCore ? !/pso/.test(page.name) : model.startsWith("pso.") || /pso/.test(page.name);
        return [...document.querySelectorAll(".o_notebook_headers .nav-link:not(.active)")].filter(
            isOurs
        );
    }

    /** Gets to what a screen asks for when somebody gets there. */
    async function scrollToAwaited() {
        const awaited = document.querySelector(".o_pso_awaited");
        if (awaited) {
            awaited.scrollIntoView();
            await settle(".o_pso_dashboard:not(:has(.o_pso_awaited))");
        }
    }

    async function visit({ request, viewType, selector, context, model, isCore }) {
        dialog.closeAll();
        await action.doAction(request, {
            clearBreadcrumbs: true,
            viewType,
            additionalContext: context || {},
        });
        await settle(selector);
        await scrollToAwaited();
        const seen = await look(document);
        const names = pages(model, isCore).map((page) => page.name);
        for (const name of names) {
            document.querySelector(`.o_notebook_headers .nav-link[name="${name}"]`).click();
            await settle(".o_notebook_content .tab-pane.active");
            seen.push(...(await look(".o_notebook_content .tab-pane.active")));
        }
        return seen;
    }

    async function all(screens, isWanted) {
        const seen = new Map();
        for (const { name, ...screen } of screens) {
            let finds;
            try {
                finds = await visit(screen);
            } catch (error) {
                throw new Error(`${name}: ${error.message}`, { cause: error });
            }
            for (const { element, ...find } of finds) {
                const key = `${name} ${find.kind} ${find.rule} ${find.target}`;
                if (isWanted(find, element)) {
                    seen.set(key, { screen: name, ...find });
                }
            }
        }
        return [...seen.values()];
    }

    (0, eval)(await (await fetch(plan.axe)).text());
    const still = document.createElement("style");
    still.textContent = "* { transition: none !important; animation: none !important; }";
    document.head.append(still);
    const core = await all(plan.core, (_find, element) => !element.closest(OURS));
    const kinds = new Set(
        core.map((each) => each.kind).filter((each) => !each.endsWith("of ours"))
    );
    const isExcused = ({ rule }, element) =>
        plan.excused.some((each) => each[0] === rule && element.matches(each[1]));
    return all(
        plan.ours,
        (find, element) => !kinds.has(find.kind) && !isExcused(find, element)
    );
};
