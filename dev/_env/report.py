"""The score of the demo company, and its workbook."""

from . import odoo
from .console import step
from .paths import OUTPUT


def show(database, language):
    """Print the score of the demo company in a database, and write the workbook."""
    OUTPUT.mkdir(exist_ok=True)
    lines = []
    with step("Score of the demo company"):
        odoo.script(
            database,
            "show_score",
            "score",
            "--log-level=error",  # what is printed is to be the report alone
            on_line=lines.append,
            PSO_LANGUAGE=language,
            PSO_OUTPUT=str(OUTPUT),
        )
    print("", *lines, sep="\n", flush=True)
