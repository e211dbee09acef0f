"""Reading what came with a call and what was fetched beside it into one record.

Both are read alike: a fetched answer is an answer to our own template, so whether it is whole is judged in the same way. Only the words of
a failure tell who failed: the EHR that sent it, or its FHIR server.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import msgspec

from cds.fhir import lenient
from cds.fhir.asking import Fetched
from cds.fhir.bundle import Bundle, Found, Page, items_of, patients_of, read_bundle, read_page, type_of
from cds.fhir.medication import resolve
from cds.fhir.record import SINGLE, Query, Record
from cds.fhir.resources import (
    RESOURCES,
    MedicationAdministration,
    MedicationDispense,
    MedicationRequest,
    MedicationStatement,
    OperationOutcome,
    Resource,
)
from cds.limits import LIMITS, Limits
from cds.phrases import Phrase
from cds.strict_json import find_fault

__all__ = ["read_prefetch", "read_resource"]

NOTHING_FETCHED: Mapping[str, Fetched] = MappingProxyType({})
_NOT_TAKEN = frozenset({"entered-in-error", "cancelled"})


@dataclass(frozen=True, slots=True)
class _Words:
    """How a failure is said, by who failed."""

    null: Phrase
    failed: Phrase
    listed: Phrase
    unreadable: Phrase
    single: Phrase
    cut: Phrase
    some: Phrase


_SENT = _Words(
    null=Phrase("the EHR sent null, which is not the same as none"),
    failed=Phrase("the EHR's own query failed"),
    listed=Phrase("the EHR sent a list that is no search result"),
    unreadable=Phrase("what the EHR sent could not be read"),
    single=Phrase("the EHR sent a single resource instead of a search result"),
    cut=Phrase("the EHR sent only the first page"),
    some=Phrase("some of what the EHR sent could not be read"),
)
_SERVED = _Words(
    null=Phrase("its FHIR server answered with nothing"),
    failed=Phrase("the query failed on its FHIR server"),
    listed=Phrase("its FHIR server answered with something else than FHIR"),
    unreadable=Phrase("its FHIR server answered with something else than FHIR"),
    single=Phrase("its FHIR server answered with a single resource instead of a search result"),
    cut=Phrase("its FHIR server sent only a part of what it found"),
    some=Phrase("some of what its FHIR server sent could not be read"),
)


def read_prefetch(
    prefetch: Mapping[str, msgspec.Raw | bytes] | None,
    templates: Mapping[str, str],
    patient_id: str | None,
    fetched: Mapping[str, Fetched] = NOTHING_FETCHED,
    limits: Limits = LIMITS,
) -> Record:
    """Read what came with the call, and what was fetched beside it.

    Args:
        prefetch: raw JSON by key; None where the call has no prefetch.
        templates: our own keys and the queries behind them.
        patient_id: whose record it is; resources that name another patient are left out.
        fetched: by our own key, or by the `Type/id` of a resource.
        limits: how much of it is read; what is left unread is not known.
    """
    reader = _Reader(Record(), patient_id, limits, limits.total_entries)
    sent = prefetch or {}
    for key in [*sent, *(key for key in templates if key not in sent)]:
        query = _query_of(templates[key]) if key in templates else None
        more = fetched.get(key, _NOT_ASKED)
        if more.continues and more.failure is None and more.pages:
            reader.settle(*reader.read((bytes(sent[key]), *more.pages), query, _SERVED))
            continue
        asked, because = (
            reader.read((bytes(sent[key]),), query, _SENT) if key in sent else (query, _absent(key, prefetch))
        )
        if more is not _NOT_ASKED and because is not None:
            asked, because = reader.read_beside(more, query, because)
        reader.settle(asked, because)
    for key, answer in fetched.items():
        if key not in templates:
            reader.read(answer.pages, None, _SERVED)
    _count_nameless(reader.record)
    return reader.record


_query_of = functools.lru_cache(maxsize=64)(Query.parse)  # of our own templates only

_NOT_ASKED = Fetched()


def _absent(key: str, prefetch: Mapping[str, object] | None) -> Phrase:
    if prefetch is None:
        return Phrase("the EHR sent no prefetch")
    return Phrase("the EHR left out the prefetch key {key}", key=key)


def _count_nameless(record: Record) -> None:
    """Count what is on file about medicines that nothing names: such a list cannot show that a drug is not taken."""
    medications = record.medications
    on_file: list[MedicationRequest | MedicationStatement | MedicationDispense | MedicationAdministration] = [
        *record.of(MedicationRequest),
        *record.of(MedicationStatement),
        *record.of(MedicationDispense),
        *record.of(MedicationAdministration),
    ]
    for resource in on_file:
        concept, medication, display = resolve(resource, medications)
        told = medication is not None or display or (concept is not None and (concept.label or concept.pairs))
        if not told and resource.status not in _NOT_TAKEN:
            kind = str(resource.resourceType)
            record.nameless[kind] = record.nameless.get(kind, 0) + 1


@dataclass(slots=True)
class _Reader:
    """Reads answers into a record."""

    record: Record
    patient_id: str | None
    limits: Limits
    left: int
    suspect: bool = False

    def settle(self, asked: Query | None, because: Phrase | None) -> None:
        """Note what an answer proves, or why it proves nothing."""
        if asked is not None and because is None:
            self.record.answered.append(asked)
        elif asked is not None and because is not None:
            self.record.failed.append((asked, because))

    def read_beside(self, more: Fetched, query: Query | None, sent: Phrase) -> tuple[Query | None, Phrase | None]:
        """A fetched answer to what the EHR did not send, or not whole; where it failed, too, both reasons are told."""
        asked, because = self.read(more.pages, query, _SERVED) if more.pages else (query, None)
        because = more.failure or because
        if because is None:
            return asked, None
        return query, Phrase("{sent}, and {fetched}", sent=sent, fetched=because)

    def read(self, pages: Sequence[bytes], query: Query | None, words: _Words) -> tuple[Query | None, Phrase | None]:
        """One answer: its resources into the record; the query it answers, and None or why it is not whole."""
        # One look at a page is cheaper than one at each of its resources, and nearly always tells that there is nothing to find.
        self.suspect = any(find_fault(page, self.limits, depth=2) is not None for page in pages)
        if pages and query is not None and not self.suspect:
            read = [read_page(page, query.type) for page in pages]
            if None not in read:
                return self._bundles([page for page in read if page is not None], query, words)
        kinds = [type_of(page) for page in pages]
        if pages and all(kind == "Bundle" for kind in kinds):
            return self._bundles([read_bundle(page) for page in pages], query, words)
        because: Phrase | None = None
        asked = query
        for raw, kind in zip(pages, kinds, strict=True):
            resource = None if kind in (None, "Bundle") else self._keep(raw)
            if isinstance(resource, Resource) and not isinstance(resource, OperationOutcome):
                if resource.resourceType in SINGLE:
                    asked = Query(resource.resourceType)
                else:
                    because = words.single
            else:
                because = _why_not(raw, kind, words)
            if kind is None:
                for item in items_of(raw):
                    self._keep(item)
        return asked, because

    def _bundles(
        self, bundles: Sequence[Bundle | Page[Any]], query: Query | None, words: _Words
    ) -> tuple[Query | None, Phrase | None]:
        asked = query or _asked_by(bundles[0])
        for bundle in bundles:
            self.record.patients |= patients_of(bundle)
        matches, failures, broken = 0, 0, 0
        entries = [entry for bundle in bundles for entry in bundle.entry or ()]
        readable = min(self.limits.entries, self.left)
        self.left -= min(len(entries), readable)
        for entry in entries[:readable]:
            resource: Resource | _Broken | None
            if isinstance(entry, Found):
                if entry.resource is None:
                    continue
                resource = self._note(entry.resource)
            elif entry.empty:
                continue
            else:
                resource = self._keep(bytes(entry.resource))
            if isinstance(resource, OperationOutcome):
                failures += any(issue.severity in ("error", "fatal") for issue in resource.issue or ())
                continue
            broken += resource is _BROKEN
            matches += not (entry.search and entry.search.mode == "include")
        if failures:
            return asked, words.failed
        if broken or self.suspect:
            return asked, words.some
        if len(entries) > readable:
            return asked, Phrase("only the first {count} of its entries were read", count=readable)
        short = any(bundle.total is not None and bundle.total > matches for bundle in bundles)
        return asked, words.cut if bundles[-1].cut or short else None

    def _keep(self, raw: bytes) -> Resource | _Broken | None:
        """Read one resource into the record; None for a type that is not read."""
        try:
            found = read_resource(raw)
        except lenient.Unreadable:
            return _BROKEN
        if found is None:
            return None
        if self.suspect and find_fault(raw, self.limits, depth=5) is not None:
            return _BROKEN
        resource, problems = found
        name = str(resource.resourceType)
        self.record.unreadable.extend((name, f"{resource.reference}.{path}") for path in problems)
        return self._note(resource)

    def _note(self, resource: Resource) -> Resource:
        if not isinstance(resource, OperationOutcome):
            self.record.add(resource, self.patient_id)
        return resource


def _asked_by(bundle: Bundle | Page[Any]) -> Query | None:
    """The query that the first of its `self` links shows."""
    selves = (Query.parse(link.url) for link in bundle.link or () if link.relation == "self" and link.url)
    return next((parsed for parsed in selves if parsed is not None), None)


def _why_not(raw: bytes, kind: str | None, words: _Words) -> Phrase:
    if raw.strip() == b"null":
        return words.null
    if kind == "OperationOutcome":
        return words.failed
    return words.listed if raw.lstrip()[:1] == b"[" else words.unreadable


def read_resource(raw: bytes | msgspec.Raw) -> tuple[Resource, tuple[str, ...]] | None:
    """One resource and the members of it that could not be read; None where it is no resource that we read.

    Raises:
        lenient.Unreadable: it is not a JSON object, or says no resource type.
    """
    kind = type_of(bytes(raw))
    if kind is None:
        raise lenient.Unreadable("no resourceType")
    if kind not in RESOURCES:
        return None
    return lenient.read(raw, RESOURCES[kind])


class _Broken:
    """An entry that is no readable resource."""


_BROKEN = _Broken()
