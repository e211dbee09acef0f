"""The drafted orders of a call, in whatever shape a client gives them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from cds.protocol._json import NULL, elements, kind, members, text, with_article
from cds.protocol.errors import InvalidField

__all__ = ["Draft", "drafts_in"]


@dataclass(frozen=True, slots=True)
class Draft:
    """One place under draftOrders; `resource` is None where it holds none."""

    name: str
    resource: msgspec.Raw | None
    full_url: str | None = None


def drafts_in(raw: msgspec.Raw, name: str) -> Iterator[Draft]:
    """Every order, given as a Bundle, as a list of resources or entries, or as one resource."""
    match kind(raw):
        case "null":
            return
        case "array":
            for number, item in enumerate(elements(raw)):
                yield _entry(item, f"{name}[{number}]")
        case "object":
            bundle = members(raw)
            resource_type = text(bundle.get("resourceType", NULL))
            if resource_type not in (None, "Bundle"):
                yield Draft(name, raw)
            elif "entry" in bundle:
                yield from _entries(bundle["entry"], f"{name}.entry")
            elif resource_type is None and bundle:
                yield _entry(raw, name)
        case other:
            raise InvalidField(name, f"{name} must be a Bundle, not {with_article(other)}")


def _entries(raw: msgspec.Raw, name: str) -> Iterator[Draft]:
    match kind(raw):
        case "null":
            return
        case "array":
            for number, item in enumerate(elements(raw)):
                yield _entry(item, f"{name}[{number}]")
        case _:
            yield _entry(raw, name)


def _entry(raw: msgspec.Raw, name: str) -> Draft:
    """An entry, or a resource where an entry belongs."""
    if kind(raw) != "object":
        return Draft(name, None)
    entry = members(raw)
    if text(entry.get("resourceType", NULL)) is not None:
        return Draft(name, raw)
    resource = entry.get("resource", NULL)
    if kind(resource) != "object":
        return Draft(name, None)
    return Draft(name, resource, text(entry.get("fullUrl", NULL)))
