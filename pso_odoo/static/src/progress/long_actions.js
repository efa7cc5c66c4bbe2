import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { configureBlobDownloadXHR, downloadFile } from "@web/core/network/download";
import { registry } from "@web/core/registry";

// What takes long on a measurement: each is an action of its own, which shows how far it
// is. It goes on when the user leaves the form; a refusal is a dialog, as of any button.

async function downloadWorkbook({ services }, { params }) {
    await services.pso_progress.during(params.measurement_id, _t("Making the workbook"), () =>
        downloadFile(params.url)
    );
}

// The last of a ZIP file is a list of what is in it, and this the least that it takes.
const ZIP_END = [0x50, 0x4b, 0x05, 0x06];
const ZIP_END_SIZE = 22;

async function isWholeZip(blob) {
    const tail = new Uint8Array(await blob.slice(-ZIP_END_SIZE).arrayBuffer());
    return ZIP_END.every((byte, place) => tail[place] === byte);
}

/**
 * Fetch a file that is made while it is sent. Not every proxy tells the browser that the
 * making was broken off: so it is not saved unless it has its end.
 */
export function downloadZip(url) {
    return new Promise((resolve, reject) => {
        const xhr = new browser.XMLHttpRequest();
        xhr.open("GET", url);
        configureBlobDownloadXHR(xhr, { onSuccess: resolve, onFailure: reject, url });
        const save = xhr.onload;
        xhr.onload = async () => {
            if (xhr.status !== 200 || (await isWholeZip(xhr.response))) {
                save();
            } else {
                resolve(null);
            }
        };
        xhr.send();
    });
}

async function downloadBundle({ services }, { params }) {
    const { measurement_id: id, url, notice } = params;
    if (notice) {
        services.notification.add(notice, { type: "info", sticky: true });
    }
    const label = _t("Making the evidence bundle");
    const name = await services.pso_progress.during(id, label, () => downloadZip(url));
    if (name === null) {
        services.notification.add(
            _t("The evidence bundle broke off midway and was not saved. Try again; the server log says why."),
            { type: "danger", sticky: true }
        );
    }
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
    .add("pso_odoo.download_bundle", downloadBundle)
    .add("pso_odoo.lock_measurement", lockMeasurement);
