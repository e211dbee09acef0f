"""The orders of a form as FHIR R4: what is being signed, and the baclofen on file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time
from decimal import Decimal
from itertools import zip_longest
from typing import Any

import msgspec

from cds.knowledge import Knowledge
from cds.playground.choices import DRUGS, INDICATIONS, ROUTES, SERVICES, SNOMED, Coded, products
from cds.playground.form import Form

__all__ = [
    "BEFORE",
    "NEW",
    "NOON",
    "PATIENT",
    "PRESCRIBER",
    "SUBJECT",
    "Json",
    "before",
    "coded",
    "concept",
    "drafts",
    "instructions",
    "intrathecal_dose",
    "other_drug",
    "quantity",
]

Json = dict[str, Any]

PATIENT = "playground-patient"
PRESCRIBER = "Practitioner/playground-prescriber"
SUBJECT = {"reference": f"Patient/{PATIENT}"}
NEW, BEFORE = "new", "before"
"""Ids of the order that is written and of the one on file."""
NOON = time(12, tzinfo=UTC)
"""When everything of the playground that needs a time happens."""

UCUM = "http://unitsofmeasure.org"
ATC = "http://www.whocc.no/atc"
CATEGORY = "http://terminology.hl7.org/CodeSystem/medicationrequest-category"
TABLET, SOLUTION, INJECTION = ("385055001", "Tablet"), ("385023001", "Oral solution"), ("385219001", "Injection")
UNITS = {"mg": "mg", "tablets": "{tbl}", "mL": "mL", "ug": "ug"}
PUMP_PRODUCT = "rxnorm:1300890"
"""What is on file of a pump whose new order is by mouth."""


def drafts(form: Form, knowledge: Knowledge) -> list[Json]:
    """What is being signed: baclofen, if any, and what is ordered beside it."""
    beside = [_beside(name, number, form) for number, name in enumerate(form.beside)]
    match form.change:
        case "order":
            return [_new(form, knowledge), *beside]
        case "stop" | "hold":
            return [_stopped(form, knowledge), *beside]
        case _:
            return beside


def before(form: Form, knowledge: Knowledge) -> Json | None:
    """Baclofen on file, as an order or as the patient reports it; None where there is none."""
    if form.before == "none":
        return None
    dosage = _dosage_before(form)
    since = form.before_since.isoformat() if form.before_since else None
    medication = _medication(form, knowledge, on_file=True)
    if form.before == "reported":
        period = {"effectivePeriod": {"start": since}} if since else {}
        return {
            "resourceType": "MedicationStatement",
            "id": BEFORE,
            "status": "active",
            **medication,
            "subject": SUBJECT,
            **period,
            "dosage": dosage,
        }
    return _order(BEFORE, "active", since, medication, form) | {"dosageInstruction": dosage}


def other_drug(drug: Coded | str, number: int, form: Form, *, draft: bool = False) -> Json:
    """An order of another drug, by its code or in words."""
    return {
        "resourceType": "MedicationRequest",
        "id": f"{'beside' if draft else 'drug'}-{number}",
        "status": "draft" if draft else "active",
        "intent": "order",
        "medicationCodeableConcept": {"text": drug} if isinstance(drug, str) else coded(drug),
        "subject": SUBJECT,
        "authoredOn": form.day.isoformat(),
    }


def _new(form: Form, knowledge: Knowledge) -> Json:
    order = _order(NEW, "draft", form.day.isoformat(), _medication(form, knowledge), form)
    order["requester"] = {"reference": PRESCRIBER}
    if form.indication != "none":
        order["reasonCode"] = [coded(INDICATIONS[form.indication])]
    if form.before in ("order", "pump") and not form.before_goes_on:
        order["priorPrescription"] = {"reference": f"MedicationRequest/{BEFORE}"}
    if form.mention:
        order["note"] = [{"text": "Prescription sous RTU"}]
    if dosage := instructions(form):
        order["dosageInstruction"] = dosage
    if form.supply is not None:
        order["dispenseRequest"] = {"expectedSupplyDuration": quantity(form.supply, "d", "days")}
    return order


def _stopped(form: Form, knowledge: Knowledge) -> Json:
    """The order on file with its new status; one that is not on file where none is."""
    on_file = before(form, knowledge)
    if on_file is None or on_file["resourceType"] != "MedicationRequest":
        medication = _medication(form, knowledge)
        on_file = _order(BEFORE, "active", form.day.isoformat(), medication, form)
        if dosage := instructions(form):
            on_file["dosageInstruction"] = dosage
    status = {"status": "stopped" if form.change == "stop" else "on-hold"}
    return {
        **on_file,
        **status,
        **({"statusReason": concept(SNOMED, "75478009", "Poisoning")} if form.toxicity else {}),
    }


def _beside(name: str, number: int, form: Form) -> Json:
    if name in DRUGS:
        return other_drug(DRUGS[name], number, form, draft=True)
    return {
        "resourceType": "ServiceRequest",
        "id": f"beside-{number}",
        "status": "draft",
        "intent": "order",
        "code": coded(SERVICES[name]),
        "subject": SUBJECT,
        "authoredOn": form.day.isoformat(),
    }


def _order(name: str, status: str, authored: str | None, medication: Json, form: Form) -> Json:
    home = form.setting == "outpatient" or name == BEFORE
    category = "community" if home else "inpatient"
    order: Json = {
        "resourceType": "MedicationRequest",
        "id": name,
        "status": status,
        "intent": "order",
        "category": [{"coding": [{"system": CATEGORY, "code": category}]}],
        **medication,
        "subject": SUBJECT,
    }
    return order | ({"authoredOn": authored} if authored else {})


def _medication(form: Form, knowledge: Knowledge, *, on_file: bool = False) -> Json:
    """The product: by its code, or by form and strength as an EHR writes a product of its own."""
    name = form.product
    if on_file and form.before == "pump" and form.route != "intrathecal":
        name = PUMP_PRODUCT
    known = products(knowledge).get(name)
    if known is not None:
        system, _, code = name.partition(":")
        entry = {"system": knowledge.systems.uris[system], "code": code, "display": known.name}
        return {"medicationCodeableConcept": {"coding": [entry], "text": known.name}}
    if name == "unknown" or form.strength is None:
        return {"medicationCodeableConcept": concept(ATC, "M03BX01", "baclofen")}
    (code, display), unit, per = {
        "tablet": (TABLET, "mg", "{tbl}"),
        "liquid": (SOLUTION, "mg", "mL"),
        "injection": (INJECTION, "ug", "mL"),
    }[name]
    medication = {
        "resourceType": "Medication",
        "id": "product",
        "code": concept(ATC, "M03BX01", "baclofen"),
        "form": concept(SNOMED, code, display),
        "ingredient": [
            {
                "itemCodeableConcept": concept(SNOMED, "387342009", "Baclofen (substance)"),
                "strength": {"numerator": quantity(form.strength, unit), "denominator": quantity(1, per)},
            }
        ],
    }
    return {"contained": [medication], "medicationReference": {"reference": "#product"}}


def instructions(form: Form) -> list[Any]:
    """The `dosageInstruction` of the new order; empty where none was given yet.

    What is no JSON is sent as words, as an EHR passes on what it cannot read.
    """
    match form.sig:
        case "none":
            return []
        case "words":
            return [{"text": form.sig_text}] if form.sig_text else []
        case "fhir":
            return _as_written(form.sig_fhir)
        case _:
            return list(_phases(form))


def _as_written(sig: str) -> list[Any]:
    if not sig:
        return []
    try:
        found = msgspec.json.decode(sig)
    except (msgspec.DecodeError, RecursionError):
        found = None
    if not isinstance(found, list | dict):
        return [{"text": sig}]
    return found if isinstance(found, list) else [found]


def _phases(form: Form) -> Iterator[Json]:
    rows = list(zip_longest(form.dose, form.times, form.days))
    filled = [row for row in rows if any(cell is not None for cell in row)]
    for place, (dose, times, days) in enumerate(filled, 1):
        sequence = {"sequence": place} if len(filled) > 1 else {}
        yield sequence | _dosage(form, dose, times, days)


def _dosage(form: Form, dose: Decimal | None, times: Decimal | None, days: Decimal | None) -> Json:
    dosage: Json = {"route": route} if (route := _route(form.route)) else {}
    repeat: Json = {} if times is None else _so_often(times)
    if days is not None:
        repeat["boundsDuration"] = quantity(days, "d", "days")
    if form.unit == "ug/d":
        repeat = {"boundsPeriod": {"start": datetime.combine(form.day, NOON).isoformat()}}
    if repeat:
        dosage["timing"] = {"repeat": repeat}
    elif form.route == "intrathecal" and dose is not None:
        dosage["timing"] = {"event": [datetime.combine(form.day, NOON).isoformat()]}
    if dose is not None:
        rate = form.unit == "ug/d"
        amount = (
            {"rateQuantity": quantity(dose, "ug/d")} if rate else {"doseQuantity": quantity(dose, UNITS[form.unit])}
        )
        dosage["doseAndRate"] = [amount]
    if form.as_needed:
        dosage["asNeededBoolean"] = True
        if form.as_needed_most is not None:
            most = {"numerator": quantity(form.as_needed_most, "mg"), "denominator": quantity(1, "d")}
            dosage["maxDosePerPeriod"] = most
    return dosage


def _dosage_before(form: Form) -> list[Json]:
    if form.before_dose is None:
        return []
    if form.before == "pump":
        return [{"route": _route("intrathecal"), "doseAndRate": [{"rateQuantity": quantity(form.before_dose, "ug/d")}]}]
    dosage: Json = {"route": _route("oral"), "doseAndRate": [{"doseQuantity": quantity(form.before_dose, "mg")}]}
    if form.before_times is not None:
        dosage["timing"] = {"repeat": _so_often(form.before_times)}
    return [dosage]


def _so_often(times: Decimal) -> Json:
    """Times a day, which FHIR writes as a whole number; 1.5 is every 16 hours."""
    if times == int(times):
        return {"frequency": int(times), "period": 1, "periodUnit": "d"}
    return {"frequency": 1, "period": number(24 / times), "periodUnit": "h"}


def intrathecal_dose(amount: Decimal) -> Json:
    """A dose that was given into the spinal canal, µg."""
    return {"route": _route("intrathecal"), "dose": quantity(amount, "ug")}


def _route(name: str) -> Json | None:
    _, code, display = ROUTES[name]
    return concept(SNOMED, code, display) if code else None


def coded(option: Coded) -> Json:
    """An option as a CodeableConcept."""
    return concept(option.system, option.code, option.display)


def concept(system: str, code: str, display: str) -> Json:
    """A CodeableConcept with one coding."""
    return {"coding": [{"system": system, "code": code, "display": display}], "text": display}


def quantity(value: Decimal | int, code: str, unit: str | None = None) -> Json:
    """A UCUM quantity."""
    return {"value": number(value), "unit": unit or code, "system": UCUM, "code": code}


def number(value: Decimal | int) -> int | float:
    """A number as JSON writes it, with the digits that were typed."""
    return int(value) if value == int(value) else float(value)
