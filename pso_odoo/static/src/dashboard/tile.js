import { Component } from "@odoo/owl";

/** One figure with its name; it opens what is behind it. */
export class Tile extends Component {
    static template = "pso_odoo.Tile";
    static props = {
        id: String, // the figure's name
        name: String,
        value: String,
        note: String,
        swatch: { type: Boolean, optional: true }, // has a colour of its own (pso.scss)
        onClick: Function,
    };
}
