import { _t } from "@web/core/l10n/translation";
import { downloadFile } from "@web/core/network/download";
import { registry } from "@web/core/registry";

// What takes long on a measurement: each is an action of its own, which shows how far it
// is. It goes on when the user leaves the form; a refusal is a dialog, as of any button.

async function downloadWorkbook({ services }, { params }) {
    await services.pso_progress.during(params.measurement_id, _t("Making the workbook"), () =>
        downloadFile(params.url)
    );
}

async function lockMeasurement({ services }, { params }) {
    const { measurement_id: id } = params;
    await services.pso_progress.during(id, _t("Locking the measurement"), () =>
        services.orm.call("pso.measurement", "action_lock", [[id]])
    );
}

registry
    .category("actions")
    .add("pso_odoo.download_workbook", downloadWorkbook)
    .add("pso_odoo.lock_measurement", lockMeasurement);
