import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";

/**
 * Looks at the files of a vendor's answer before they are sent.
 *
 * The server says the same of files that reach it; one that is far too large never does,
 * and what was typed would be lost with it. The limits and their words are the server's.
 */
export class ProofUpload extends Interaction {
    static selector = ".o_pso_vendor form#answer";
    dynamicContent = {
        "#files": { "t-on-change": this.judge },
        _root: { "t-on-submit": this.onSubmit },
    };

    setup() {
        this.input = this.el.querySelector("#files");
    }

    /** @returns {string} what is wrong with the files; nothing where they may be sent */
    problem() {
        const { most, largest, tooMany, tooLarge } = this.input.dataset;
        const files = [...this.input.files];
        const kept = this.el.querySelectorAll("[name=kept]:checked").length;
        if (files.length + kept > Number(most)) {
            return tooMany;
        }
        const large = files.find((file) => file.size > Number(largest));
        return large ? tooLarge.replace("{name}", () => large.name) : "";
    }

    /** Shows what is wrong where the server shows it, or takes that away. */
    judge() {
        const problem = this.problem();
        this.el.querySelector("#files_error")?.remove();
        this.input.classList.toggle("is-invalid", Boolean(problem));
        this.input.setAttribute("aria-invalid", String(Boolean(problem)));
        if (problem) {
            const error = document.createElement("div");
            error.id = "files_error";
            error.className = "invalid-feedback d-block";
            error.setAttribute("role", "alert");
            error.textContent = problem;
            this.input.after(error);
        }
        return !problem;
    }

    onSubmit(ev) {
        if (!this.judge()) {
            ev.preventDefault();
            this.input.focus();
        }
    }
}

registry.category("public.interactions").add("pso_odoo.proof_upload", ProofUpload);
