import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { Component } from "@odoo/owl";

// A hundred millions with cents and a currency.
const LONGEST_NUMBER = 18;
const ICONS = { up: "fa-arrow-up", down: "fa-arrow-down", same: "" };

/**
 * Scenarios side by side: a table where there is room for it, cards on a phone. What is
 * otherwise than at the start has an arrow and a sign, and a colour besides.
 */
export class ComparisonField extends Component {
    static template = "pso_odoo.ComparisonField";
    static props = { ...standardFieldProps };

    get columns() {
        return this.props.record.data[this.props.name]?.columns || [];
    }

    /** The rows of the table: those of the longest column, as the start has no cost. */
    get rows() {
        const lengths = this.columns.map((column) => column.cells.length);
        const longest = this.columns[lengths.indexOf(Math.max(...lengths))];
        return longest ? longest.cells.map((cell) => cell.label) : [];
    }

    cell(column, index) {
        return column.cells[index];
    }

    /** Numbers with their unit stay on a line; words would make their column wide. */
    isSentence({ text }) {
        return text.length > LONGEST_NUMBER;
    }

    icon(direction) {
        return ICONS[direction];
    }

    tone(cell) {
        if (cell.is_good === null) {
            return "o_pso_muted";
        }
        return cell.is_good ? "text-success" : "text-danger";
    }

    said(direction) {
        return { up: _t("More than the start"), down: _t("Less than the start") }[direction];
    }
}

export const comparisonField = {
    component: ComparisonField,
    supportedTypes: ["json"],
};

registry.category("fields").add("pso_comparison", comparisonField);
