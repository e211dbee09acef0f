"""Unknown is never read as none: what becomes of the findings where the record says less, the same in another order, or more that is of no account."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from cds.knowledge import load_knowledge
from cds.rules.finding import Finding
from tests.fuzz.seeds import Seed, findings
from tests.fuzz.values import IMAGE

FAULTS = ("null", "missing", "error", "cut", "unreadable")
TOPIC = {
    "patient": "patient",
    "user": "practitioner",
    "encounter": "encounter",
    "medicationRequests": "medications",
    "medicationStatements": "medications",
    "medicationAdministrations": "administrations",
    "medicationDispenses": "dispenses",
    "conditions": "conditions",
    "allergies": "allergies",
    "renalLabs": "renal_labs",
    "bodyMeasures": "body_measures",
    "procedures": "procedures",
    "devices": "devices",
    "pumpReadings": "pump_readings",
    "serviceRequests": "service_requests",
}
UNKNOWN_RULES = {
    "patient": {"AgeUnknown"},
    "renal_labs": {"RenalUnknown"},
    "body_measures": {"PediatricWeightUnknown"},
}
"""Beside ChecksIncomplete: the rules that say themselves that something is not known."""
SPEAK_OF_UNKNOWN = {"ChecksIncomplete", "DoseNotComputable"}.union(*UNKNOWN_RULES.values())
SILENT: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "medicationDispenses": frozenset({"RefillGap"}),  # rules.md §8: without supply data it says nothing
        "socialHistory": frozenset({"AlcoholUse"}),
        "devices": frozenset({"IntrathecalInterruption"}),
    }
)
"""By prefetch key: the rules that go silent although nothing says so. The contract lets ChecksIncomplete speak of the patient, the problem
list, allergies and current medication only; social history and a pump that no order shows are
not among them. `docs/reliability.md` says what that means."""

CODE = {"coding": [{"system": "urn:x:irrelevant", "code": "1", "display": "irrelevant"}], "text": "irrelevant"}
IRRELEVANT: tuple[dict[str, Any], ...] = (
    {"resourceType": "Immunization", "status": "completed", "vaccineCode": CODE, "occurrenceDateTime": "2020-01-01"},
    {"resourceType": "Coverage", "status": "active"},
    {"resourceType": "Observation", "status": "final", "code": CODE, "valueQuantity": {"value": 120, "unit": "mm[Hg]"}},
    {"resourceType": "Condition", "code": CODE},
    {"resourceType": "AllergyIntolerance", "code": CODE},
    {"resourceType": "Procedure", "status": "completed", "code": CODE},
    {"resourceType": "MedicationRequest", "status": "completed", "intent": "order", "medicationCodeableConcept": CODE},
    {"resourceType": "DocumentReference", "status": "current", "description": IMAGE},
)


def without(request: dict[str, Any], key: str, fault: str) -> dict[str, Any]:
    """The request with an answer that was there and is not, or not whole."""
    other = copy.deepcopy(request)
    prefetch = other["prefetch"]
    answer = prefetch[key]
    match fault:
        case "null":
            prefetch[key] = None
        case "missing":
            del prefetch[key]
        case "error":
            prefetch[key] = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "exception"}]}
        case "cut" if answer["resourceType"] == "Bundle":
            answer["link"] = [{"relation": "next", "url": "http://127.0.0.1/fhir?page=2"}]
        case "unreadable" if answer["resourceType"] == "Bundle":
            answer["entry"] = [{"resource": "lost"} for _ in answer.get("entry", [1])]
        case _:
            prefetch[key] = "lost"
    return other


def in_another_order(request: dict[str, Any], turn: int) -> dict[str, Any]:
    """The request with its prefetch keys and the entries of its searches in another order."""
    prefetch = copy.deepcopy(request["prefetch"])
    for answer in prefetch.values():
        if isinstance(answer, dict) and answer.get("entry"):
            answer["entry"] = _turned(answer["entry"], turn)
    return {**request, "prefetch": dict(_turned(list(prefetch.items()), turn))}


def _turned(items: list[Any], turn: int) -> list[Any]:
    start = turn % len(items) if items else 0
    turned = items[start:] + items[:start]
    return turned[::-1] if turn % 2 else turned


def with_more(request: dict[str, Any], resource: dict[str, Any], *, own_key: bool) -> dict[str, Any]:
    """The request with a resource that no rule reads, in a search of its own or among what was found of its type."""
    other = copy.deepcopy(request)
    subject = "patient" if resource["resourceType"] in ("Immunization", "AllergyIntolerance") else "subject"
    more = {**resource, "id": "irrelevant", subject: {"reference": f"Patient/{request['context']['patientId']}"}}
    fitting = [
        answer
        for answer in other["prefetch"].values()
        if answer
        and any(entry["resource"]["resourceType"] == resource["resourceType"] for entry in answer.get("entry", []))
    ]
    if fitting and not own_key:
        fitting[0]["entry"].append({"resource": more})
        fitting[0]["total"] = len(fitting[0]["entry"])
    else:
        other["prefetch"]["more"] = {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": more}]}
    return other


def comparable(found: Mapping[str, Finding]) -> dict[str, tuple[Any, ...]]:
    """Findings without the order of lists."""
    return {
        rule: (
            finding.indicator,
            {name: sorted(value) if isinstance(value, tuple) else value for name, value in finding.values.items()},
        )
        for rule, finding in found.items()
    }


def lost_in_silence(seed: Seed, key: str, fault: str) -> list[str]:
    """The findings that went or were lowered although nothing says that something is not known, and none of the reasons counts that
    make silence right.

    Args:
        seed: a request whose lists are complete.
        key: the prefetch key of the answer that is spoilt.
        fault: one of `FAULTS`.
    """
    request = seed.document
    spoilt = without(request, key, fault)
    before, after = findings(request, seed.now), findings(spoilt, seed.now)
    lost = [
        rule
        for rule, finding in before.items()
        if rule not in SPEAK_OF_UNKNOWN and (rule not in after or after[rule].indicator < finding.indicator)
    ]
    if lost and not after and _is_of_another_drug(request):
        return []  # cards at every analgesic would cry wolf: docs/architecture.md, "Which calls concern the service"
    return [
        f"{rule} at {before[rule].indicator.code} became {after[rule].indicator.code if rule in after else 'silent'}"
        for rule in lost
        if rule not in SILENT.get(key, frozenset()) and not _owned_up(rule, TOPIC.get(key), after)
    ]


def _is_of_another_drug(request: dict[str, Any]) -> bool:
    """Whether orders are signed, and none of them is a prescription of baclofen."""
    orders = request["context"].get("draftOrders", request["context"].get("medications"))
    if orders is None:
        return False
    drugs = [entry for entry in orders["entry"] if entry["resource"]["resourceType"] == "MedicationRequest"]
    return not re.search("baclo|lioresal", json.dumps(drugs), re.IGNORECASE)


def _owned_up(rule: str, topic: str | None, after: Mapping[str, Finding]) -> bool:
    """Whether the answer says that this check could not be made, or made whole."""
    known = load_knowledge().rule(rule)
    needs = {*known.needs, *(("patient",) if known.regime else ())}  # the country decides about the regime
    if topic in needs and after.keys() & UNKNOWN_RULES.get(topic or "", set()):
        return True
    said = after.get("ChecksIncomplete")
    return said is not None and (said.message == "use_unknown" or topic in needs)
