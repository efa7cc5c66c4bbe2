import { FileModel } from "@web/core/file_viewer/file_model";
import { useFileViewer } from "@web/core/file_viewer/file_viewer_hook";
import { registry } from "@web/core/registry";
import { checkFileSize } from "@web/core/utils/files";
import { useService } from "@web/core/utils/hooks";
import { getDataURLFromFile } from "@web/core/utils/urls";
import {
    Many2ManyBinaryField,
    many2ManyBinaryField,
} from "@web/views/fields/many2many_binary/many2many_binary_field";

/**
 * Proof files that can be looked at here: a download would leave copies behind.
 *
 * Those of a record that is not saved yet wait in its field `new_files`, and are sent
 * with it: an upload of no record would be open to administrators.
 */
export class ProofFiles extends Many2ManyBinaryField {
    static template = "pso_odoo.ProofFiles";

    setup() {
        super.setup();
        this.viewer = useFileViewer();
        this.notifications = useService("notification");
    }

    get proofs() {
        return this.files.map(({ id, name, mimetype }) =>
            Object.assign(new FileModel(), { id, name, mimetype, type: "binary" })
        );
    }

    open(file, files) {
        this.viewer.open(file, files);
    }

    get waiting() {
        return this.props.record.data.new_files || [];
    }

    async onWait(ev) {
        const files = [...ev.target.files].filter((file) =>
            checkFileSize(file.size, this.notifications)
        );
        const added = await Promise.all(
            files.map(async (file) => ({
                name: file.name,
                content: (await getDataURLFromFile(file)).split(",")[1] || "",
            }))
        );
        ev.target.value = "";
        await this.props.record.update({ new_files: [...this.waiting, ...added] });
    }

    onWaitNoMore(index) {
        const new_files = this.waiting.filter((_file, place) => place !== index);
        return this.props.record.update({ new_files });
    }
}

registry.category("fields").add("pso_proof_files", {
    ...many2ManyBinaryField,
    component: ProofFiles,
    fieldDependencies: [{ name: "new_files", type: "json", readonly: false }],
});
