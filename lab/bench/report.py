"""The tables of the benchmark, for people and for programs."""

import json

from _env.paths import OUTPUT, shown

WHAT = {
    "figures": "all figures of a measurement ÷ the best SQL by hand",
    "trend": "trend of 37 windows ÷ one score over the 48 months it reads",
    "answer": "the least cost of a level, 300 vendors ÷ reading the score",
    "loop": "figures ÷ a loop over the ORM doing the same",
    "dashboard": "the dashboard ÷ the best SQL by hand for the figures alone",
    "below": "… and what is below the fold, when somebody scrolls there ÷ the same",
    "queries": "queries of the dashboard, below the fold apart",
    "jobs_figures": "figures where one in 100 has two jobs ÷ where nobody has",
    "jobs_dashboard": "… the dashboard",
    "jobs_below": "… and what is below the fold",
    "create_bill": "making a bill of 4 lines, with ÷ without the addon",
    "post_bill": "posting a bill, with ÷ without the addon",
    "create_order": "making an order of 3 lines, with ÷ without the addon",
    "confirm_order": "confirming an order, with ÷ without the addon",
    "write_employee": "writing an employee, with ÷ without the addon",
    "write_version": "writing a version, with ÷ without the addon",
    "certificates": "certificates of 500 vendors ÷ writing 500 partners",
    "install": "installing into the filled ÷ into the empty database",
    "lock": "rows of employees that others wait for while a measurement is locked",
    "workbook": "workbook ÷ bare xlsxwriter writing the same cells",
    "together": "8 readers and 8 writers: failures and waits on locks more than"
    " without the addon",
    "together_pso": "the same, half of the writers on the addon's own records",
    "together_write": "the same: median write, with ÷ without the addon",
    "together_read": "the same: 95 % of dashboards ÷ one that is alone",
    "together_workers": "… where each reader is a process of its own",
    "together_one": "… of one reader and 8 writers",
    "grows": "the dashboard at 500 employees ÷ at 5",
}
TWINS = {
    ("together", "without"): "without the addon",
    ("together", "with"): "with it",
    ("together_pso", "with"): "with it, on its own records too",
}
# Promised for a large company: in a small one what does not grow weighs more.
LARGE = {"figures", "answer", "trend", "loop", "dashboard", "below", "workbook"}
LARGE |= {"jobs_figures", "jobs_dashboard", "jobs_below"}
TINY, SMALL = "0.0001", "0.01"
MOST_MB = 100  # of memory that a workbook takes
REPLICA = "replica"


def write(sizes, hardware):
    """Write ``output/bench.md`` and ``.json``.

    :param sizes: ``{size: {build: {step: seconds}, rows: [row]}}``
    :return: the tables as text
    """
    for size, result in sizes.items():
        for row in result["rows"]:
            row["is_large"] = float(size) >= 1
    _hold_small(sizes)
    OUTPUT.mkdir(exist_ok=True)
    text = "\n".join(_page(sizes, hardware))
    page = OUTPUT / "bench.md"
    page.write_text(text + "\n")
    content = {"hardware": hardware, "sizes": sizes}
    (OUTPUT / "bench.json").write_text(json.dumps(content, indent=1) + "\n")
    return f"{text}\n\n{shown(page)}"


def _hold_small(sizes):
    """Hold the dashboard of a small company against that of a tiny one."""
    tiny, small = (sizes.get(size, {}).get("rows", []) for size in (TINY, SMALL))
    took = [
        row["seconds"]["dashboard"]
        for rows in (tiny, small)
        for row in rows
        if row["key"] == "dashboard"
    ]
    if len(took) == 2 and all(row["key"] != "grows" for row in small):
        row = {
            "key": "grows",
            "ratio": took[1] / took[0],
            "most": 2,
            "seconds": {"dashboard": took[1], "of 5 employees": took[0]},
            "repetitions": 1,
            "is_large": False,
        }
        small.append(row)


def _page(sizes, hardware):
    yield "# Benchmark"
    yield ""
    yield from (f"- {line}" for line in hardware)
    yield ""
    yield from _verdict(sizes)
    if len(sizes) > 1:
        yield ""
        yield "## How cost grows"
        yield ""
        yield (
            "What is held against the target, and the median of what the addon does."
            " The targets of figures, trend, loop, dashboard and workbook are those of"
            " size 1."
        )
        yield ""
        yield from _growth(sizes)
    for size, result in sizes.items():
        yield ""
        yield f"## Size {size}"
        yield ""
        yield from _size(result)
    for size, result in list(sizes.items())[-1:]:  # at the others it is the same
        if rows := [row for row in result["rows"] if row["key"] == REPLICA]:
            yield ""
            yield f"## With a replica, at size {size}"
            yield from _replica(rows)


def _verdict(sizes):
    missed = [
        f"{row['key']} at size {size}"
        for size, result in sizes.items()
        for row in result["rows"]
        if _is_missed(row)
    ]
    missed += [
        f"{part} could not be measured at size {size}"
        for size, result in sizes.items()
        for part in result["failed"]
    ]
    counts = {
        row["queries"]
        for result in sizes.values()
        for row in result["rows"]
        if row["key"] == "queries"
    }
    if len(counts) > 1:
        missed.append("the dashboard takes more queries at one size than at another")
    yield f"**Missed: {', '.join(missed)}.**" if missed else "Every target is reached."


# -- a row -------------------------------------------------------------------


def _value(row):
    """What is held against the target."""
    return next(row[name] for name in ("ratio", "more", "queries") if name in row)


def _is_missed(row):
    if row["key"] == REPLICA:
        return row["result"] != "ok"
    if row["key"] in LARGE and not row["is_large"]:
        return False
    return (
        _value(row) > row["most"]
        or row.get("more_queries", [0])[-1] > 0
        or row.get("extra_mb", 0) >= MOST_MB
    )


def _measured(row):
    value = _value(row)
    text = f"{value:.3f}" if "ratio" in row else str(value)
    return f"**{text} (missed)**" if _is_missed(row) else text


def _what(row):
    return WHAT.get(row["key"], row["key"])


# -- over the sizes ----------------------------------------------------------


def _growth(sizes):
    """What is held against the target, and the median of the case in question."""
    yield f"| what | at most | {' | '.join(f'size {size}' for size in sizes)} |"
    yield f"|---|---:|{'---:|' * len(sizes)}"
    found = {
        size: {row["key"]: row for row in result["rows"] if row["key"] != REPLICA}
        for size, result in sizes.items()
    }
    keys = dict.fromkeys(key for rows in found.values() for key in rows)
    for key in keys:
        rows = [rows.get(key) for rows in found.values()]
        first = next(filter(None, rows))
        cells = _what(first), first["most"], *map(_short, rows)
        yield f"| {' | '.join(map(str, cells))} |"


def _short(row):
    if row is None:
        return ""
    return f"{_measured(row)} ({_time(next(iter(row['seconds'].values())))})"


# -- one size ----------------------------------------------------------------


def _size(result):
    if result["build"]:
        done = ", ".join(f"{k} {s:.0f} s" for k, s in result["build"].items())
        yield f"Built: {done}."
        yield ""
    for part, failure in result["failed"].items():
        yield from (f"**{part} could not be measured:**", "", "```", failure, "```", "")
    rows = [row for row in result["rows"] if row["key"] != REPLICA]
    if rows:
        yield "| what | at most | measured | medians | n |"
        yield "|---|---:|---:|---|---:|"
        yield from (_line(row) for row in rows)
    yield from _together([row for row in rows if "twins" in row])


def _line(row):
    cells = _what(row), row["most"], _measured(row), _medians(row), row["repetitions"]
    return f"| {' | '.join(map(str, cells))} |"


def _medians(row):
    texts = [f"{name} {_time(value)}" for name, value in row["seconds"].items()]
    if "extra_mb" in row:
        texts.append(f"{row['extra_mb']:.0f} MB more memory")
    if "cells" in row:
        texts.append(f"{row['cells']} cells")
    if "more_queries" in row:
        least, most = row["more_queries"]
        more = f"{most}" if least == most else f"{least} to {most}"
        texts.append(f"{row['queries']['with']} queries, {more} more")
    return ", ".join(texts)


def _together(rows):
    """What happened when all worked at once, and who had to wait."""
    if not rows:
        return
    by_key = {row["key"]: row["twins"] for row in rows}
    twins = {title: by_key[key][name] for (key, name), title in TWINS.items()}
    yield ""
    yield "All at once: what happened, and the median and 95 % of the times."
    yield ""
    yield "| | transactions | failures | waits | deadlocks | a read | a write |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for name, twin in twins.items():
        counts = [sum(twin[each].values()) for each in ("failures", "waits")]
        took = [
            f"{_time(each['median'])}, {_time(each['p95'])}"
            for each in (twin["seconds"]["read"], twin["seconds"]["write"])
        ]
        cells = name, twin["transactions"], *counts, twin["deadlocks"], *took
        yield f"| {' | '.join(map(str, cells))} |"
    for name, twin in twins.items():
        for what in ("failures", "waiting"):
            for text, number in twin[what].items():
                yield ""
                yield f"{name}: {number} × `{text}`"


def _replica(rows):
    """Which server did the work of which page, by how the replica was."""
    if not rows:
        return
    times = list(dict.fromkeys(row["when"] for row in rows))
    cells = {(row["what"], row["when"]): _servers(row) for row in rows}
    yield ""
    yield "Statements of Odoo at each server, by how the replica was:"
    yield ""
    yield f"| page | {' | '.join(times)} |"
    yield f"|---|{'---|' * len(times)}"
    for what in dict.fromkeys(row["what"] for row in rows):
        line = [cells.get((what, when), "") for when in times]
        yield f"| {what} | {' | '.join(line)} |"


def _servers(row):
    texts = []
    for server, counts in row["servers"].items():
        found = [f"{number} {kind}" for kind, number in counts.items() if number]
        if found:
            texts.append(f"{server}: {', '.join(found)}")
    if _is_missed(row):
        texts.append(f"**{row['result']}**")
    return "; ".join(texts)


def _time(seconds):
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.3g} ms"
