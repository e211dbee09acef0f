"""What was prefetched, told apart when the first value is asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import msgspec

from cds.protocol._json import NULL, kind, members, refuse_repeated, with_article
from cds.protocol.errors import InvalidField

__all__ = ["prefetch_in"]

_STARTS_AS_RESOURCE = re.compile(rb'\{\s*"resourceType"\s*:')


class _Prefetch(Mapping[str, msgspec.Raw]):
    """The prefetched values by key, told apart when the first one is asked for: most calls are answered without any.

    Raises:
        InvalidField: a key stands twice; not before it is asked for.
    """

    __slots__ = ("_found", "_raw")

    def __init__(self, raw: msgspec.Raw) -> None:
        self._raw = raw
        self._found: dict[str, msgspec.Raw] | None = None

    def _values(self) -> dict[str, msgspec.Raw]:
        if self._found is None:
            found = members(self._raw)
            refuse_repeated(self._raw, found, "prefetch")
            self._found = {key: _unwrapped(value) for key, value in found.items()}
        return self._found

    def __getitem__(self, key: str) -> msgspec.Raw:
        return self._values()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values())

    def __len__(self) -> int:
        return len(self._values())


def prefetch_in(envelope: Mapping[str, msgspec.Raw]) -> Mapping[str, msgspec.Raw] | None:
    """The prefetched values by key; None where the request has none.

    Raises:
        InvalidField: it is no object.
    """
    raw = envelope.get("prefetch", NULL)
    match kind(raw):
        case "object":
            return _Prefetch(raw)
        case "null":
            return None
        case other:
            raise InvalidField("prefetch", f"prefetch must be an object, not {with_article(other)}")


def _unwrapped(raw: msgspec.Raw) -> msgspec.Raw:
    """The resource inside a legacy `{"response": …, "resource": …}` wrapper; anything else as it is."""
    if _STARTS_AS_RESOURCE.match(memoryview(raw)) or kind(raw) != "object":
        return raw
    wrapper = members(raw)
    if "resourceType" in wrapper or not wrapper.keys() & {"response", "resource"}:
        return raw
    return wrapper.get("resource", NULL)
