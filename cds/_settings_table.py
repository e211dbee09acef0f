"""The table of all settings in the operator's guide: the one in the docstring of `cds.settings`, between two marks."""

from __future__ import annotations

import re
from pathlib import Path

import cds.settings

__all__ = ["table", "written"]

BEGIN, END = "<!-- settings: written by `make docs` -->\n", "<!-- end of settings -->\n"


def table() -> str:
    """The lines of the table, as Markdown."""
    lines = [line for line in (cds.settings.__doc__ or "").splitlines() if line.startswith("|")]
    head, rule, *rows = lines
    return "\n".join([head, rule, *(re.sub(r"^\| ([^|]*?) \|", _name, row) for row in rows)]) + "\n"


def _name(found: re.Match[str]) -> str:
    return "| " + re.sub(r"[A-Z]+(?:_[A-Z]+)*", r"`\g<0>`", found[1]) + " |"


def written(file: Path) -> str:
    """The text of the guide with the table as it is now.

    Raises:
        ValueError: the file lacks the marks.
        OSError: it cannot be read.
    """
    before, begin, rest = file.read_text("utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{file}: lacks the lines that mark the table of settings")
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"
