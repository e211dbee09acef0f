"""References, figures, periods, regimes and notes: from checked documents to values."""

from __future__ import annotations

import itertools
import string
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from cds.documents import Document, Path
from cds.knowledge._systems import CodeSystems, normal_address
from cds.knowledge.model import Parameter, Period, Reference
from cds.knowledge.regimes import Regime, RegimeRow, Window


def systems(document: Document) -> CodeSystems:
    """The code systems; an address that two of them claim is refused."""
    by_address: dict[str, str] = {}
    for name, entry in document.data["systems"].items():
        for address in (name, entry["uri"], *entry["aliases"]):
            if by_address.setdefault(normal_address(address), name) != name:
                raise document.error(f"{address} stands for two code systems", ("systems", name))
            by_address[address] = name
    entries = document.data["systems"].items()
    return CodeSystems(
        uris={name: entry["uri"] for name, entry in entries},
        dotted=frozenset(name for name, entry in entries if entry.get("dotted", False)),
        drugs=frozenset(name for name, entry in entries if entry.get("drugs", False)),
        by_address=by_address,
    )


def references(document: Document) -> dict[str, Reference]:
    """The sources by id."""
    return {
        key: Reference(
            id=key,
            label=entry["label"],
            year=entry["year"],
            url=entry["url"],
            kind=entry["kind"],
            confidence=entry["confidence"],
            title=entry["title"],
            last_checked=day(document, entry["last_checked"], ("references", key, "last_checked")),
        )
        for key, entry in document.data["references"].items()
    }


def parameters(documents: Iterable[Document], sources: Mapping[str, Reference]) -> dict[str, tuple[Parameter, ...]]:
    """The dated figures by id, oldest first."""
    found: dict[str, tuple[Parameter, ...]] = {}
    for document in documents:
        for key, entry in document.data["parameters"].items():
            path: Path = ("parameters", key)
            if key in found:
                raise document.error(f"parameter {key!r} stands in two files", path)
            found[key] = _parameter(document, key, entry, sources)
    return found


def _parameter(document: Document, key: str, entry: Any, sources: Mapping[str, Reference]) -> tuple[Parameter, ...]:
    dated: list[Parameter] = []
    for position, item in enumerate(entry["values"]):
        path: Path = ("parameters", key, "values", position)
        start, end = span(document, item, path)
        dated.append(
            Parameter(
                id=key,
                value=figure(item["value"]),
                unit=entry["unit"],
                references=cited(document, item["references"], sources, (*path, "references")),
                confidence=item["confidence"],
                last_checked=day(document, entry["last_checked"], ("parameters", key, "last_checked")),
                valid_from=start,
                valid_to=end,
                title=entry["title"],
                documentation=" ".join(text for part in (entry, item) if (text := part.get("documentation"))),
            )
        )
    for before, after in itertools.pairwise(dated):
        if before.valid_to is None or after.valid_from is None or before.valid_to >= after.valid_from:
            raise document.error(f"the values of {key!r} overlap or are not in order of time", ("parameters", key))
    return tuple(dated)


def periods(document: Document, sources: Mapping[str, Reference]) -> dict[str, Period]:
    """The periods by id."""
    found: dict[str, Period] = {}
    for key, entry in document.data["periods"].items():
        path: Path = ("periods", key)
        start, end = span(document, entry, path)
        listed = cited(document, entry["references"], sources, (*path, "references"))
        found[key] = Period(key, entry["title"], start, end, listed, entry.get("documentation", ""))
    return found


def regime_rows(document: Document, sources: Mapping[str, Reference]) -> tuple[RegimeRow, ...]:
    """The rows of the regime table."""
    rows: list[RegimeRow] = []
    for key, entry in document.data["regimes"].items():
        path: Path = ("regimes", key)
        windows: list[Window] = []
        for position, item in enumerate(entry.get("applies", [{}])):
            start, end = span(document, item, (*path, "applies", position))
            windows.append(Window(start, end, frozenset(item.get("products", ()))))
        regime = Regime(
            id=key,
            title=entry["title"],
            start=figure(entry["start"]),
            step=figure(entry["step"]),
            interval_days=figure(entry["interval_days"]),
            warn=None if entry["warn"] is None else figure(entry["warn"]),
            critical=figure(entry["critical"]),
            warn_meaning=entry["warn_meaning"],
            critical_meaning=entry["critical_meaning"],
            ladder=entry["ladder"],
            references=cited(document, entry["references"], sources, (*path, "references")),
            confidence=entry["confidence"],
            last_checked=day(document, entry["last_checked"], (*path, "last_checked")),
            documentation=entry.get("documentation", ""),
        )
        where = frozenset(entry.get("jurisdictions", ()))
        rows.append(RegimeRow(regime, where, entry["indication"], entry.get("setting"), tuple(windows)))
    return tuple(rows)


def note_texts(document: Document) -> dict[str, str]:
    """The shared notes by key."""
    notes: dict[str, str] = document.data["notes"]
    for key, text in notes.items():
        template(document, text, ("notes", key))
    return notes


def figure(value: int | Fraction | str) -> Fraction:
    """An exact number from a whole number, a decimal one, or a fraction such as `1/3`."""
    return Fraction(value)


def day(document: Document, text: str, path: Path) -> date:
    """A date, which the calendar must know."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise document.error(f"{text!r} is not a day of the calendar", path) from error


def span(document: Document, entry: Mapping[str, Any], path: Path) -> tuple[date | None, date | None]:
    """The `from` and `to` of an entry."""
    start = day(document, entry["from"], (*path, "from")) if "from" in entry else None
    end = day(document, entry["to"], (*path, "to")) if "to" in entry else None
    if start and end and start > end:
        raise document.error(f"ends on {end.isoformat()}, before it begins", (*path, "to"))
    return start, end


def cited(document: Document, listed: Sequence[str], sources: Mapping[str, Reference], path: Path) -> tuple[str, ...]:
    """Reference ids, every one of which must exist."""
    for position, key in enumerate(listed):
        if key not in sources:
            raise document.error(f"unknown reference {key!r}", (*path, position))
    return tuple(listed)


def template(document: Document, text: str, path: Path) -> str:
    """A text whose placeholders are plain names: `{dailyDose}`."""
    try:
        fields = list(string.Formatter().parse(text))
    except ValueError as error:
        raise document.error(f"not a template: {error}", path) from error
    for _, name, spec, conversion in fields:
        if name is not None and (not name.isidentifier() or spec or conversion):
            raise document.error(f"placeholder {{{name}}} is not a plain name", path)
    return text
