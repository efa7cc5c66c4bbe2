"""The table of the benchmark, for people and for programs."""

import json

from _env.paths import OUTPUT, shown

WHAT = {
    "figures": "all figures of a measurement ÷ the best SQL by hand",
    "trend": "trend of 37 windows ÷ one score over the 48 months it reads",
    "loop": "figures ÷ a loop over the ORM doing the same",
    "dashboard": "queries of the dashboard",
    "create_bill": "making a bill of 4 lines, with ÷ without the addon",
    "post_bill": "posting a bill, with ÷ without the addon",
    "confirm_order": "confirming an order, with ÷ without the addon",
    "write_employee": "writing an employee, with ÷ without the addon",
    "write_version": "writing a version, with ÷ without the addon",
    "certificates": "certificates of 500 vendors ÷ writing 500 partners",
    "install": "installing into the filled ÷ into the empty database",
    "workbook": "workbook ÷ bare xlsxwriter writing the same cells",
}


def write(sizes, hardware):
    """Write ``output/bench.md`` and ``.json``.

    :param sizes: ``{size: {build: {step: seconds}, rows: [row]}}``
    :return: the table as text
    """
    OUTPUT.mkdir(exist_ok=True)
    text = "\n".join(_page(sizes, hardware))
    page = OUTPUT / "bench.md"
    page.write_text(text + "\n")
    content = {"hardware": hardware, "sizes": sizes}
    (OUTPUT / "bench.json").write_text(json.dumps(content, indent=1) + "\n")
    return f"{text}\n\n{shown(page)}"


def _page(sizes, hardware):
    yield "# Benchmark"
    yield ""
    yield from (f"- {line}" for line in hardware)
    for size, result in sizes.items():
        yield ""
        yield f"## Size {size}"
        yield ""
        if result["build"]:
            done = ", ".join(f"{k} {s:.0f} s" for k, s in result["build"].items())
            yield f"Built: {done}."
            yield ""
        yield "| what | at most | measured | medians | n |"
        yield "|---|---:|---:|---|---:|"
        yield from (_line(row) for row in result["rows"])


def _line(row):
    measured = row["queries"] if row["key"] == "dashboard" else f"{row['ratio']:.3g}"
    cells = WHAT[row["key"]], row["most"], measured, _medians(row), row["repetitions"]
    return f"| {' | '.join(map(str, cells))} |"


def _medians(row):
    texts = [f"{name} {_time(value)}" for name, value in row["seconds"].items()]
    if "extra_mb" in row:
        texts.append(f"{row['cells']} cells, {row['extra_mb']:.0f} MB more memory")
    if "more_queries" in row:
        least, most = row["more_queries"]
        texts.append(f"{least} to {most} queries more")
    return ", ".join(texts)


def _time(seconds):
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.3g} ms"
