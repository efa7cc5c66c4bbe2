"""The score of the demo company, and its workbook."""

from . import database, odoo
from .console import step
from .paths import OUTPUT


def show(language):
    """Print the score and write the workbook."""
    OUTPUT.mkdir(exist_ok=True)
    lines = []
    with step("Score of the demo company"):
        odoo.script(
            database.DEMO,
            "show_score",
            "score",
            "--log-level=error",  # what is printed is to be the report alone
            on_line=lines.append,
            PSO_LANGUAGE=language,
            PSO_OUTPUT=str(OUTPUT),
        )
    print("", *lines, sep="\n", flush=True)
