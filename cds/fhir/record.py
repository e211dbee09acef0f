"""What is known of a patient's record: the resources that came, what the answers prove, and what they leave open.

A resource is read for what it is, under whatever key it comes. What an answer *proves* (that these are all, that there is none) depends
on what was asked: our own template under our own key; under a foreign key only what the answer's `self` link shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import parse_qsl, urlsplit

from cds.fhir.resources import RESOURCES, Medication, Resource
from cds.fhir.subject import is_of_another
from cds.phrases import Phrase

__all__ = ["SINGLE", "Query", "Question", "Record"]

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

    def covers(self, other: Query) -> bool:
        """Whether a complete answer to this query holds all that one to the other would."""
        if self.type != other.type or not self.filters <= other.filters:
            return False
        return self.codes is None or (other.codes is not None and other.codes <= self.codes)

    def answers(self, question: Question) -> bool:
        """Whether a complete answer to this query settles the question."""
        if self.type != question.type or not self.filters <= question.harmless:
            return False
        return self.codes is None or (bool(question.codes) and question.codes <= self.codes)


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """Something the chart must know to be complete: all resources of a type, or those with certain codes; each is asked by its own name.

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
        patients: ids of Patient resources by their `fullUrl`.
        nameless: by type, how many resources on file name a medicine that nothing tells: a reference that leads nowhere, without words.
    """

    resources: dict[str, list[Resource]] = field(default_factory=dict)
    answered: list[Query] = field(default_factory=list)
    failed: list[tuple[Query, Phrase]] = field(default_factory=list)
    unreadable: list[tuple[str, str]] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    patients: dict[str, str] = field(default_factory=dict)
    nameless: dict[str, int] = field(default_factory=dict)
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
            if damaged:
                return Phrase("parts of {what} could not be read", what=question.name)
            count = self.nameless.get(question.type)
            return (
                Phrase("of {count} among {what} nothing tells the drug", count=count, what=question.name)
                if count
                else None
            )
        for query, because in self.failed:
            if query.answers(question):
                return because
        return Phrase("the EHR did not send {what}", what=question.name)

    @property
    def medications(self) -> Mapping[str, Medication]:
        """Medication resources by `Medication/id`."""
        return {medication.reference: medication for medication in self.of(Medication)}

    def has(self, reference: str) -> bool:
        """Whether the resource `Type/id` came."""
        return reference in self._seen

    def add(self, resource: Resource, patient_id: str | None) -> None:
        """Keep a resource, once, unless it is another patient's."""
        if is_of_another(resource, patient_id, self.patients):
            self.foreign.append(str(resource.resourceType))
            return
        if resource.id:
            if resource.reference in self._seen:
                return
            self._seen.add(resource.reference)
        self.resources.setdefault(str(resource.resourceType), []).append(resource)
