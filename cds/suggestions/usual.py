"""Orders and requests as they usually are: shapes that are valid R4 beyond doubt, told in microseconds.

They are narrower than R4 on purpose. What does not fit is not invalid: it goes to the complete models (`valid`), which take a hundred times as
long. A test holds that whatever fits is valid there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta

Text = Annotated[str, Meta(pattern=r"\S")]
Code = Annotated[str, Meta(pattern=r"\A[!-~]+(?:\x20[!-~]+)*\Z")]
Id = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9.-]{1,64}\Z")]
_DAY = r"(?:19|20)\d\d-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
_TIME = r"(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6})?(?:Z|[+-](?:0\d|1[0-3]):[0-5]\d)"
Moment = Annotated[str, Meta(pattern=rf"(?a)\A{_DAY}(?:T{_TIME})?\Z")]
Instant = Annotated[str, Meta(pattern=rf"(?a)\A{_DAY}T{_TIME}\Z")]
Number = Annotated[int, Meta(ge=-(10**9), le=10**9)] | Annotated[float, Meta(ge=-1e9, le=1e9)]
Positive = Annotated[int, Meta(ge=1, le=10**9)]


def _one_of(*members: object) -> None:
    if sum(member is not msgspec.UNSET for member in members) > 1:
        raise ValueError("more than one of a choice")


class _Strict(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """Members that are not named here do not fit, and neither does null."""


class Coding(_Strict):
    """FHIR Coding."""

    system: str = ""
    version: Text = ""
    code: Code = ""
    display: Text = ""
    userSelected: bool = False


class Concept(_Strict):
    """FHIR CodeableConcept."""

    coding: list[Coding] = []
    text: Text = ""


class Reference(_Strict):
    """FHIR Reference."""

    reference: Text = ""
    type: str = ""
    display: Text = ""


class Identifier(_Strict):
    """FHIR Identifier."""

    use: Code = ""
    type: Concept | msgspec.UnsetType = msgspec.UNSET
    system: str = ""
    value: Text = ""


class Quantity(_Strict):
    """FHIR Quantity."""

    value: Number = 0
    unit: Text = ""
    system: str = ""
    code: Code = ""


class Range(_Strict):
    """FHIR Range."""

    low: Quantity | msgspec.UnsetType = msgspec.UNSET
    high: Quantity | msgspec.UnsetType = msgspec.UNSET


class Ratio(_Strict):
    """FHIR Ratio."""

    numerator: Quantity | msgspec.UnsetType = msgspec.UNSET
    denominator: Quantity | msgspec.UnsetType = msgspec.UNSET


class Period(_Strict):
    """FHIR Period."""

    start: Moment = ""
    end: Moment = ""


class Repeat(_Strict):
    """FHIR Timing.repeat."""

    boundsDuration: Quantity | msgspec.UnsetType = msgspec.UNSET
    boundsPeriod: Period | msgspec.UnsetType = msgspec.UNSET
    frequency: Positive = 1
    period: Number = 1
    periodUnit: Code = "d"
    when: list[Code] = []

    def __post_init__(self) -> None:
        _one_of(self.boundsDuration, self.boundsPeriod)


class Timing(_Strict):
    """FHIR Timing."""

    repeat: Repeat | msgspec.UnsetType = msgspec.UNSET
    code: Concept | msgspec.UnsetType = msgspec.UNSET


class DoseAndRate(_Strict):
    """FHIR Dosage.doseAndRate."""

    type: Concept | msgspec.UnsetType = msgspec.UNSET
    doseQuantity: Quantity | msgspec.UnsetType = msgspec.UNSET
    doseRange: Range | msgspec.UnsetType = msgspec.UNSET

    def __post_init__(self) -> None:
        _one_of(self.doseQuantity, self.doseRange)


class Dosage(_Strict):
    """FHIR Dosage."""

    sequence: Positive = 1
    text: Text = ""
    additionalInstruction: list[Concept] = []
    patientInstruction: Text = ""
    timing: Timing | msgspec.UnsetType = msgspec.UNSET
    asNeededBoolean: bool | msgspec.UnsetType = msgspec.UNSET
    asNeededCodeableConcept: Concept | msgspec.UnsetType = msgspec.UNSET
    site: Concept | msgspec.UnsetType = msgspec.UNSET
    route: Concept | msgspec.UnsetType = msgspec.UNSET
    method: Concept | msgspec.UnsetType = msgspec.UNSET
    doseAndRate: list[DoseAndRate] = []
    maxDosePerPeriod: Ratio | msgspec.UnsetType = msgspec.UNSET

    def __post_init__(self) -> None:
        _one_of(self.asNeededBoolean, self.asNeededCodeableConcept)


class Metadata(_Strict):
    """FHIR Meta."""

    versionId: Id = ""
    lastUpdated: Instant = ""
    security: list[Coding] = []
    tag: list[Coding] = []


class Extension(_Strict):
    """FHIR Extension with the values that vendors put beside an order."""

    url: Text
    valueString: Text | msgspec.UnsetType = msgspec.UNSET
    valueBoolean: bool | msgspec.UnsetType = msgspec.UNSET
    valueInteger: Positive | msgspec.UnsetType = msgspec.UNSET
    valueCode: Code | msgspec.UnsetType = msgspec.UNSET
    valueDateTime: Moment | msgspec.UnsetType = msgspec.UNSET
    valueReference: Reference | msgspec.UnsetType = msgspec.UNSET
    valueCodeableConcept: Concept | msgspec.UnsetType = msgspec.UNSET

    def __post_init__(self) -> None:
        _one_of(
            self.valueString,
            self.valueBoolean,
            self.valueInteger,
            self.valueCode,
            self.valueDateTime,
            self.valueReference,
            self.valueCodeableConcept,
        )


class Annotation(_Strict):
    """FHIR Annotation."""

    text: Text


class DispenseRequest(_Strict):
    """FHIR MedicationRequest.dispenseRequest."""

    validityPeriod: Period | msgspec.UnsetType = msgspec.UNSET
    quantity: Quantity | msgspec.UnsetType = msgspec.UNSET
    expectedSupplyDuration: Quantity | msgspec.UnsetType = msgspec.UNSET


class MedicationRequest(_Strict, tag="MedicationRequest", tag_field="resourceType", kw_only=True):
    """FHIR MedicationRequest."""

    id: Id = ""
    meta: Metadata | msgspec.UnsetType = msgspec.UNSET
    extension: list[Extension] = []
    identifier: list[Identifier] = []
    status: Code
    intent: Code
    priority: Code = ""
    doNotPerform: bool | msgspec.UnsetType = msgspec.UNSET
    category: list[Concept] = []
    medicationCodeableConcept: Concept | msgspec.UnsetType = msgspec.UNSET
    medicationReference: Reference | msgspec.UnsetType = msgspec.UNSET
    subject: Reference
    encounter: Reference | msgspec.UnsetType = msgspec.UNSET
    authoredOn: Moment = ""
    requester: Reference | msgspec.UnsetType = msgspec.UNSET
    recorder: Reference | msgspec.UnsetType = msgspec.UNSET
    reasonCode: list[Concept] = []
    reasonReference: list[Reference] = []
    groupIdentifier: Identifier | msgspec.UnsetType = msgspec.UNSET
    note: list[Annotation] = []
    dosageInstruction: list[Dosage] = []
    dispenseRequest: DispenseRequest | msgspec.UnsetType = msgspec.UNSET
    priorPrescription: Reference | msgspec.UnsetType = msgspec.UNSET

    def __post_init__(self) -> None:
        _one_of(self.medicationCodeableConcept, self.medicationReference)
        if self.medicationCodeableConcept is self.medicationReference:
            raise ValueError("no medication")


class ServiceRequest(_Strict, tag="ServiceRequest", tag_field="resourceType", kw_only=True):
    """FHIR ServiceRequest."""

    id: Id = ""
    status: Code
    intent: Code
    category: list[Concept] = []
    code: Concept | msgspec.UnsetType = msgspec.UNSET
    subject: Reference
    encounter: Reference | msgspec.UnsetType = msgspec.UNSET
    authoredOn: Moment = ""
    requester: Reference | msgspec.UnsetType = msgspec.UNSET


_shapes = msgspec.json.Decoder(MedicationRequest | ServiceRequest)
"""Made here and not at the first use: msgspec crashes the process where two threads use a type for the first time at once."""


def is_usual(resource: Mapping[str, Any]) -> bool:
    """Whether a resource has one of these shapes."""
    try:
        _shapes.decode(msgspec.json.encode(resource))
    except (msgspec.MsgspecError, ValueError, TypeError, OverflowError):  # also what JSON cannot say
        return False
    return True
