"""Prefetch: what the EHR sent, what each answer proves, and what it leaves open.

A resource is read for what it is, under whatever key it comes. What an answer *proves* (that these are all, that there is none) depends
on what was asked: our own template under our own key; under a foreign key only what the answer's `self` link shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlsplit

import msgspec

from cds.fhir import lenient
from cds.fhir.resources import RESOURCES, Medication, OperationOutcome, Resource
from cds.phrases import Phrase

R = TypeVar("R", bound=Resource)

NEUTRAL_PARAMETERS = frozenset(
    {"patient", "subject", "_count", "_sort", "_format", "_summary", "_total", "_elements", "_maxresults"}
)
SINGLE = frozenset({"Patient", "Practitioner", "PractitionerRole", "Encounter"})


@dataclass(frozen=True, slots=True)
class Query:
    """A FHIR read or search, as far as it tells what an answer to it proves.

    Attributes:
        type: resource type.
        codes: the plain codes asked for in `code`; None where the search was not limited by code.
        filters: other parameters that limit the search, as `name=value`.
    """

    type: str
    codes: frozenset[str] | None = None
    filters: frozenset[str] = frozenset()

    @classmethod
    def parse(cls, url: str) -> Query | None:
        """The query of a relative or absolute URL; None where it shows no resource type or no parameters (POST searches)."""
        parts = urlsplit(url)
        segments = [segment for segment in parts.path.split("/") if segment and segment != "_search"]
        if not parts.query:
            return cls(segments[-2]) if len(segments) > 1 and segments[-2] in RESOURCES else None
        if not segments or segments[-1] not in RESOURCES:
            return None
        codes: frozenset[str] | None = None
        filters = set()
        for name, value in parse_qsl(parts.query):
            if name == "code":
                codes = frozenset(token.rpartition("|")[2] for token in value.split(","))
            elif name.partition(":")[0] not in NEUTRAL_PARAMETERS:
                filters.add(f"{name}={value}")
        return cls(segments[-1], codes, frozenset(filters))

    def answers(self, question: Question) -> bool:
        """Whether a complete answer to this query settles the question."""
        if self.type != question.type or not self.filters <= question.harmless:
            return False
        return self.codes is None or (bool(question.codes) and question.codes <= self.codes)


@dataclass(frozen=True, slots=True)
class Question:
    """Something the chart must know to be complete: all resources of a type, or those with certain codes.

    Attributes:
        type: resource type.
        name: what it is called on a card: "the problem list".
        codes: the codes a search by code must at least have asked for.
        harmless: filters under which the answer is still whole: `clinical-status=active` when only active ones matter.
    """

    type: str
    name: Phrase
    codes: frozenset[str] = frozenset()
    harmless: frozenset[str] = frozenset()


@dataclass(slots=True)
class Record:
    """All that came with a call.

    Attributes:
        resources: by type, each (type, id) once.
        answered: queries whose answer was whole.
        failed: queries without a whole answer, and why.
        unreadable: (type, `Type/id.member`) of every member that could not be read.
        foreign: resources of another patient, left out.
    """

    resources: dict[str, list[Resource]] = field(default_factory=dict)
    answered: list[Query] = field(default_factory=list)
    failed: list[tuple[Query, Phrase]] = field(default_factory=list)
    unreadable: list[tuple[str, str]] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)

    def of(self, struct: type[R]) -> list[R]:
        """The resources of one type."""
        return [resource for resource in self.resources.get(struct.__name__, ()) if isinstance(resource, struct)]

    def missing(self, question: Question) -> Phrase | None:
        """None where some answer settles the question; else why none does."""
        if question.type in self.foreign:
            return Phrase("records of another patient were among {what}", what=question.name)
        damaged = [name for kind, name in self.unreadable if kind == question.type]
        if any(query.answers(question) for query in self.answered):
            return Phrase("parts of {what} could not be read", what=question.name) if damaged else None
        for query, because in self.failed:
            if query.answers(question):
                return because
        return Phrase("the EHR did not send {what}", what=question.name)

    @property
    def medications(self) -> Mapping[str, Medication]:
        """Medication resources by `Medication/id`."""
        return {medication.reference: medication for medication in self.of(Medication)}

    def add(self, resource: Resource, patient_id: str | None) -> None:
        """Keep a resource, once, unless it is another patient's."""
        subject = getattr(resource, "subject", None) or getattr(resource, "patient", None)
        target = subject.target if subject is not None else None
        if patient_id and target and target.startswith("Patient/") and target != f"Patient/{patient_id}":
            self.foreign.append(str(resource.resourceType))
            return
        if resource.id:
            if resource.reference in self._seen:
                return
            self._seen.add(resource.reference)
        self.resources.setdefault(str(resource.resourceType), []).append(resource)


class _Peek(msgspec.Struct):
    resourceType: Any = None


class _Search(msgspec.Struct):
    mode: str | None = None


class _Entry(msgspec.Struct):
    resource: msgspec.Raw | None = None
    search: _Search | None = None


class _Link(msgspec.Struct):
    relation: str | None = None
    url: str | None = None


class _Bundle(msgspec.Struct):
    total: int | None = None
    link: list[_Link] | None = None
    entry: list[_Entry] | None = None


_peek = msgspec.json.Decoder(_Peek)
_bundle = msgspec.json.Decoder(_Bundle)


def read_prefetch(
    prefetch: Mapping[str, msgspec.Raw | bytes] | None, templates: Mapping[str, str], patient_id: str | None
) -> Record:
    """Read what came with the call.

    Args:
        prefetch: raw JSON by key; None where the call has no prefetch.
        templates: our own keys and the queries behind them.
        patient_id: whose record it is; resources that name another patient are left out.
    """
    record = Record()
    sent = prefetch or {}
    for key, raw in sent.items():
        query = Query.parse(templates[key]) if key in templates else None
        _read_answer(bytes(raw), query, record, patient_id)
    for key, template in templates.items():
        query = Query.parse(template)
        if key not in sent and query is not None:
            because = (
                Phrase("the EHR sent no prefetch")
                if prefetch is None
                else Phrase("the EHR left out the prefetch key {key}", key=key)
            )
            record.failed.append((query, because))
    return record


def _read_answer(raw: bytes, query: Query | None, record: Record, patient_id: str | None) -> None:
    """One answer: its resources into the record; what it proves or why it proves nothing, beside them."""
    kind = _type_of(raw)
    if kind == "Bundle":
        _read_bundle(raw, query, record, patient_id)
        return
    resource = None if kind is None else _keep(raw, record, patient_id)
    if isinstance(resource, Resource) and not isinstance(resource, OperationOutcome):
        _settle_read(resource, query, record)
    elif query is not None:
        record.failed.append((query, _why_not(raw, kind)))
    if kind is None:
        for item in _items(raw):
            _keep(item, record, patient_id)


def _why_not(raw: bytes, kind: str | None) -> Phrase:
    if raw.strip() == b"null":
        return Phrase("the EHR sent null, which is not the same as none")
    if kind == "OperationOutcome":
        return Phrase("the EHR's own query failed")
    if raw.lstrip()[:1] == b"[":
        return Phrase("the EHR sent a list that is no search result")
    return Phrase("what the EHR sent could not be read")


def _settle_read(resource: Resource, query: Query | None, record: Record) -> None:
    """A single resource answers a read; under a key that asked for a search it proves nothing beyond itself."""
    if resource.resourceType in SINGLE:
        record.answered.append(Query(resource.resourceType))
    elif query is not None:
        record.failed.append((query, Phrase("the EHR sent a single resource instead of a search result")))


def _read_bundle(raw: bytes, query: Query | None, record: Record, patient_id: str | None) -> None:
    try:
        bundle = _bundle.decode(raw)
    except (msgspec.DecodeError, RecursionError):
        bundle = _loose_bundle(raw)
    links = bundle.link or []
    selves = [Query.parse(link.url) for link in links if link.relation == "self" and link.url]
    asked = query or next((parsed for parsed in selves if parsed is not None), None)
    matches, failures, broken = 0, 0, 0
    for entry in bundle.entry or []:
        if entry.resource is None:
            continue
        resource = _keep(bytes(entry.resource), record, patient_id)
        if isinstance(resource, OperationOutcome):
            failures += any(issue.severity in ("error", "fatal") for issue in resource.issue or ())
            continue
        broken += resource is _BROKEN
        matches += not (entry.search and entry.search.mode == "include")
    if asked is None:
        return
    cut = any(link.relation == "next" for link in links) or (bundle.total is not None and bundle.total > matches)
    if failures:
        record.failed.append((asked, Phrase("the EHR's own query failed")))
    elif broken:
        record.failed.append((asked, Phrase("{count} of what the EHR sent could not be read", count=broken)))
    elif cut:
        record.failed.append((asked, Phrase("the EHR sent only the first page")))
    else:
        record.answered.append(asked)


def _loose_bundle(raw: bytes) -> _Bundle:
    """A Bundle whose frame is not valid FHIR: entry by entry, whatever is an object."""
    try:
        document = msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError):
        return _Bundle(link=[_Link("next")])
    entries = [
        _Entry(msgspec.Raw(msgspec.json.encode(entry["resource"])), None)
        for entry in _as_list(document.get("entry"))
        if isinstance(entry, dict) and isinstance(entry.get("resource"), dict)
    ]
    links = [
        _Link(link.get("relation"), link.get("url"))
        for link in _as_list(document.get("link"))
        if isinstance(link, dict) and isinstance(link.get("url"), str)
    ]
    total = document.get("total")
    return _Bundle(total if isinstance(total, int) else None, links, entries)


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _items(raw: bytes) -> Iterable[bytes]:
    try:
        return [bytes(item) for item in msgspec.json.decode(raw, type=list[msgspec.Raw])]
    except (msgspec.DecodeError, RecursionError):
        return []


def _type_of(raw: bytes) -> str | None:
    try:
        kind = _peek.decode(raw).resourceType
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None
    return kind if isinstance(kind, str) else None


def read_resource(raw: bytes | msgspec.Raw) -> tuple[Resource, tuple[str, ...]] | None:
    """One resource and the members of it that could not be read; None where it is no resource that we read.

    Raises:
        lenient.Unreadable: it is not a JSON object, or says no resource type.
    """
    kind = _type_of(bytes(raw))
    if kind is None:
        raise lenient.Unreadable("no resourceType")
    if kind not in RESOURCES:
        return None
    return lenient.read(raw, RESOURCES[kind])


class _Broken:
    """An entry that is no readable resource."""


_BROKEN = _Broken()


def _keep(raw: bytes, record: Record, patient_id: str | None) -> Resource | _Broken | None:
    """Read one resource into the record; None for a type that is not read."""
    try:
        found = read_resource(raw)
    except lenient.Unreadable:
        return _BROKEN
    if found is None:
        return None
    resource, problems = found
    record.unreadable.extend((str(resource.resourceType), f"{resource.reference}.{path}") for path in problems)
    if not isinstance(resource, OperationOutcome):
        record.add(resource, patient_id)
    return resource
