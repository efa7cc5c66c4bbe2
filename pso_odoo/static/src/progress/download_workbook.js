import { _t } from "@web/core/l10n/translation";
import { downloadFile } from "@web/core/network/download";
import { registry } from "@web/core/registry";

/** Downloads a workbook in the background; a refusal is a dialog, as of any button. */
async function downloadWorkbook(env, { params }) {
    const end = env.services.pso_progress.begin(
        params.measurement_id,
        _t("Making the workbook")
    );
    try {
        await downloadFile(params.url);
    } finally {
        end();
    }
}

registry.category("actions").add("pso_odoo.download_workbook", downloadWorkbook);
