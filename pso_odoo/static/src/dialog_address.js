import { router } from "@web/core/browser/router";
import { patch } from "@web/core/utils/patch";
import { WebClient } from "@web/webclient/webclient";

const APP = "pso_odoo.menu_root";

/**
 * A dialog that is opened by its address, as in a tab of its own, stands upon the first
 * screen of the app: else it would stand on an empty page that is named "Odoo", and leave
 * that behind when it closes.
 */
patch(WebClient.prototype, {
    async loadRouterState() {
        const dialog = await this.psoDialogOfAddress();
        if (!dialog) {
            return super.loadRouterState(...arguments);
        }
        await this.menuService.selectMenu(dialog.app);
        await this.actionService.doAction(dialog.action);
    },

    /** @returns the dialog of ours that the address names, and the app to open below it */
    async psoDialogOfAddress() {
        const { action: address, actionStack } = router.current;
        const app = this.menuService.getAll().find((menu) => menu.xmlid === APP);
        if (!address || !app?.actionID || actionStack?.length > 1) {
            return;
        }
        // What cannot be loaded is told by who opens it.
        const action = await this.actionService.loadAction(address).catch(() => {});
        if (action?.target === "new" && action.xml_id?.startsWith("pso_odoo.")) {
            return { action, app };
        }
    },
});
