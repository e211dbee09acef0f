"""What may be asked of the EHR's FHIR server beside what it sent, and what asking brought."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from cds.fhir.bundle import read_bundle, type_of
from cds.fhir.lenient import Unreadable, read
from cds.fhir.record import SINGLE, Query, Record
from cds.fhir.resources import OperationOutcome
from cds.phrases import Phrase

__all__ = ["Ask", "Fetched", "fill", "lacking", "local_reference"]

_TOKEN = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_ID = re.compile(r"(?=.*[A-Za-z0-9])[A-Za-z0-9\-._]{1,128}")
_REFERENCE = re.compile(r"(?:(?P<base>.+)/)?(?P<target>[A-Z][A-Za-z]{1,63}/[A-Za-z0-9\-.]{1,64})(?:/_history/.*)?")

DECIDED = frozenset(
    {"invalid", "structure", "required", "value", "invariant", "security", "login", "unknown", "expired", "forbidden", "suppressed"}
    | {"not-supported", "not-found", "deleted", "multiple-matches", "too-long", "too-costly", "code-invalid", "extension"}
    | {"business-rule", "conflict", "duplicate", "limited-filter"}
)  # fmt: skip
"""Issue codes of an OperationOutcome that say what an HTTP status of 4xx says: asking again brings the same answer."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One read or search.

    Attributes:
        query: relative to the server's base: `Patient/p1`, `Condition?patient=p1`.
        link: address of the page after the one that came; None to ask from the beginning.
    """

    query: str
    link: str | None = None

    @property
    def type(self) -> str:
        """The resource type asked for."""
        return re.split(r"[/?]", self.query, maxsplit=1)[0]

    @property
    def read(self) -> bool:
        """Whether one resource is read by its id."""
        return "?" not in self.query


@dataclass(frozen=True, slots=True)
class Fetched:
    """What asking brought.

    Attributes:
        pages: resources or Bundles as they came, in order; some also where the rest failed.
        failure: why they are not the whole answer, a clause after "and"; None where nothing failed on the way.
        continues: whether they go on from the page that the EHR sent.
    """

    pages: tuple[bytes, ...] = ()
    failure: Phrase | None = None
    continues: bool = False


def fill(template: str, tokens: Mapping[str, str | None]) -> str | None:
    """A prefetch template with its tokens resolved; None where one has no value, or a value that is no id."""
    parts: list[str] = []
    end = 0
    for token in _TOKEN.finditer(template):
        value = tokens.get(token[1])
        if value is None or not all(_ID.fullmatch(part) for part in value.split("/")):
            return None
        parts += template[end : token.start()], value
        end = token.end()
    return "".join(parts) + template[end:]


def local_reference(reference: str | None, server: str | None) -> str | None:
    """`Type/id` of a reference to a resource on this server; None for contained ones and those of other servers."""
    found = _REFERENCE.fullmatch(reference or "")
    if found is None:
        return None
    return found["target"] if found["base"] is None or (server and found["base"] == server.rstrip("/")) else None


def lacking(prefetch: Mapping[str, msgspec.Raw] | None, queries: Mapping[str, str], record: Record) -> dict[str, Ask]:
    """The queries that nothing of what came settles, by key.

    A query that the EHR says it could not answer is asked once more only where its OperationOutcome does not say that it never will be.

    Args:
        prefetch: what came, by key.
        queries: our own, resolved, by key.
        record: what was read of all that came.
    """
    found = {}
    for key, text in queries.items():
        query = Query.parse(text)
        if query is None or _settled(query, text, record):
            continue
        raw = bytes((prefetch or {}).get(key, b""))
        match type_of(raw) if raw else None:
            case "OperationOutcome" if _decided(raw):
                continue
            case "Bundle":
                bundle = read_bundle(raw)
                if any(not entry.empty and _decided(bytes(entry.resource)) for entry in bundle.entry or ()):
                    continue
                found[key] = Ask(text, bundle.next)
            case _:
                found[key] = Ask(text)
    return found


def _settled(query: Query, text: str, record: Record) -> bool:
    if query.type in SINGLE:
        return record.has(text)
    return any(answered.covers(query) for answered in record.answered)


def _decided(raw: bytes) -> bool:
    if type_of(raw) != "OperationOutcome":
        return False
    try:
        outcome, _ = read(raw, OperationOutcome)
    except Unreadable:
        return False
    return any(issue.severity in ("error", "fatal") and issue.code in DECIDED for issue in outcome.issue or ())
