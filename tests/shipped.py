"""The rule book as shipped, read from its files and not through the addon."""

import csv
from datetime import date
from pathlib import Path

from oracle import Edition, FormRule, GroupRule

FOLDER = Path(__file__).parents[1] / "pso_odoo/data/rule_book"


def _rows(model):
    with (FOLDER / f"{model}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _codes(model):
    """Codes by external id, in the order of the scheme."""
    rows = sorted(_rows(model), key=lambda row: int(row["sequence"]))
    return {row["id"]: row["code"] for row in rows}


GROUPS = _codes("pso.target.group")
FORMS = _codes("pso.contract.form")
LEVELS = {
    row["id"]: row["code"] for row in _rows("pso.level") if row["is_computed"] == "1"
}


def shipped_editions():
    """Every edition that the addon brings.

    What no file says is as in the rule book: two fte, 30 % of which 6 points on regular
    contracts, six months and two hours.
    """
    return [_edition(row) for row in _rows("pso.edition")]


def _edition(row):
    own = {
        model: [rule for rule in _rows(model) if rule["edition_id/id"] == row["id"]]
        for model in ("pso.group.rule", "pso.form.rule", "pso.norm")
    }
    return Edition(
        code=row["code"],
        groups={
            GROUPS[rule["group_id/id"]]: GroupRule(
                weight=_if(rule["is_weight_known"], float(rule["weight"])),
                months=_if(rule["is_period_known"], int(rule["counting_months"])),
                from_event=rule["counting_from"] == "event",
                counts_for_pso30=rule["counts_for_pso30"] == "1",
                is_confirmed=rule["is_confirmed"] == "1",
            )
            for rule in own["pso.group.rule"]
        },
        forms={
            FORMS[rule["form_id/id"]]: FormRule(
                weight=_if(rule["is_weight_known"], float(rule["weight"])),
                max_months=int(rule["max_months"]),
                in_total=rule["is_in_total"] == "1",
                is_regular=rule["is_regular"] == "1",
                needs_tenure=rule["needs_tenure"] == "1",
                counts_for_pso30=rule["counts_for_pso30"] == "1",
                is_confirmed=rule["is_confirmed"] == "1",
            )
            for rule in own["pso.form.rule"]
        },
        ladder=[
            (code, _norms(own["pso.norm"], level))
            for level, code in LEVELS.items()
            if level in row["level_ids/id"].split(",")
        ],
        indirect_max_share=float(row["indirect_max_share"]),
        aspirant_supplier_counts=row["aspirant_supplier_counts"] == "1",
        date_from=date.fromisoformat(row["date_from"]),
        is_shipped=True,
    )


def _norms(rows, level):
    return sorted(
        (float(row["size_fte"]), float(row["percentage"]))
        for row in rows
        if row["level_id/id"] == level
    )


def _if(is_known, value):
    return value if is_known == "1" else None
