"""Where things are. Whatever the commands make is below STATE or OUTPUT."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DEV = ROOT / "dev"
INSIDE = DEV / "_inside"
ADDON = ROOT / "pso_odoo"
OUTPUT = ROOT / "output"

STATE = ROOT / ".dev"
CACHE = STATE / "cache"
LOGS = STATE / "log"


def shown(path):
    """The path as the person at the keyboard would write it."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
