"""CSV files: what a section shows, with the period and the filters in every row, and no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from cds.spreadsheets import guarded
from cds.web.safety.chosen import Chosen
from cds.web.safety.model import Row

__all__ = ["csv_file"]


def csv_file(chosen: Chosen, header: tuple[str, ...], rows: Iterable[Row]) -> bytes:
    """A table as RFC 4180 has it, UTF-8 with a byte order mark, by which spreadsheets know it.

    Args:
        chosen: stands at the end of each row.
        header: names of the columns.
        rows: their values; None is an empty cell.
    """
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([*header, "from", "to", *(f"filter_{name}" for name in chosen.told), "data"])
    same = [chosen.since, chosen.until, *chosen.told.values()]
    for row in rows:
        writer.writerow([*map(_cell, (*row, *same)), "demo" if chosen.demo else "service"])
    return text.getvalue().encode("utf-8-sig")


def _cell(value: object) -> str:
    """A value in words of a spreadsheet that takes none of them for a formula."""
    if isinstance(value, str):
        return guarded(value)
    return "" if value is None else str(value)
