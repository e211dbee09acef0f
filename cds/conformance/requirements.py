"""The requirements, from `requirements.yaml`."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from cds.documents import check, parse, read

__all__ = ["Level", "Requirement", "load_requirements"]

HERE = Path(__file__).parent

Level = Literal["SHALL", "SHOULD", "MAY"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One requirement.

    Attributes:
        id: our number.
        area: the part of the protocol.
        level: how binding it is.
        text: what it asks, in short.
        inferno: numbers in Inferno's lists, by list, ascending.
        basis: where it comes from, if from neither list.
        check: the check that covers it; None where one of the next two says why not.
        not_applicable: why it does not concern a service's answers.
        not_checked: why it cannot be seen from outside.
    """

    id: str
    area: str
    level: Level
    text: str
    inferno: Mapping[str, tuple[int, ...]]
    basis: str | None = None
    check: str | None = None
    not_applicable: str | None = None
    not_checked: str | None = None


@functools.cache
def load_requirements() -> tuple[Requirement, ...]:
    """All requirements, in the order of the file.

    Raises:
        DocumentError: the file is not as its schema wants it, or names an id, a check or one of Inferno's numbers twice.
    """
    name = "requirements.yaml"
    document = parse(read(HERE / name, name), name)
    check(document, "requirements", HERE / "schemas")
    found: list[Requirement] = []
    seen: set[object] = set()
    for place, entry in enumerate(document.data["requirements"]):
        numbers = {which: tuple(sorted(_numbers(given))) for which, given in entry.get("inferno", {}).items()}
        keys = [entry["id"], *([("check", entry["check"])] if "check" in entry else [])]
        for key in (*keys, *((which, number) for which, given in numbers.items() for number in given)):
            if key in seen:
                raise document.error(f"{key!r} stands twice", ("requirements", place))
            seen.add(key)
        found.append(Requirement(**{**entry, "inferno": numbers}))
    return tuple(found)


def _numbers(given: list[int | str]) -> Iterator[int]:
    for item in given:
        first, _, last = str(item).partition("-")
        yield from range(int(first), int(last or first) + 1)
