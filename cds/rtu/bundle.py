"""The registry as a FHIR R4 Bundle: what it writes, each resource held against the field's models of R4 (R4B, which these types share).

| record | resources |
|---|---|
| prescriber | Practitioner; PractitionerRole (period.start, specialty, code of the setting) |
| patient | Patient (the pseudonym as id and identifier, gender, year of birth); EpisodeOfCare (period, careManager; finished where treatment was stopped); Observation `registration` |
| visit | Observation `visit` |
| opinion | ServiceRequest `second-opinion` or `collegial-opinion`: completed, or revoked where it was not favourable |
| stop | Observation `stop` |
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from cds.rtu.codes import (
    ADVERSE_EVENT,
    KEY_SYSTEM,
    OPINIONS,
    PATIENT_SYSTEM,
    PRESCRIBER_SYSTEM,
    RTU,
    SETTING,
    STOP_REASON,
    UCUM,
    concept,
)
from cds.rtu.figures import stopped_on
from cds.rtu.keys import RPPS
from cds.rtu.model import Contents, Patient, Prescriber, RecordedOpinion, Stop, Visit

__all__ = ["BASE", "bundle_of", "check", "encode_bundle"]

BASE = "https://registry.invalid"
"""Where the resources would be, so that references in the Bundle lead somewhere; nobody can be asked there (RFC 2606)."""

_ENCODER = msgspec.json.Encoder(decimal_format="number")


def encode_bundle(contents: Contents) -> bytes:
    """The Bundle as JSON."""
    return msgspec.json.format(_ENCODER.encode(bundle_of(contents)), indent=1)


def bundle_of(contents: Contents) -> dict[str, Any]:
    """The Bundle.

    Raises:
        ValueError: a resource is no valid FHIR; a fault of ours.
    """
    resources = list(_resources(contents))
    check(resources)
    entries = [{"fullUrl": f"{BASE}/{each['resourceType']}/{each['id']}", "resource": each} for each in resources]
    bundle: dict[str, Any] = {"resourceType": "Bundle", "type": "collection"}
    return bundle | {"entry": entries} if entries else bundle


def check(resources: list[dict[str, Any]]) -> None:
    """Hold resources against complete models.

    Raises:
        ValueError: one is not valid.
    """
    from fhir.resources.R4B.episodeofcare import EpisodeOfCare  # noqa: PLC0415 -- slow to load, and needed here only
    from fhir.resources.R4B.observation import Observation  # noqa: PLC0415
    from fhir.resources.R4B.patient import Patient as FhirPatient  # noqa: PLC0415
    from fhir.resources.R4B.practitioner import Practitioner  # noqa: PLC0415
    from fhir.resources.R4B.practitionerrole import PractitionerRole  # noqa: PLC0415
    from fhir.resources.R4B.servicerequest import ServiceRequest  # noqa: PLC0415

    models = (EpisodeOfCare, Observation, FhirPatient, Practitioner, PractitionerRole, ServiceRequest)
    by_type = {model.__name__: model for model in models}
    for resource in resources:
        try:
            by_type[resource["resourceType"]].model_validate(resource)
        except ValueError:
            raise ValueError(
                f"{resource['resourceType']} is no valid FHIR"
            ) from None  # its message quotes the resource


def _resources(contents: Contents) -> Iterator[dict[str, Any]]:
    for prescriber in contents.prescribers:
        yield from _prescriber(prescriber)
    stopped = stopped_on(contents)
    for patient in contents.patients:
        yield from _patient(patient, stopped.get(patient.pseudonym))
    for number, visit in enumerate(contents.visits, 1):
        yield _visit(visit, number)
    for number, opinion in enumerate(contents.opinions, 1):
        yield _opinion(opinion, number)
    for number, stop in enumerate(contents.stops, 1):
        yield _stop(stop, number)


def _prescriber(record: Prescriber) -> Iterator[dict[str, Any]]:
    identifiers = [{"system": PRESCRIBER_SYSTEM, "value": record.id}]
    if record.rpps:
        identifiers.append({"system": RPPS, "value": record.rpps})
    identifiers += [{"system": KEY_SYSTEM, "value": key} for key in record.keys]
    yield _present(
        {
            "resourceType": "Practitioner",
            "id": record.id,
            "identifier": identifiers,
            "name": [{"text": record.name}] if record.name else None,
        }
    )
    yield _present(
        {
            "resourceType": "PractitionerRole",
            "id": record.id,
            "period": {"start": record.registered_on.isoformat()},
            "practitioner": _reference("Practitioner", record.id),
            "code": [concept(SETTING, record.setting)],
            "specialty": [{"text": record.specialty}] if record.specialty else None,
        }
    )


def _patient(record: Patient, stopped: date | None) -> Iterator[dict[str, Any]]:
    name = record.pseudonym
    period = {"start": record.registered_on.isoformat()}
    if stopped is not None and stopped >= record.registered_on:
        period["end"] = stopped.isoformat()
    yield {
        "resourceType": "Patient",
        "id": name,
        "identifier": [{"system": PATIENT_SYSTEM, "value": name}],
        "gender": record.sex,
        "birthDate": f"{record.birth_year:04}",
    }
    yield {
        "resourceType": "EpisodeOfCare",
        "id": name,
        "status": "active" if stopped is None else "finished",
        "type": [concept(RTU, "registration")],
        "patient": _reference("Patient", name),
        "period": period,
        "careManager": _reference("Practitioner", record.prescriber),
    }
    yield _observation(
        "registration",
        name,
        name,
        record.registered_on.isoformat(),
        {
            "started-on": {"valueDateTime": record.started_on.isoformat()},
            "dose": _quantity(record.dose, "mg/d"),
            "informed": {"valueBoolean": record.informed},
            "contraindications-checked": {"valueBoolean": record.contraindications_checked},
        },
    )


def _visit(record: Visit, number: int) -> dict[str, Any]:
    observation = _observation(
        "visit",
        f"visit-{number}",
        record.patient,
        record.on.isoformat(),
        {
            "dose": _quantity(record.dose, "mg/d"),
            "alcohol": None if record.alcohol is None else _quantity(record.alcohol, "g/d"),
            "craving": None if record.craving is None else {"valueInteger": record.craving},
            "adverse-event-text": {"valueString": record.event_text} if record.event_text else None,
        },
    )
    observation["component"] += [
        {"code": concept(RTU, "adverse-event"), "valueCodeableConcept": concept(ADVERSE_EVENT, code)}
        for code in record.events
    ]
    return observation


def _opinion(record: RecordedOpinion, number: int) -> dict[str, Any]:
    return _present(
        {
            "resourceType": "ServiceRequest",
            "id": f"opinion-{number}",
            "status": "completed" if record.favourable else "revoked",
            "intent": "order",
            "code": concept(RTU, OPINIONS[record.kind]),
            "subject": _reference("Patient", record.patient),
            "authoredOn": record.on.isoformat(),
            "performer": [{"display": record.centre}] if record.centre else None,
        }
    )


def _stop(record: Stop, number: int) -> dict[str, Any]:
    days, completed = record.taper_days, record.taper_completed
    observation = _observation(
        "stop",
        f"stop-{number}",
        record.patient,
        record.on.isoformat(),
        {
            "taper-planned": {"valueBoolean": record.taper_planned},
            "taper-days": None if days is None else _quantity(Decimal(days), "d"),
            "last-dose": None if record.last_dose is None else _quantity(record.last_dose, "mg/d"),
            "taper-completed": None if completed is None else {"valueBoolean": completed},
        },
    )
    return observation | {"valueCodeableConcept": concept(STOP_REASON, record.reason)}


def _observation(
    code: str, id_: str, patient: str, on: str, components: Mapping[str, dict[str, Any] | None]
) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": id_,
        "status": "final",
        "code": concept(RTU, code),
        "subject": _reference("Patient", patient),
        "effectiveDateTime": on,
        "component": [{"code": concept(RTU, name), **value} for name, value in components.items() if value is not None],
    }


def _quantity(value: Decimal, unit: str) -> dict[str, Any]:
    exact = Decimal(f"{value.normalize():f}")  # without an exponent, which some readers of JSON do not take
    return {"valueQuantity": {"value": exact, "unit": unit, "system": UCUM, "code": unit}}


def _reference(kind: str, id_: str) -> dict[str, str]:
    return {"reference": f"{kind}/{id_}"}


def _present(members: Mapping[str, Any]) -> dict[str, Any]:
    """FHIR has no members without content."""
    return {name: value for name, value in members.items() if value is not None}
