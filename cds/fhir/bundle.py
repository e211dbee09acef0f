"""The frame of an answer: what kind of thing it is, a Bundle's links and entries. Resources stay encoded.

A frame that is not valid FHIR is read entry by entry; what cannot be read at all is a Bundle that goes on nobody knows where.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Generic, Literal, TypeVar

import msgspec

from cds.fhir.resources import RESOURCES, Patient, Resource

__all__ = ["Bundle", "Found", "Page", "items_of", "patients_of", "read_bundle", "read_page", "type_of"]

R = TypeVar("R", bound=Resource)


class Search(msgspec.Struct):
    """Bundle.entry.search."""

    mode: str | None = None


_NOTHING = msgspec.Raw(b"null")


class Entry(msgspec.Struct):
    """Bundle.entry; `resource` is an encoded null where there is none, since a union with Raw does not decode."""

    resource: msgspec.Raw = _NOTHING
    search: Search | None = None
    fullUrl: str | None = None

    @property
    def empty(self) -> bool:
        """Whether the entry holds no resource."""
        return self.resource == _NOTHING


class Link(msgspec.Struct):
    """Bundle.link."""

    relation: str | None = None
    url: str | None = None


class Bundle(msgspec.Struct):
    """FHIR Bundle: what was found, and where it goes on."""

    total: int | None = None
    link: list[Link] | None = None
    entry: list[Entry] | None = None

    @property
    def cut(self) -> bool:
        """Whether there is a next page."""
        return any(link.relation == "next" for link in self.link or ())

    @property
    def next(self) -> str | None:
        """Where the next page is; None without one, and where its address is missing."""
        return next((link.url for link in self.link or () if link.relation == "next" and link.url), None)


class Found(msgspec.Struct, Generic[R]):
    """Bundle.entry with a resource of one type, decoded; None where there is none."""

    resource: R | None = None
    search: Search | None = None
    fullUrl: str | None = None


class Page(msgspec.Struct, Generic[R]):
    """A Bundle whose resources are all of one type, and valid as far as they are read."""

    resourceType: Literal["Bundle"]
    total: int | None = None
    link: list[Link] | None = None
    entry: list[Found[R]] | None = None

    @property
    def cut(self) -> bool:
        """Whether there is a next page."""
        return any(link.relation == "next" for link in self.link or ())


def _page_decoder(struct: Any) -> msgspec.json.Decoder[Page[Any]]:
    return msgspec.json.Decoder(Page[struct])


_pages = {name: _page_decoder(struct) for name, struct in RESOURCES.items()}


class _Peek(msgspec.Struct):
    resourceType: Any = None
    id: Any = None


_peek = msgspec.json.Decoder(_Peek)
_bundle = msgspec.json.Decoder(Bundle)


def type_of(raw: bytes | msgspec.Raw) -> str | None:
    """The resource type; None for what is no JSON object or names none."""
    try:
        kind = _peek.decode(raw).resourceType
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None
    return kind if isinstance(kind, str) else None


def patients_of(bundle: Bundle | Page[Any]) -> dict[str, str]:
    """The ids of the Patient resources whose `fullUrl` does not tell them (`urn:uuid:…`), by that."""
    found: dict[str, str] = {}
    for entry in bundle.entry or ():
        if not entry.fullUrl or not entry.fullUrl.startswith("urn:"):
            continue
        if isinstance(entry, Found):
            bare = entry.resource.id if isinstance(entry.resource, Patient) else None
        else:
            bare = _peek.decode(entry.resource).id if type_of(entry.resource) == "Patient" else None
        if isinstance(bare, str):
            found[entry.fullUrl] = bare
    return found


def read_page(raw: bytes, kind: str) -> Page[Any] | None:
    """A Bundle of nothing but valid resources of a type, in one pass; None where it is anything else, and has to be read entry by entry."""
    try:
        page = _pages[kind].decode(raw)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None
    for entry in page.entry or ():
        if entry.resource is not None and entry.resource.resourceType != kind:
            return None
    return page


def read_bundle(raw: bytes) -> Bundle:
    """The frame of a Bundle."""
    try:
        return _bundle.decode(raw)
    except (msgspec.DecodeError, RecursionError):
        return _loose(raw)


def _loose(raw: bytes) -> Bundle:
    """A Bundle whose frame is not valid FHIR: entry by entry, whatever is an object."""
    try:
        document = msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError):
        return Bundle(link=[Link("next")])
    entries = [
        Entry(msgspec.Raw(msgspec.json.encode(entry["resource"])))
        for entry in _as_list(document.get("entry"))
        if isinstance(entry, dict) and isinstance(entry.get("resource"), dict)
    ]
    links = [
        Link(link.get("relation"), link.get("url"))
        for link in _as_list(document.get("link"))
        if isinstance(link, dict) and isinstance(link.get("url"), str)
    ]
    total = document.get("total")
    return Bundle(total if isinstance(total, int) else None, links, entries)


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def items_of(raw: bytes) -> Iterable[bytes]:
    """The items of a JSON array; none of anything else."""
    try:
        return [bytes(item) for item in msgspec.json.decode(raw, type=list[msgspec.Raw])]
    except (msgspec.DecodeError, RecursionError):
        return []
