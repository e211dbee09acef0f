"""Expands a boundary case into the CDS Hooks request that an EHR would send.

A case names only what matters to it; the rest is a plain adult outpatient in the US, with every list complete and a normal eGFR.
Dates are ISO dates, or days or years before or after today (`-30d`, `-3y`, `+7d`).
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from fhir_fixtures.codes import ALLERGIES, LOINC, PRODUCTS, concept, condition_concept, quantity
from fhir_fixtures.orders import PATIENT, SUBJECT, CaseError, day, known, order, statement
from fhir_fixtures.pumps import implantation, readings, service, test_doses
from fhir_fixtures.stays import device, prediction, visit

CASE_KEYS = frozenset(
    "hook today age born sex country inpatient registered drafts file labs weight conditions drugs reported allergies drinks opinions dispensed began visit pump empty tests programmed implanted services faults".split()
)
WITH_ORDERS = frozenset({"order-select", "order-sign", "medication-refill"})


def today_of(case: dict[str, Any]) -> date:
    """The day on which a case plays."""
    return day(case.get("today", "2026-06-01"), date(2026, 6, 1))


def expand(case: dict[str, Any]) -> dict[str, Any]:
    """The whole request.

    Raises:
        CaseError: the case has a key that means nothing.
    """
    known(case, CASE_KEYS)
    today = today_of(case)
    hook = case.get("hook", "order-sign")
    drafts = [order(each, today, draft=True) for each in case.get("drafts", [])]
    drafts += [service(each, SUBJECT) for each in case.get("services", [])]
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": each} for each in drafts]}
    context: dict[str, Any] = {"userId": "Practitioner/fixture-doctor", "patientId": PATIENT}
    if case.get("visit") != "none":
        context["encounterId"] = "visit"
    if hook in WITH_ORDERS:
        context["medications" if hook == "medication-refill" else "draftOrders"] = bundle
    if hook == "order-select":
        context["selections"] = [f"{each['resourceType']}/{each['id']}" for each in drafts if "id" in each]
    request = {"hook": hook, "hookInstance": "3b3a7a52-0c6f-4a55-8b0b-0f6c4e1b2d11", "context": context}
    prefetch = _prefetch(case, today)
    match case.get("faults", {}):
        case "none":
            return request
        case "null":
            return {**request, "prefetch": dict.fromkeys(prefetch)}
        case dict() as faults:
            for key, fault in faults.items():
                _spoil(prefetch, key, fault)
    return {**request, "prefetch": prefetch}


def _spoil(prefetch: dict[str, Any], key: str, fault: str) -> None:
    match fault:
        case "null":
            prefetch[key] = None
        case "missing":
            del prefetch[key]
        case "error":
            issue = [{"severity": "error", "code": "exception", "diagnostics": "not available"}]
            prefetch[key] = {"resourceType": "OperationOutcome", "issue": issue}
        case "cut":
            prefetch[key] = {**prefetch[key], "link": [{"relation": "next", "url": "http://127.0.0.1/fhir?page=2"}]}
        case _:
            raise CaseError(f"unknown fault: {fault}")


def _prefetch(case: dict[str, Any], today: date) -> dict[str, Any]:
    """Our own keys, every list complete."""
    file = [order(each, today, draft=False) for each in case.get("file", [])]
    for number, drug in enumerate(case.get("drugs", [])):
        file.append(order({"id": f"drug-{number}", "drug": drug, "authored": "-20d"}, today, draft=False))
    labs = case.get("labs", [{"egfr": 95}])
    return {
        "patient": _patient(case, today),
        "user": _doctor(case),
        "encounter": None if case.get("visit") == "none" else visit(case, SUBJECT, day, today),
        "medicationRequests": _found(file),
        "medicationStatements": _found([statement(n, each, today) for n, each in enumerate(case.get("reported", []))]),
        "medicationDispenses": _found([_dispense(n, each, today) for n, each in enumerate(case.get("dispensed", []))]),
        "medicationAdministrations": _found(test_doses(case.get("tests", []), SUBJECT)),
        "conditions": _found([_condition(n, each, today) for n, each in enumerate(case.get("conditions", []))]),
        "allergies": _found([_allergy(n, each) for n, each in enumerate(case.get("allergies", []))]),
        "renalLabs": _found([_lab(n, each, today) for n, each in enumerate(labs)]),
        "bodyMeasures": _found(_weight(case.get("weight", {"kg": 70}), today)),
        "socialHistory": _found([_drinking(n, each, today) for n, each in enumerate(case.get("drinks", []))]),
        "procedures": _found([implantation(SUBJECT)] if case.get("implanted") else []),
        "devices": _found([device(case["pump"], SUBJECT)] if "pump" in case else []),
        "pumpReadings": _found(
            readings(case, SUBJECT) + ([prediction(day(case["empty"], today), SUBJECT)] if "empty" in case else [])
        ),
        "serviceRequests": _found([_opinion(n, each, today) for n, each in enumerate(case.get("opinions", []))]),
    }


def _found(resources: list[dict[str, Any]]) -> dict[str, Any]:
    bundle: dict[str, Any] = {"resourceType": "Bundle", "type": "searchset", "total": len(resources)}
    entries = [{"resource": each, "search": {"mode": "match"}} for each in resources]
    return {**bundle, "entry": entries} if entries else bundle


def _patient(case: dict[str, Any], today: date) -> dict[str, Any]:
    patient: dict[str, Any] = {"resourceType": "Patient", "id": PATIENT, "gender": case.get("sex", "male")}
    patient["address"] = [{"use": "home", "country": case.get("country", "US")}]
    born = case.get("born", f"-{case.get('age', 40)}y")
    if born != "unknown":
        partial = re.fullmatch(r"\d{4}(-\d\d)?", str(born))
        patient["birthDate"] = str(born) if partial else day(born, today).isoformat()
    if case.get("registered") in (True, "patient"):
        patient["identifier"] = [{"system": "urn:baclofen-cds:rtu:patient", "value": "R-1"}]
    return patient


def _doctor(case: dict[str, Any]) -> dict[str, Any]:
    doctor: dict[str, Any] = {"resourceType": "Practitioner", "id": "fixture-doctor", "active": True}
    if case.get("registered") in (True, "prescriber"):
        doctor["identifier"] = [{"system": "urn:baclofen-cds:rtu:prescriber", "value": "P-1"}]
    return doctor


def _dispense(number: int, spec: dict[str, Any], today: date) -> dict[str, Any]:
    """A dispense of so many `days` for an `order`, where these are said."""
    dispense = {
        "resourceType": "MedicationDispense",
        "id": f"dispense-{number}",
        "status": "completed",
        "medicationCodeableConcept": concept(*PRODUCTS["us-10mg"]),
        "subject": SUBJECT,
        "whenHandedOver": day(spec["date"], today).isoformat(),
    }
    if "order" in spec:
        dispense["authorizingPrescription"] = [{"reference": f"MedicationRequest/{spec['order']}"}]
    return dispense | ({"daysSupply": quantity(spec["days"], "d")} if "days" in spec else {})


def _condition(number: int, spec: str | dict[str, Any], today: date) -> dict[str, Any]:
    given = {"name": spec} if isinstance(spec, str) else spec
    status, terminology = given.get("status", "active"), "http://terminology.hl7.org/CodeSystem"
    condition = {
        "resourceType": "Condition",
        "id": f"condition-{number}",
        "clinicalStatus": concept(f"{terminology}/condition-clinical", status, status),
        "category": [concept(f"{terminology}/condition-category", "problem-list-item", "Problem List Item")],
        "code": condition_concept(given["name"]),
        "subject": SUBJECT,
    }
    return condition | ({"onsetDateTime": day(given["onset"], today).isoformat()} if "onset" in given else {})


def _allergy(number: int, spec: str | dict[str, Any]) -> dict[str, Any]:
    given = {"name": spec} if isinstance(spec, str) else spec
    terminology = "http://terminology.hl7.org/CodeSystem"
    status, verified = given.get("status", "active"), given.get("verified", "confirmed")
    return {
        "resourceType": "AllergyIntolerance",
        "id": f"allergy-{number}",
        "clinicalStatus": concept(f"{terminology}/allergyintolerance-clinical", status, status),
        "verificationStatus": concept(f"{terminology}/allergyintolerance-verification", verified, verified),
        "code": concept(*ALLERGIES[given["name"]]),
        "patient": SUBJECT,
    }


def _drinking(number: int, spec: float | dict[str, Any], today: date) -> dict[str, Any]:
    """Drinks a day, and of which day."""
    given = spec if isinstance(spec, dict) else {"value": spec}
    return {
        "resourceType": "Observation",
        "id": f"drinking-{number}",
        "status": given.get("status", "final"),
        "category": [concept("http://terminology.hl7.org/CodeSystem/observation-category", "social-history", "Social")],
        "code": concept(LOINC, "74013-4", "Alcoholic drinks per day"),
        "subject": SUBJECT,
        "effectiveDateTime": day(given.get("date", "-10d"), today).isoformat(),
        "valueQuantity": quantity(given["value"], given.get("unit", "{drinks}/d")),
    }


def _lab(number: int, spec: dict[str, Any], today: date) -> dict[str, Any]:
    """An eGFR or a creatinine, of a `date` and, where it is said, a `time` (UTC)."""
    taken = day(spec.get("date", "-10d"), today).isoformat()
    lab: dict[str, Any] = {
        "resourceType": "Observation",
        "id": f"lab-{number}",
        "status": spec.get("status", "final"),
        "subject": SUBJECT,
        "effectiveDateTime": f"{taken}T{spec['time']}:00Z" if "time" in spec else taken,
    }
    if "egfr" in spec:
        lab["code"] = concept(LOINC, spec.get("code", "98979-8"), "eGFR")
        lab["valueQuantity"] = quantity(spec["egfr"], spec.get("unit", "mL/min/{1.73_m2}"))
        if "comparator" in spec:
            lab["valueQuantity"]["comparator"] = spec["comparator"]
        return lab
    unit = spec.get("unit", "mg/dL")
    lab["code"] = concept(LOINC, "2160-0" if unit == "mg/dL" else "14682-9", "Creatinine")
    return lab | {"valueQuantity": quantity(spec["creatinine"], unit)}


def _weight(spec: str | dict[str, Any], today: date) -> list[dict[str, Any]]:
    if isinstance(spec, str):
        return []
    weight = {
        "resourceType": "Observation",
        "id": "weight",
        "status": "final",
        "code": concept(LOINC, "29463-7", "Body weight"),
        "subject": SUBJECT,
        "effectiveDateTime": day(spec.get("date", "-10d"), today).isoformat(),
        "valueQuantity": quantity(spec["kg"], "kg"),
    }
    return [weight]


def _opinion(number: int, spec: dict[str, Any], today: date) -> dict[str, Any]:
    return {
        "resourceType": "ServiceRequest",
        "id": f"opinion-{number}",
        "status": "completed",
        "intent": "order",
        "code": concept("urn:baclofen-cds:rtu", f"{spec['kind']}-opinion", f"{spec['kind']} opinion"),
        "subject": SUBJECT,
        "authoredOn": day(spec["date"], today).isoformat(),
    }
