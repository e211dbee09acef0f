"""Orders and reported drugs of a boundary case, as FHIR writes them, and how a case tells days."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from fhir_fixtures.codes import INTRATHECAL, ORAL, PRODUCTS, ROUTES, SNOMED, concept, condition_concept, quantity

PATIENT = "fixture-patient"
SUBJECT = {"reference": f"Patient/{PATIENT}"}
ORDER_KEYS = frozenset(
    "id drug mg ug ml tablets times prn most phases status authored prior group reason note why rate text category supply bolus at start refill route forbidden".split()
)
CATEGORY = "http://terminology.hl7.org/CodeSystem/medicationrequest-category"
DOSES = frozenset("mg ug ml tablets rate bolus text route".split())
_RELATIVE = re.compile(r"([+-]\d+)([dy])")


class CaseError(ValueError):
    """A case with a word that means nothing; the message names it."""


def day(value: Any, today: date) -> date:
    """A date, or so many days or years before or after today."""
    if isinstance(value, date):
        return value
    match = _RELATIVE.fullmatch(str(value))
    if match is None:
        return date.fromisoformat(str(value))
    number = int(match[1])
    return today + timedelta(days=number) if match[2] == "d" else today.replace(year=today.year + number)


def known(mapping: dict[str, Any], keys: frozenset[str]) -> None:
    """Refuses a key that means nothing: CaseError names it."""
    unknown = mapping.keys() - keys
    if unknown:
        raise CaseError(f"unknown: {', '.join(sorted(unknown))}")


def order(spec: dict[str, Any], today: date, *, draft: bool) -> dict[str, Any]:
    """One MedicationRequest.

    Raises:
        CaseError: the order has a key that means nothing.
    """
    known(spec, ORDER_KEYS)
    request: dict[str, Any] = {
        "resourceType": "MedicationRequest",
        "id": spec.get("id", "new" if draft else "old"),
        "status": spec.get("status", "draft" if draft else "active"),
        "intent": "order",
        "medicationCodeableConcept": concept(*PRODUCTS[spec.get("drug", "us-10mg")]),
        "subject": SUBJECT,
        "authoredOn": day(spec.get("authored", today if draft else "-100d"), today).isoformat(),
    }
    if request["id"] is None:
        del request["id"]
    phases = [_dosage({**phase, "sequence": n}) for n, phase in enumerate(spec.get("phases", []), 1)]
    if phases or spec.keys() & DOSES:
        request["dosageInstruction"] = phases or [_dosage(spec)]
    if spec.get("forbidden"):
        request["doNotPerform"] = True
    if "prior" in spec:
        request["priorPrescription"] = {"reference": f"MedicationRequest/{spec['prior']}"}
    if "group" in spec:
        request["groupIdentifier"] = {"system": "urn:example:group", "value": spec["group"]}
    if "reason" in spec:
        request["reasonCode"] = [condition_concept(spec["reason"])]
    if "category" in spec:
        request["category"] = [concept(CATEGORY, spec["category"], spec["category"])]
    if "note" in spec:
        request["note"] = [{"text": spec["note"]}]
    if "why" in spec:
        request["statusReason"] = condition_concept(spec["why"])
    return request | _dispensing(spec)


def _dispensing(spec: dict[str, Any]) -> dict[str, Any]:
    """How long the supply is to last (`supply`, days), or what goes into a reservoir (`refill`, mL)."""
    dispensed: dict[str, Any] = {}
    if "supply" in spec:
        dispensed["expectedSupplyDuration"] = quantity(spec["supply"], "d")
    if "refill" in spec:
        dispensed["quantity"] = quantity(spec["refill"], "mL")
    return {"dispenseRequest": dispensed} if dispensed else {}


def _dosage(spec: dict[str, Any]) -> dict[str, Any]:
    dosage: dict[str, Any] = {"route": INTRATHECAL if spec.keys() & {"rate", "bolus"} else ORAL}
    if "route" in spec:
        dosage["route"] = concept(SNOMED, *ROUTES[spec["route"]])
    dosage |= {key: spec[key] for key in ("sequence", "text") if key in spec}
    timing = _timing(spec)
    if timing:
        dosage["timing"] = timing
    if spec.get("prn"):
        dosage["asNeededBoolean"] = True
    if "most" in spec:
        dosage["maxDosePerPeriod"] = {"numerator": quantity(spec["most"], "mg"), "denominator": quantity(1, "d")}
    for key, unit in (("mg", "mg"), ("ug", "ug"), ("bolus", "ug"), ("ml", "mL"), ("tablets", "{tbl}")):
        if key in spec:
            dosage.setdefault("doseAndRate", []).append({"doseQuantity": quantity(spec[key], unit)})
    if "rate" in spec:
        dosage["doseAndRate"] = [{"rateQuantity": quantity(spec["rate"], "ug/d")}]
    return dosage


def _timing(spec: dict[str, Any]) -> dict[str, Any]:
    """How often and for how long, from when (`start`), or once at a moment (`at`)."""
    if "at" in spec:
        return {"event": [str(spec["at"])]}
    repeat: dict[str, Any] = {}
    if "times" in spec:
        repeat = {"frequency": spec["times"], "period": 1, "periodUnit": "d"}
    if "days" in spec:
        repeat["boundsDuration"] = quantity(spec["days"], "d")
    if "start" in spec:
        repeat["boundsPeriod"] = {"start": str(spec["start"])}
    return {"repeat": repeat} if repeat else {}


def statement(number: int, spec: str | dict[str, Any], today: date) -> dict[str, Any]:
    """A MedicationStatement: a drug by its short name, or a dose of one as in an order."""
    given = {"drug": spec} if isinstance(spec, str) else spec
    known(given, ORDER_KEYS)
    statement: dict[str, Any] = {
        "resourceType": "MedicationStatement",
        "id": f"statement-{number}",
        "status": given.get("status", "active"),
        "medicationCodeableConcept": concept(*PRODUCTS[given.get("drug", "us-10mg")]),
        "subject": SUBJECT,
        "effectivePeriod": {"start": day(given.get("authored", "-100d"), today).isoformat()},
    }
    return statement | ({"dosage": [_dosage(given)]} if given.keys() & DOSES else {})
