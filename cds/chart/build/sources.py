"""What the builders share: the record, the knowledge, the days."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from cds.chart.reading import Unknown
from cds.fhir.datatypes import CodeableConcept
from cds.fhir.dates import PartialDate, parse_date
from cds.fhir.record import Question, Record
from cds.fhir.resources import Observation

__all__ = ["Question", "Sources", "concept_kinds"]
from cds.knowledge import Knowledge
from cds.knowledge.value_sets import Kind
from cds.phrases import Phrase

PATIENT = Question("Patient", Phrase("the patient's record"))
ENCOUNTER = Question("Encounter", Phrase("the encounter"))
CONDITIONS = Question("Condition", Phrase("the problem list"), harmless=frozenset({"category=problem-list-item"}))
ALLERGIES = Question("AllergyIntolerance", Phrase("the allergy list"), harmless=frozenset({"clinical-status=active"}))
REQUESTS = Question("MedicationRequest", Phrase("the medication orders"))
CURRENT_REQUESTS = Question("MedicationRequest", Phrase("the medication orders"), harmless=frozenset({"status=active"}))
STATEMENTS = Question("MedicationStatement", Phrase("the reported medication"))
CURRENT_STATEMENTS = Question(
    "MedicationStatement", Phrase("the reported medication"), harmless=frozenset({"status=active"})
)
DISPENSES = Question("MedicationDispense", Phrase("the dispenses"))
ADMINISTRATIONS = Question("MedicationAdministration", Phrase("the administrations"))
LABORATORY = Question(
    "Observation",
    Phrase("the renal laboratory results"),
    codes=frozenset({"2160-0", "14682-9", "62238-1", "98979-8"}),
    harmless=frozenset({"category=laboratory"}),
)
WEIGHT = Question(
    "Observation",
    Phrase("the weight"),
    codes=frozenset({"29463-7"}),
    harmless=frozenset({"category=vital-signs"}),
)
SOCIAL_HISTORY = Question(
    "Observation",
    Phrase("the social history"),
    codes=frozenset({"74013-4"}),
    harmless=frozenset({"category=social-history"}),
)
PROCEDURES = Question("Procedure", Phrase("the procedures"))
SERVICE_REQUESTS = Question("ServiceRequest", Phrase("the service requests"))
DEVICES = Question("Device", Phrase("the device list"))
PUMP_READINGS = Question(
    "Observation",
    Phrase("the pump readings"),
    codes=frozenset({"test-dose-response-duration", "pump-reservoir-concentration", "pump-predicted-empty"}),
)


@dataclass(frozen=True, slots=True)
class Sources:
    """Everything a builder reads from.

    Attributes:
        record: what came with the call.
        knowledge: value sets and figures.
        now: the moment of the call, with its zone.
        evaluation_date: the day that ages, windows and regimes are taken on.

    What is asked of the record more than once is kept, so the record has to be read before.
    """

    record: Record
    knowledge: Knowledge
    now: datetime
    evaluation_date: date
    _missing: dict[Question, Unknown | None] = field(default_factory=dict, repr=False, compare=False)
    _observed: list[tuple[Observation, frozenset[str]]] = field(default_factory=list, repr=False, compare=False)

    def missing(self, *questions: Question) -> Unknown | None:
        """Why one of these is not completely known; None where all are."""
        for question in questions:
            if question not in self._missing:
                because = self.record.missing(question)
                self._missing[question] = None if because is None else Unknown(because)
            if (unknown := self._missing[question]) is not None:
                return unknown
        return None

    @property
    def observed(self) -> list[tuple[Observation, frozenset[str]]]:
        """The observations on record, each with the value sets of its own code; components have theirs."""
        if not self._observed:
            self._observed.extend((one, self.kinds(one.code, "observation")) for one in self.record.of(Observation))
        return self._observed

    def partial_date(self, text: str | None) -> PartialDate | None:
        """A FHIR date in the call's zone."""
        return parse_date(text, self.now.tzinfo)

    def day(self, text: str | None) -> date | None:
        """The first day a FHIR date can mean."""
        parsed = self.partial_date(text)
        return parsed.first if parsed else None

    def kinds(self, concept: CodeableConcept | None, kind: Kind) -> frozenset[str]:
        """The value sets of one kind that a concept belongs to: by its codes, and by its words only where no code is known."""
        return concept_kinds(self.knowledge, concept, kind)


def concept_kinds(knowledge: Knowledge, concept: CodeableConcept | None, kind: Kind) -> frozenset[str]:
    """The value sets of one kind (`condition`, `drug`, …) that a concept belongs to.

    Codes decide; words are read only where no code of the concept is in any value set.
    """
    if concept is None:
        return frozenset()
    found: frozenset[str] = frozenset()
    for coding in concept.coding or ():
        if coding.code:
            found |= knowledge.sets_of(coding.system or "", coding.code)
    if found:
        return found
    for text in (concept.text, *(coding.display for coding in concept.coding or ())):
        if text:
            found |= knowledge.sets_of_text(text, kind)
    return found
