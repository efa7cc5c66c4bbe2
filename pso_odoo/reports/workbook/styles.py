"""The colours and cell formats of a workbook, by name."""

INK = "#374151"
BRAND = "#714B67"
PALE = "#F6F3F5"
LINE = "#E5E7EB"
AMBER = "#B45309"
GREY = "#9CA3AF"
HIGHLIGHT = "#EBDDE7"

BASE = {"font_name": "Calibri", "font_size": 10, "font_color": INK, "valign": "vcenter"}
STYLES = {
    "title": {"font_size": 18, "font_color": BRAND},
    "note": {"font_color": "#6B7280"},
    "how": {"font_color": "#6B7280", "align": "left", "indent": 1},
    "heading": {"font_size": 12, "bold": True, "font_color": BRAND},
    "header": {
        "bold": True,
        "font_color": "#FFFFFF",
        "bg_color": BRAND,
        "text_wrap": True,
    },
    "figure_label": {"font_color": "#6B7280", "text_wrap": True},
    "figure": {"font_size": 14, "bold": True, "align": "left", "indent": 0},
    "cell": {"bottom": 1, "bottom_color": LINE},
    "label": {"bold": True, "align": "left", "indent": 1, "text_wrap": True},
    "text": {"align": "left", "indent": 1},
    "wrap": {"text_wrap": True, "align": "left", "indent": 1},
    "link": {"font_color": BRAND, "underline": 1, "align": "left", "indent": 1},
    "date": {"align": "center"},
    "moment": {"align": "left", "indent": 1},
    "year": {"num_format": "0", "align": "center"},
    "integer": {"num_format": "#,##0", "align": "right"},
    "sign": {"num_format": "0", "align": "center"},
    "hours": {"num_format": "#,##0.00", "align": "right"},
    "weight": {"num_format": "0.00##", "align": "right"},
    "fte": {"num_format": "#,##0.00", "align": "right"},
    # Of a line: what a small supplier adds would be 0.00.
    "fte_line": {"num_format": "#,##0.0000", "align": "right"},
    "percent": {"num_format": '#,##0.00"%"', "align": "right"},
    "share": {"num_format": "0%", "align": "right"},
    "money": {"num_format": "#,##0.00", "align": "right"},
    "answer": {"align": "right"},
    "left": {"align": "left", "indent": 1},
    "right": {"align": "right", "indent": 0},
    "center": {"align": "center", "indent": 0},
    "derived": {"bg_color": PALE},
    "total": {"bold": True, "top": 1, "top_color": BRAND, "bg_color": PALE},
    "mark": {"font_color": AMBER, "italic": True, "align": "left", "indent": 1},
    "amber": {"font_color": AMBER, "italic": True},
    "amber_center": {"font_color": AMBER, "italic": True, "align": "center"},
    "muted": {"font_color": GREY},
}
