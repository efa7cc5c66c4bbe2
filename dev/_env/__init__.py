"""The developer environment: one module per thing that has to be there.

Only the standard library is used: this code runs before anything is installed.
"""

import sys
from pathlib import Path

if sys.version_info < (3, 10):  # noqa: UP036 (says so before a syntax error does)
    sys.exit("Python 3.10 or newer is needed: run this with a newer python3.")

# The commands import lab/, which is beside this folder.
sys.path.append(str(Path(__file__).resolve().parents[2]))
