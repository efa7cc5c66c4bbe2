import { FileModel } from "@web/core/file_viewer/file_model";
import { useFileViewer } from "@web/core/file_viewer/file_viewer_hook";
import { registry } from "@web/core/registry";
import {
    Many2ManyBinaryField,
    many2ManyBinaryField,
} from "@web/views/fields/many2many_binary/many2many_binary_field";

/** Proof files that can be looked at here: a download would leave copies behind. */
export class ProofFiles extends Many2ManyBinaryField {
    static template = "pso_odoo.ProofFiles";

    setup() {
        super.setup();
        this.viewer = useFileViewer();
    }

    get proofs() {
        return this.files.map(({ id, name, mimetype }) =>
            Object.assign(new FileModel(), { id, name, mimetype, type: "binary" })
        );
    }

    open(file, files) {
        this.viewer.open(file, files);
    }
}

registry.category("fields").add("pso_proof_files", {
    ...many2ManyBinaryField,
    component: ProofFiles,
});
