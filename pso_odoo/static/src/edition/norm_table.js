import { _t } from "@web/core/l10n/translation";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatFloat } from "@web/views/fields/formatters";
import { parseFloat } from "@web/views/fields/parsers";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { Component, useState } from "@odoo/owl";

// One point or comma that no three digits follow parts no thousands, in any language.
const DECIMAL = /^\d+[.,](\d{1,2}|\d{4,})$/;

/**
 * A number as somebody types or pastes it, null if it is none; empty is undefined.
 *
 * The manual is Dutch and Odoo need not be: 5,5 and 5.5 are the same norm, not 55.
 */
function readNumber(text) {
    const bare = text.replace(/[%\s\u00a0]/g, "");
    if (!bare) {
        return undefined;
    }
    if (DECIMAL.test(bare)) {
        return Number(bare.replace(",", "."));
    }
    try {
        return parseFloat(bare);
    } catch {
        return null;
    }
}

/**
 * The norms of an edition as the manual prints them: a row a size, a column a level.
 * What is copied from a spreadsheet is pasted into the cell where it begins.
 */
export class NormTable extends Component {
    static template = "pso_odoo.NormTable";
    static props = { ...standardFieldProps };

    setup() {
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.state = useState({ place: null });
    }

    get rows() {
        return this.props.record.data[this.props.name] || [];
    }

    get levels() {
        return this.props.record.data.norm_levels || [];
    }

    format(number) {
        return number ? formatFloat(number, { digits: [16, 4], trailingZeros: false }) : "";
    }

    cell(row, level) {
        return row.cells[level.id];
    }

    /** The cell that was entered last, to show where its norm can be read. */
    get chosen() {
        const { place } = this.state;
        const row = place && this.rows[place.row];
        const level = place && this.levels[place.column - 1];
        const cell = row && level && this.cell(row, level);
        return cell ? { cell, row, level } : null;
    }

    get chosenTitle() {
        const { row, level } = this.chosen;
        return _t("Source of %(level)s at %(size)s fte", {
            level: level.name,
            size: this.format(row.size),
        });
    }

    hasUnconfirmed(level) {
        return this.rows.some((row) => this.cell(row, level)?.is_confirmed === false);
    }

    // -- changing it -----------------------------------------------------------

    /** Change a copy of the table: what is saved is what the record has. */
    change(edit) {
        const rows = this.rows.map(({ size, cells }) => ({
            size,
            cells: Object.fromEntries(
                Object.entries(cells).map(([id, cell]) => [id, { ...cell }])
            ),
        }));
        edit(rows);
        return this.props.record.update({ [this.props.name]: rows });
    }

    /** Put a number into a row: its size in column 0, else the norm of a level. */
    put(row, column, number) {
        if (column === 0) {
            row.size = number || 0;
            return;
        }
        const { id } = this.levels[column - 1];
        if (number === undefined) {
            delete row.cells[id];
        } else {
            row.cells[id] = {
                is_confirmed: false,
                source: false,
                ...row.cells[id],
                percentage: number,
            };
        }
    }

    onChange(index, column, ev) {
        const number = readNumber(ev.target.value);
        if (number === null) {
            this.refuse(ev.target.value);
            this.render();
            return;
        }
        return this.change((rows) => this.put(rows[index], column, number));
    }

    onSource(ev) {
        const { row, column } = this.state.place;
        const { id } = this.levels[column - 1];
        return this.change((rows) => {
            rows[row].cells[id].source = ev.target.value || false;
        });
    }

    refuse(text) {
        this.notification.add(_t("“%(text)s” is no number: nothing was taken over.", { text }), {
            type: "danger",
        });
    }

    onAdd() {
        return this.change((rows) => rows.push({ size: 0, cells: {} }));
    }

    onDelete(index) {
        const remove = () => this.change((rows) => rows.splice(index, 1));
        if (!Object.keys(this.rows[index].cells).length) {
            return remove();
        }
        this.dialog.add(ConfirmationDialog, {
            title: _t("Delete this size?"),
            body: _t("The norms of this size are gone once you save."),
            confirmLabel: _t("Delete"),
            confirm: remove,
            cancel: () => {},
        });
    }

    onConfirm(levels) {
        return this.change((rows) => {
            for (const { cells } of rows) {
                for (const { id } of levels) {
                    if (cells[id]) {
                        cells[id].is_confirmed = true;
                    }
                }
            }
        });
    }

    onToggle(ev) {
        const { row, column } = this.state.place;
        const { id } = this.levels[column - 1];
        return this.change((rows) => {
            rows[row].cells[id].is_confirmed = ev.target.checked;
        });
    }

    /** Take over a block of cells as a whole, or nothing of it. */
    onPaste(index, column, ev) {
        const text = ev.clipboardData.getData("text/plain").replace(/[\r\n]+$/, "");
        if (!/[\t\n]/.test(text)) {
            return;
        }
        ev.preventDefault();
        let block = text.split(/\r?\n/).map((line) => line.split("\t"));
        const isHeader = block[0].every((cell) => !Number.isFinite(readNumber(cell)));
        block = isHeader ? block.slice(1) : block;
        const width = Math.max(...block.map((cells) => cells.length));
        if (column + width > this.levels.length + 1) {
            this.notification.add(
                _t("What you paste has more columns than the table: nothing was taken over."),
                { type: "danger" }
            );
            return;
        }
        const wrong = block.flat().find((cell) => readNumber(cell) === null);
        if (wrong !== undefined) {
            this.refuse(wrong);
            return;
        }
        return this.change((rows) => {
            block.forEach((cells, down) => {
                rows[index + down] ||= { size: 0, cells: {} };
                cells.forEach((cell, right) =>
                    this.put(rows[index + down], column + right, readNumber(cell))
                );
            });
        });
    }
}

registry.category("fields").add("pso_norm_table", {
    component: NormTable,
    supportedTypes: ["json"],
    fieldDependencies: [{ name: "norm_levels", type: "json" }],
});
