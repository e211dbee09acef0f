"""A report as JSON, and as Markdown for `docs/conformance.md`."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import Any

from cds.conformance.requirements import Requirement
from cds.conformance.result import Report, Result, Row

__all__ = ["as_json", "as_markdown", "counted"]

_HEAD = """# Conformance to CDS Hooks 2.0.1

Written by `make docs`: what `baclofen-cds conformance` finds on this service, on loopback and with an issuer that signs its calls. The requirements are those of
[requirements.yaml](../cds/conformance/requirements.yaml), with numbers of our own; the last column carries the numbers of Inferno's lists
(davinci-crd-test-kit 0.13.0): H for `cds-hooks_2.0` (220), L for `cds-hooks-library_1.0.1` (93). Each of them stands once.
"""
_LISTS = {"cds-hooks_2.0": "H", "cds-hooks-library_1.0.1": "L"}


def counted(report: Report) -> str:
    """`80 met, 1 not met, …`."""
    counts = Counter(row.result for row in report.rows)
    return ", ".join(f"{counts[result]} {result}" for result in dict.fromkeys((Result.MET, *Result)) if counts[result])


def as_json(report: Report) -> dict[str, Any]:
    """The report as plain data."""
    return {
        "service": report.base,
        "protocol": "CDS Hooks 2.0.1",
        "conforms": report.conforms,
        "requests": report.requests,
        "requirements": [_row_as_json(row) for row in report.rows],
    }


def as_markdown(report: Report) -> str:
    """The report as a page: nothing in it depends on when or where it was made."""
    parts = [_HEAD, f"Of {len(report.rows)} requirements: {counted(report)}.\n"]
    for area, rows in groupby(report.rows, key=lambda row: row.requirement.area):
        lines = [
            f"| {row.requirement.id} | {row.requirement.level} | {_cell(row.requirement.text)} | {row.result} "
            f"| {_cell(_why(row))} | {_numbers(row.requirement)} |"
            for row in rows
        ]
        table = "\n".join(
            ("| | level | requirement | result | check, or why | Inferno |", "|---|---|---|---|---|---|", *lines)
        )
        parts.append(f"## {area}\n\n{table}\n")
    return "\n".join(parts)


def _row_as_json(row: Row) -> dict[str, Any]:
    requirement = row.requirement
    members: dict[str, Any] = {
        "id": requirement.id,
        "area": requirement.area,
        "level": requirement.level,
        "text": requirement.text,
        "inferno": [f"{which}@{number}" for which, numbers in requirement.inferno.items() for number in numbers],
        "basis": requirement.basis,
        "check": requirement.check,
        "result": row.result,
        "detail": row.detail,
    }
    return {name: value for name, value in members.items() if value not in (None, "", [])}


def _why(row: Row) -> str:
    return row.requirement.check or "" if row.result is Result.MET else row.detail


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "\\<").replace("{{", "\\{\\{").replace("}}", "\\}\\}")


def _numbers(requirement: Requirement) -> str:
    """`H80-82`, or where the requirement comes from."""
    if not requirement.inferno:
        return _cell(requirement.basis or "")
    return " ".join(_LISTS[which] + ", ".join(_runs(numbers)) for which, numbers in requirement.inferno.items())


def _runs(numbers: tuple[int, ...]) -> list[str]:
    """Neighbours as a range."""
    said: list[str] = []
    for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        found = [number for _, number in run]
        said.append(str(found[0]) if len(found) == 1 else f"{found[0]}-{found[-1]}")
    return said
