"""Places in a JSON document, and what is put there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

Place = tuple[Any, Any]
"""A container and the key or index in it."""


def places(document: Any) -> Iterator[Place]:
    """Every member and item, outer ones first."""
    level = [document]
    while level:
        inner = []
        for container in level:
            keys = list(container) if isinstance(container, dict) else range(len(container))
            for key in keys:
                yield container, key
                if isinstance(container[key], dict | list):
                    inner.append(container[key])
        level = inner


def choose(document: Any, number: int, fits: Callable[[Any, Any], bool] = lambda _key, _value: True) -> Place | None:
    """The place of this number, counted round, among those that fit by key and value; None where there is none."""
    found = [(container, key) for container, key in places(document) if fits(key, container[key])]
    return found[number % len(found)] if found else None


def replace(place: Place | None, value: Any) -> None:
    """Put a value there."""
    if place is not None:
        container, key = place
        container[key] = value


def rename(place: Place | None, name: str, change: Callable[[Any], Any] = lambda value: value) -> None:
    """Give a member another name, where it stands, and what it holds another form."""
    if place is not None:
        container, key = place
        members = [(name, change(value)) if each == key else (each, value) for each, value in container.items()]
        container.clear()
        container.update(members)
