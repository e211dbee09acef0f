"""Cells of CSV files that no spreadsheet runs as a formula."""

from __future__ import annotations

__all__ = ["guarded"]

_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_FIRST = ("\t", "\r", "\n", "'")


def guarded(text: str) -> str:
    """A text that a spreadsheet takes for a text: with an apostrophe before what it could run.

    A text that begins with an apostrophe gets another one, so that whoever reads the file can take one off each such cell.
    """
    return f"'{text}" if text.lstrip().startswith(_FORMULA) or text.startswith(_FIRST) else text
