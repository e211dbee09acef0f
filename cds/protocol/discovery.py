"""The services on offer and what they ask the EHR to send along.

Templates use CDS Hooks 2.0.1 tokens and its search subset only: no `_include`, and no `today()`, which some clients answer
with null without having searched. Date windows are applied when the answer is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import msgspec

__all__ = ["PREFETCH", "SERVICES", "Service", "encode_discovery", "for_trials"]

_LOINC = "http://loinc.org"

_CREATININE = ("2160-0", "14682-9", "38483-4", "59826-8", "35203-9")
_EGFR = (
    "98979-8", "98980-6", "62238-1", "88293-6", "88294-4", "94677-2", "50210-4", "77147-7", "33914-3",
    "48642-3", "48643-1", "50044-7", "70969-1", "76633-7", "69405-9", "50384-7", "102097-3",
)  # fmt: skip
_RENAL_PANEL = ("45066-8",)
_CREATININE_CLEARANCE = ("2164-2", "35591-7")
_BODY_WEIGHT = ("29463-7", "3141-9", "3142-7")
_BODY_HEIGHT = ("8302-2", "3137-7")
_DRINKS_PER_DAY = ("74013-4",)
_INTRATHECAL = "urn:baclofen-cds:it"
_TRIALS = "FOR TRIALS ONLY, NOT FOR PATIENTS: this service trusts the public CDS Hooks sandbox, whose key anybody has."
_PUMP_READINGS = ("test-dose-response-duration", "pump-reservoir-concentration", "pump-predicted-empty")


def _all_of(resource_type: str) -> str:
    return f"{resource_type}?patient={{{{context.patientId}}}}&_count=200"


def _observations(*codes: str, system: str = _LOINC) -> str:
    tokens = ",".join(f"{system}|{code}" for code in codes)
    return f"Observation?patient={{{{context.patientId}}}}&code={tokens}&_sort=-date&_count=100"


PREFETCH: Mapping[str, str] = MappingProxyType(
    {
        "patient": "Patient/{{context.patientId}}",
        "user": "{{context.userId}}",
        "encounter": "Encounter/{{context.encounterId}}",
        "medicationRequests": _all_of("MedicationRequest"),
        "medicationStatements": _all_of("MedicationStatement"),
        "medicationDispenses": _all_of("MedicationDispense"),
        "medicationAdministrations": _all_of("MedicationAdministration"),
        "conditions": _all_of("Condition"),
        "allergies": _all_of("AllergyIntolerance"),
        "renalLabs": _observations(*_CREATININE, *_EGFR, *_RENAL_PANEL, *_CREATININE_CLEARANCE),
        "bodyMeasures": _observations(*_BODY_WEIGHT, *_BODY_HEIGHT),
        "socialHistory": _observations(*_DRINKS_PER_DAY),
        "procedures": _all_of("Procedure"),
        "serviceRequests": _all_of("ServiceRequest"),
        "devices": _all_of("Device"),
        "pumpReadings": _observations(*_PUMP_READINGS, system=_INTRATHECAL),
    }
)
"""Every prefetch template by its key. The key is the topic: an empty answer under `allergies` means that the EHR searched the
patient's allergies and found none."""


def _only(*keys: str) -> Mapping[str, str]:
    """The templates of these keys: a hook that fires at every record opened asks for no more than its checks read."""
    return MappingProxyType({key: PREFETCH[key] for key in keys})


_MEDICATION = ("medicationRequests", "medicationStatements")
_PUMP = ("procedures", "devices", "pumpReadings")


class Service(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """One service as discovery lists it.

    Attributes:
        hook: the hook it answers.
        id: last part of its address.
        title: its name for a person.
        description: what it does.
        usage_requirements: what it needs from the EHR.
        prefetch: templates by key.
    """

    hook: str
    id: str
    title: str
    description: str
    usage_requirements: str
    prefetch: Mapping[str, str] = msgspec.field(default_factory=dict)


_USAGE = (
    "Works with whatever is prefetched, under any key, and says on a card which checks could not run. An empty search under one of "
    "these keys is read as 'none on file', null as 'unknown'. The prescriber is needed for the French registration checks only."
)

_USAGE_OF_RECORD = (
    "Works with whatever is prefetched, under any key. An empty search under one of these keys is read as 'none on file', null as 'unknown'. "
    "Silent for a patient who takes no baclofen; where the medication lists do not tell, a card says so. Orders are told apart by "
    "MedicationRequest.category: community, inpatient, discharge."
)

SERVICES: tuple[Service, ...] = (
    Service(
        hook="order-select",
        id="baclofen-order-select",
        title="Baclofen check while ordering",
        description=(
            "Checks the baclofen orders chosen so far against dose limits, kidney function, age, the French rules for alcohol use "
            "disorder and abrupt changes, and says what could not be checked."
        ),
        usage_requirements=_USAGE,
        prefetch=PREFETCH,
    ),
    Service(
        hook="medication-refill",
        id="baclofen-medication-refill",
        title="Baclofen check on a refill request",
        description=(
            "Checks a baclofen refill like an order about to be signed, and first whether the supply before it has run out."
        ),
        usage_requirements=_USAGE,
        prefetch=PREFETCH,
    ),
    Service(
        hook="order-sign",
        id="baclofen-order-sign",
        title="Baclofen check on signing",
        description=(
            "Checks every baclofen order about to be signed, whatever its status, against dose limits, kidney function, age, the "
            "French rules for alcohol use disorder and abrupt changes, and says what could not be checked."
        ),
        usage_requirements=_USAGE,
        prefetch=PREFETCH,
    ),
    Service(
        hook="patient-view",
        id="baclofen-patient-view",
        title="Baclofen check on opening a record",
        description=(
            "For a patient who takes baclofen: a supply or a pump reservoir that has run out, home baclofen without an order hours into a "
            "hospital stay, dialysis or severe renal impairment that is new since the last order."
        ),
        usage_requirements=_USAGE_OF_RECORD,
        prefetch=_only(
            "patient",
            "encounter",
            *_MEDICATION,
            "medicationDispenses",
            "conditions",
            "renalLabs",
            "bodyMeasures",
            *_PUMP,
        ),
    ),
    Service(
        hook="encounter-start",
        id="baclofen-encounter-start",
        title="Baclofen check on admission",
        description="Names home baclofen that has no inpatient order, and a pump reservoir that is about to run out.",
        usage_requirements=_USAGE_OF_RECORD,
        prefetch=_only("encounter", *_MEDICATION, *_PUMP),
    ),
    Service(
        hook="encounter-discharge",
        id="baclofen-encounter-discharge",
        title="Baclofen check on discharge",
        description="Names home baclofen that is missing from the discharge orders although no taper is on record.",
        usage_requirements=_USAGE_OF_RECORD,
        prefetch=_only("encounter", *_MEDICATION),
    ),
)


def for_trials(services: Iterable[Service]) -> tuple[Service, ...]:
    """The services as one that proves nobody's identity offers them: each says first that it is not for patients."""
    return tuple(
        msgspec.structs.replace(each, usage_requirements=f"{_TRIALS} {each.usage_requirements or ''}".rstrip())
        for each in services
    )


def encode_discovery(services: Iterable[Service] = SERVICES) -> bytes:
    """The body of `GET /cds-services`."""
    return msgspec.json.encode(
        {"services": list(services)}, enc_hook=dict
    )  # a read-only mapping is written as an object
