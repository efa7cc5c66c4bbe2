import { evaluateBooleanExpr } from "@web/core/py_js/py";
import { pick } from "@web/core/utils/objects";
import { registry } from "@web/core/registry";
import { FormArchParser } from "@web/views/form/form_arch_parser";
import { FormController } from "@web/views/form/form_controller";
import { formView } from "@web/views/form/form_view";
import { BUTTON_CLICK_PARAMS } from "@web/views/utils";

// A button of the header with this class is no button there, but an item of the menu ⚙.
const IN_MENU = ":scope > header > button.o_pso_in_menu";

function parseMenuButton(node) {
    const clickParams = {};
    for (const name of BUTTON_CLICK_PARAMS) {
        if (node.hasAttribute(name)) {
            clickParams[name] = node.getAttribute(name);
        }
    }
    return {
        clickParams,
        description: node.getAttribute("string"),
        invisible: node.getAttribute("invisible"),
    };
}

export class CogFormArchParser extends FormArchParser {
    parse(xmlDoc, models, modelName) {
        const nodes = [...xmlDoc.querySelectorAll(IN_MENU)];
        const menuButtons = nodes.map(parseMenuButton);
        for (const node of nodes) {
            node.remove();
        }
        return { ...super.parse(xmlDoc, models, modelName), menuButtons };
    }
}

/**
 * A form whose header keeps the next step and what is used most. The rest is in the menu
 * where Odoo keeps what is done with a record, and is asked, confirmed and hidden as in
 * the header.
 */
export class CogFormController extends FormController {
    getStaticActionMenuItems() {
        const items = super.getStaticActionMenuItems();
        this.archInfo.menuButtons.forEach((button, place) => {
            items[`pso_${button.clickParams.name}`] = {
                isAvailable: () => !this.isHidden(button),
                sequence: place / 100,
                description: button.description,
                class: `o_pso_menu_${button.clickParams.name}`,
                callback: () => this.clickMenuButton(button),
                // The button saves, and says what is wrong, as in the header.
                skipSave: true,
            };
        });
        return items;
    }

    isHidden({ invisible }) {
        return evaluateBooleanExpr(invisible, this.model.root.evalContextWithVirtualIds);
    }

    clickMenuButton({ clickParams }) {
        const { root } = this.model;
        const ofRecord = ["context", "evalContext", "resModel", "resId", "resIds"];
        return this.env.onClickViewButton({
            clickParams,
            getResParams: () => pick(root, ...ofRecord),
        });
    }
}

export const cogFormView = {
    ...formView,
    ArchParser: CogFormArchParser,
    Controller: CogFormController,
};

registry.category("views").add("pso_cog_form", cogFormView);
