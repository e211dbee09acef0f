"""The hook call that a form stands for: CDS Hooks 2.0.1, everything prefetched under our own keys but what the form says is not sent."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal

import msgspec

from cds.chart.kidneys import EGFR_UNIT
from cds.knowledge import Knowledge
from cds.playground.choices import ALLERGIES, CONDITIONS, DRUGS, LISTS, SNOMED
from cds.playground.form import Form
from cds.playground.orders import (
    BEFORE,
    NOON,
    PATIENT,
    PRESCRIBER,
    SUBJECT,
    Json,
    before,
    coded,
    concept,
    drafts,
    intrathecal_dose,
    other_drug,
    quantity,
)
from cds.protocol.discovery import SERVICES as OUR_SERVICES

__all__ = ["moment_of", "request_of", "service_id_of"]

LOINC = "http://loinc.org"
PUMP = "urn:baclofen-cds:it"
RTU = "urn:baclofen-cds:rtu"
TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
WITH_ORDERS: Mapping[str, str] = {
    "order-sign": "draftOrders",
    "order-select": "draftOrders",
    "medication-refill": "medications",
}
INSTANCES = uuid.UUID("0c1f3c55-2f0a-5c2b-9a4e-6d1f5a7b8c90")
MONTHS = 12
MEDICATION = ("contained", "medicationCodeableConcept", "medicationReference")


def moment_of(form: Form) -> datetime:
    """When the call is made: noon of the form's day."""
    return datetime.combine(form.day, NOON)


def service_id_of(form: Form) -> str:
    """The service that answers the form's hook."""
    return next(service.id for service in OUR_SERVICES if service.hook == form.hook)


def request_of(form: Form, knowledge: Knowledge) -> Json:
    """The hook call of a form; the same form gives the same call, its id included."""
    signing = drafts(form, knowledge)
    context: Json = {"userId": PRESCRIBER, "patientId": PATIENT, "encounterId": "visit"}
    if member := WITH_ORDERS.get(form.hook):
        entries = [{"resource": each} for each in signing]
        context[member] = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    if form.hook == "order-select":
        context["selections"] = [f"{each['resourceType']}/{each['id']}" for each in signing]
    call: Json = {"hook": form.hook, "hookInstance": "", "context": context}
    if "all" not in form.missing:
        left_out = {key for name in form.missing for key in LISTS[name][1]}
        if form.prescriber_registered == "unknown":
            left_out.add("user")
        call["prefetch"] = {key: value for key, value in _prefetch(form, knowledge).items() if key not in left_out}
    call["hookInstance"] = str(uuid.uuid5(INSTANCES, msgspec.json.encode(call).decode()))
    return call


def _prefetch(form: Form, knowledge: Knowledge) -> Json:
    on_file = before(form, knowledge)
    requests = [other_drug(DRUGS[name], number, form) for number, name in enumerate(form.drugs)]
    if form.drug_text:
        requests.append(other_drug(form.drug_text, len(requests), form))
    reported: list[Json] = []
    if on_file is not None:
        (reported if form.before == "reported" else requests).insert(0, on_file)
    return {
        "patient": _patient(form),
        "user": _prescriber(form),
        "encounter": _encounter(form),
        "medicationRequests": _found(requests),
        "medicationStatements": _found(reported),
        "medicationDispenses": _found(_dispenses(form, on_file)),
        "medicationAdministrations": _found(_test_doses(form)),
        "conditions": _found(_conditions(form)),
        "allergies": _found(_allergies(form)),
        "renalLabs": _found(_labs(form)),
        "bodyMeasures": _found(_weight(form)),
        "socialHistory": _found(_drinking(form)),
        "procedures": _found([]),
        "serviceRequests": _found(_opinions(form)),
        "devices": _found([]),
        "pumpReadings": _found(_readings(form)),
    }


def _found(resources: Iterable[Json]) -> Json:
    entries = [{"resource": each, "search": {"mode": "match"}} for each in resources]
    bundle: Json = {"resourceType": "Bundle", "type": "searchset", "total": len(entries)}
    return {**bundle, "entry": entries} if entries else bundle


def _patient(form: Form) -> Json:
    patient: Json = {"resourceType": "Patient", "id": PATIENT, "gender": form.sex}
    if form.born is not None or form.age is not None:
        patient["birthDate"] = (form.born or _birthday(form.age or Decimal(0), form.day)).isoformat()
    if form.country != "none":
        patient["address"] = [{"use": "home", "country": form.country}]
    if form.patient_registered == "yes":
        patient["identifier"] = [{"system": "urn:baclofen-cds:rtu:patient", "value": "playground"}]
    return patient


def _birthday(age: Decimal, on: date) -> date:
    """The birthday of whoever is just so many years old on a day; parts of a year in whole months."""
    years, months = divmod(int(age * MONTHS), MONTHS)
    year, month = divmod((on.year - years) * MONTHS + on.month - 1 - months, MONTHS)
    leap_day = date(year, month + 1, 1) + timedelta(days=on.day - 1)
    return leap_day if leap_day.month == month + 1 else date(year, month + 1, 28)


def _prescriber(form: Form) -> Json:
    prescriber: Json = {"resourceType": "Practitioner", "id": PRESCRIBER.partition("/")[2], "active": True}
    if form.prescriber_registered == "yes":
        prescriber["identifier"] = [{"system": "urn:baclofen-cds:rtu:prescriber", "value": "playground"}]
    return prescriber


def _encounter(form: Form) -> Json:
    code, display = ("IMP", "inpatient encounter") if form.setting == "inpatient" else ("AMB", "ambulatory")
    encounter: Json = {
        "resourceType": "Encounter",
        "id": "visit",
        "status": "in-progress",
        "class": {"system": f"{TERMINOLOGY}/v3-ActCode", "code": code, "display": display},
        "subject": SUBJECT,
    }
    if form.stay_hours is not None:
        encounter["period"] = {"start": (moment_of(form) - timedelta(hours=form.stay_hours)).isoformat()}
    return encounter


def _dispenses(form: Form, on_file: Json | None) -> Iterable[Json]:
    if form.dispensed_on is None or on_file is None:
        return
    medication: Json = {key: on_file[key] for key in MEDICATION if key in on_file}
    dispense: Json = {
        "resourceType": "MedicationDispense",
        "id": "dispense",
        "status": "completed",
        **medication,
        "subject": SUBJECT,
        "whenHandedOver": form.dispensed_on.isoformat(),
    }
    if on_file["resourceType"] == "MedicationRequest":
        dispense["authorizingPrescription"] = [{"reference": f"MedicationRequest/{BEFORE}"}]
    if form.dispensed_days is not None:
        dispense["daysSupply"] = quantity(form.dispensed_days, "d", "days")
    yield dispense


def _test_doses(form: Form) -> Iterable[Json]:
    if form.test_dose is not None:
        yield {
            "resourceType": "MedicationAdministration",
            "id": "test-dose",
            "status": "completed",
            "medicationCodeableConcept": {"text": "baclofen 50 mcg/mL intrathecal solution"},
            "subject": SUBJECT,
            "effectiveDateTime": _day_before(form),
            "dosage": intrathecal_dose(form.test_dose),
        }


def _readings(form: Form) -> Iterable[Json]:
    if form.test_dose is not None and form.test_hours is not None:
        part_of = {"partOf": [{"reference": "MedicationAdministration/test-dose"}]}
        hours = {"valueQuantity": quantity(form.test_hours, "h")}
        response = _observation("response", PUMP, "test-dose-response-duration", _day_before(form), hours)
        yield {**response, **part_of}
    if form.pump_empty is not None:
        empty = {"valueDateTime": form.pump_empty.isoformat()}
        yield _observation("pump-empty", PUMP, "pump-predicted-empty", form.day.isoformat(), empty)


def _day_before(form: Form) -> str:
    return (moment_of(form) - timedelta(days=1)).isoformat()


def _conditions(form: Form) -> Iterable[Json]:
    concepts = [coded(CONDITIONS[name]) for name in form.conditions]
    if form.condition_text:
        concepts.append({"text": form.condition_text})
    onset = {"onsetDateTime": form.conditions_since.isoformat()} if form.conditions_since else {}
    for number, each in enumerate(concepts):
        yield _condition(f"condition-{number}", each) | onset
    if form.dialysis:
        yield _condition("dialysis", concept(SNOMED, "105502003", "Dependence on renal dialysis"))


def _condition(name: str, code: Json) -> Json:
    return {
        "resourceType": "Condition",
        "id": name,
        "clinicalStatus": {"coding": [{"system": f"{TERMINOLOGY}/condition-clinical", "code": "active"}]},
        "category": [{"coding": [{"system": f"{TERMINOLOGY}/condition-category", "code": "problem-list-item"}]}],
        "code": code,
        "subject": SUBJECT,
    }


def _allergies(form: Form) -> Iterable[Json]:
    for number, name in enumerate(form.allergies):
        yield {
            "resourceType": "AllergyIntolerance",
            "id": f"allergy-{number}",
            "clinicalStatus": {"coding": [{"system": f"{TERMINOLOGY}/allergyintolerance-clinical", "code": "active"}]},
            "verificationStatus": {
                "coding": [{"system": f"{TERMINOLOGY}/allergyintolerance-verification", "code": "confirmed"}]
            },
            "code": coded(ALLERGIES[name]),
            "patient": SUBJECT,
        }


def _labs(form: Form) -> Iterable[Json]:
    on = (form.labs_on or form.day).isoformat()
    if form.creatinine is not None:
        code = "2160-0" if form.creatinine_unit == "mg/dL" else "14682-9"
        value = {"valueQuantity": quantity(form.creatinine, form.creatinine_unit)}
        yield _observation("creatinine", LOINC, code, on, value)
    if form.egfr is not None:
        value = {"valueQuantity": quantity(form.egfr, EGFR_UNIT, "mL/min/1.73m2")}
        yield _observation("egfr", LOINC, "98979-8", on, value)


def _weight(form: Form) -> Iterable[Json]:
    if form.weight is not None:
        value = {"valueQuantity": quantity(form.weight, "kg")}
        yield _observation("weight", LOINC, "29463-7", form.day.isoformat(), value)


def _drinking(form: Form) -> Iterable[Json]:
    if form.drinks is not None:
        value = {"valueQuantity": quantity(form.drinks, "{drinks}/d")}
        yield _observation("drinking", LOINC, "74013-4", form.day.isoformat(), value)


def _observation(name: str, system: str, code: str, on: str, value: Json) -> Json:
    return {
        "resourceType": "Observation",
        "id": name,
        "status": "final",
        "code": {"coding": [{"system": system, "code": code}]},
        "subject": SUBJECT,
        "effectiveDateTime": on,
        **value,
    }


def _opinions(form: Form) -> Iterable[Json]:
    if form.opinion != "none":
        yield {
            "resourceType": "ServiceRequest",
            "id": "opinion",
            "status": "completed",
            "intent": "order",
            "code": concept(RTU, f"{form.opinion}-opinion", f"{form.opinion} opinion"),
            "subject": SUBJECT,
            "authoredOn": (form.opinion_on or form.day).isoformat(),
        }
