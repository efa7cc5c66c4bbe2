import { Component } from "@odoo/owl";

/** One figure with its name; a button if there is something behind it to open. */
export class Tile extends Component {
    static template = "pso_odoo.Tile";
    static props = {
        name: String,
        value: String,
        note: String,
        swatch: { type: String, optional: true }, // the figure's name in pso.scss
        onClick: { type: [Function, { value: null }], optional: true },
    };
}
