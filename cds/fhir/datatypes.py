"""The FHIR datatypes that an order or a chart reading needs, as small structs.

Field names are FHIR's own. Every field is optional: what a rule needs is decided where it is read, not here. Numbers are
`Decimal`, with the digits the sender wrote.
"""

from __future__ import annotations

from decimal import Decimal

import msgspec


class Datatype(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Base of every FHIR struct: unknown members are ignored, null means absent."""


class Coding(Datatype):
    """FHIR Coding."""

    system: str | None = None
    code: str | None = None
    display: str | None = None


ConceptKey = tuple[str | None, tuple[tuple[str | None, str | None, str | None], ...]]
"""A concept as a key of a table: its text, and system, code and display of each coding."""

MAX_KEY = 300
"""Characters of a key: what is longer is read anew each time, so that tables stay small."""


class CodeableConcept(Datatype):
    """FHIR CodeableConcept."""

    coding: list[Coding] | None = None
    text: str | None = None

    @classmethod
    def of(cls, key: ConceptKey) -> CodeableConcept:
        """The concept of a key."""
        text, codings = key
        return cls(
            coding=[Coding(system=system, code=code, display=display) for system, code, display in codings], text=text
        )

    @property
    def key(self) -> ConceptKey | None:
        """All that it says, None where that is more than a table keeps."""
        size = len(self.text or "")
        codings = []
        for coding in self.coding or ():
            system, code, display = coding.system, coding.code, coding.display
            size += 1 + len(system or "") + len(code or "") + len(display or "")
            codings.append((system, code, display))
        return (self.text, tuple(codings)) if size <= MAX_KEY else None

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """(system, code) of every coding that has a code; a missing system is ''."""
        return tuple((coding.system or "", coding.code) for coding in self.coding or () if coding.code)

    @property
    def label(self) -> str:
        """The concept in words: its text, else the first display, else ''."""
        if self.text:
            return self.text
        return next((coding.display for coding in self.coding or () if coding.display), "")


class Reference(Datatype):
    """FHIR Reference; `agent` where STU3 has the reference of a requester inside it."""

    reference: str | None = None
    display: str | None = None
    agent: Reference | None = None

    @property
    def target(self) -> str | None:
        """`Type/id` without a server's base or a version, `#id` for a contained resource, else None."""
        if not self.reference:
            return self.agent.target if self.agent else None
        if self.reference.startswith("#"):
            return self.reference
        parts = self.reference.split("/_history")[0].rstrip("/").split("/")
        return "/".join(parts[-2:]) if len(parts) > 1 else self.reference


class Identifier(Datatype):
    """FHIR Identifier."""

    system: str | None = None
    value: str | None = None


class Quantity(Datatype):
    """FHIR Quantity, Age, Duration and SimpleQuantity."""

    value: Decimal | None = None
    comparator: str | None = None
    unit: str | None = None
    system: str | None = None
    code: str | None = None


class Range(Datatype):
    """FHIR Range."""

    low: Quantity | None = None
    high: Quantity | None = None


class Ratio(Datatype):
    """FHIR Ratio."""

    numerator: Quantity | None = None
    denominator: Quantity | None = None


class Period(Datatype):
    """FHIR Period; dates as text."""

    start: str | None = None
    end: str | None = None


class Annotation(Datatype):
    """FHIR Annotation."""

    text: str | None = None


class Extension(Datatype):
    """FHIR Extension: only that it is there, and its name."""

    url: str | None = None


class TimingRepeat(Datatype):
    """FHIR Timing.repeat."""

    boundsDuration: Quantity | None = None
    boundsRange: Range | None = None
    boundsPeriod: Period | None = None
    count: int | None = None
    countMax: int | None = None
    duration: Decimal | None = None
    durationMax: Decimal | None = None
    durationUnit: str | None = None
    frequency: int | None = None
    frequencyMax: int | None = None
    period: Decimal | None = None
    periodMax: Decimal | None = None
    periodUnit: str | None = None
    dayOfWeek: list[str] | None = None
    timeOfDay: list[str] | None = None
    when: list[str] | None = None
    offset: int | None = None


class Timing(Datatype):
    """FHIR Timing."""

    event: list[str] | None = None
    repeat: TimingRepeat | None = None
    code: CodeableConcept | None = None


class DoseAndRate(Datatype):
    """FHIR Dosage.doseAndRate."""

    type: CodeableConcept | None = None
    doseQuantity: Quantity | None = None
    doseRange: Range | None = None
    rateQuantity: Quantity | None = None
    rateRange: Range | None = None
    rateRatio: Ratio | None = None


class Dosage(Datatype):
    """FHIR Dosage of R4, with the members of R5 (`asNeeded`, `asNeededFor`) and STU3 (amounts on the dosage itself)."""

    sequence: int | None = None
    text: str | None = None
    additionalInstruction: list[CodeableConcept] | None = None
    patientInstruction: str | None = None
    timing: Timing | None = None
    asNeededBoolean: bool | None = None
    asNeededCodeableConcept: CodeableConcept | None = None
    asNeeded: bool | None = None
    asNeededFor: list[CodeableConcept] | None = None
    site: CodeableConcept | None = None
    route: CodeableConcept | None = None
    method: CodeableConcept | None = None
    doseAndRate: list[DoseAndRate] | None = None
    maxDosePerPeriod: Ratio | list[Ratio] | None = None
    maxDosePerAdministration: Quantity | None = None
    modifierExtension: list[Extension] | None = None
    doseQuantity: Quantity | None = None
    doseRange: Range | None = None
    rateQuantity: Quantity | None = None
    rateRange: Range | None = None
    rateRatio: Ratio | None = None
