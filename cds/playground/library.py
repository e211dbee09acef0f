"""The library of cases: filled-in forms that each show one thing."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

from cds.documents import Document, check, parse, read
from cds.playground.form import Typed

__all__ = ["CASES", "Case", "cases"]

CASES = Path(__file__).parent / "cases"
SCHEMAS = Path(__file__).parent / "schemas"

_DAYS_AWAY = re.compile(r"([+-][0-9]{1,4})d")


@dataclass(frozen=True, slots=True)
class Case:
    """One case.

    Attributes:
        id: its name in addresses.
        title, teaching: English texts, message ids.
        fires: the rules that fire, with their indicators; no others do.
        fields: the form's fields; days may be relative to the day on which the case is opened.
    """

    id: str
    title: str
    teaching: str
    fires: dict[str, str]
    fields: dict[str, tuple[str, ...]]

    def typed(self, today: date) -> Typed:
        """The form's fields as a browser would send them; relative days count from the case's own day, else from today."""
        own = self.fields.get("day", ())
        origin = date.fromisoformat(own[0]) if own else today
        dated = {name: [_day(value, origin) for value in values] for name, values in self.fields.items()}
        return {"day": [origin.isoformat()], **dated}


@functools.cache
def cases() -> tuple[Case, ...]:
    """The library in its order.

    Raises:
        DocumentError: a file is not as the schema wants it.
    """
    documents = [parse(read(path, path.name), path.name) for path in sorted(CASES.glob("*.yaml"))]
    for document in documents:
        check(document, "case", SCHEMAS)
    ordered = sorted(documents, key=lambda document: int(document.data["position"]))
    return tuple(_case(document) for document in ordered)


def _case(document: Document) -> Case:
    data = document.data
    return Case(
        id=document.file.removesuffix(".yaml"),
        title=data["title"],
        teaching=data["teaching"],
        fires=data["fires"],
        fields={name: _typed(value) for name, value in data["form"].items()},
    )


def _typed(value: Any) -> tuple[str, ...]:
    if isinstance(value, list):
        return tuple(_word(item) for item in value)
    return (_word(value),)


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Fraction):
        return f"{float(value):g}"
    return str(value)


def _day(value: str, origin: date) -> str:
    away = _DAYS_AWAY.fullmatch(value)
    return (origin + timedelta(days=int(away[1]))).isoformat() if away else value
