"""An order as Epic sends it, made up after its documented shape: Medications beside the orders, three typed amounts, its own extensions."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from cds.evaluation import assess
from cds.knowledge import load_knowledge
from cds.protocol.request import decode_request, service_for_hook
from cds.settings import Settings
from tests.calls import call

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
PREFIX = "com.epic.cdshooks.request."
EXTENSION = {
    f"{PREFIX}bpa-trigger-action": "23",
    f"{PREFIX}cds-hooks-specification-version": "1.1",
    f"{PREFIX}fhir-version": "R4",
    f"{PREFIX}criteria-id": "1126",
    f"{PREFIX}epic-version": "10.8",
    f"{PREFIX}cds-hooks-implementation-version": "1.3",
    f"{PREFIX}cds-hooks-su-version": "0",
    "internal.epic.cdshooks.request.epic-emp-id": "1",
}


def amount(kind: str, value: float, code: str) -> dict[str, Any]:
    system = "http://epic.com/CodeSystem/dose-rate-type"
    quantity = {"value": value, "unit": code, "system": "http://unitsofmeasure.org", "code": code}
    return {"type": {"coding": [{"system": system, "code": kind}], "text": kind}, "doseQuantity": quantity}


def order(drug: str) -> dict[str, Any]:
    return {
        "resourceType": "MedicationRequest",
        "id": f"eO-{drug}",
        "status": "draft",
        "intent": "order",
        "medicationReference": {"reference": f"Medication/eM.{drug}", "display": "Drug 10 MG PO TABS"},
        "subject": {"reference": "Patient/p1"},
        "requester": {
            "extension": [{"valueCode": "unknown", "url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason"}]
        },
        "dosageInstruction": [
            {
                "timing": {
                    "repeat": {
                        "boundsPeriod": {"start": "2026-06-01T12:00:00Z"},
                        "frequency": 3,
                        "period": 1,
                        "periodUnit": "d",
                    }
                },
                "asNeededBoolean": False,
                "route": {"coding": [{"system": "http://snomed.info/sct", "code": "260548002"}], "text": "Oral"},
                "doseAndRate": [
                    amount("calculated", 40, "mg"),
                    amount("admin-amount", 4, "{tbl}"),
                    amount("ordered", 40, "mg"),
                ],
            }
        ],
    }


def medication(drug: str, code: str) -> dict[str, Any]:
    codings = [
        {"system": "urn:oid:2.16.840.1.113883.6.68", "code": "75100010000305"},
        {"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": code},
    ]
    strength = {"value": 10, "unit": "mg", "system": "http://unitsofmeasure.org", "code": "mg"}
    return {
        "resourceType": "Medication",
        "id": f"eM.{drug}",
        "code": {"coding": codings, "text": "Drug 10 MG PO TABS"},
        "ingredient": [{"strength": {"numerator": strength, "denominator": strength}}],
    }


def request(*entries: dict[str, Any]) -> dict[str, Any]:
    drafts = {"resourceType": "Bundle", "type": "collection", "entry": list(entries)}
    return call(context={"draftOrders": drafts, "userId": "PractitionerRole/eD"}, extension=EXTENSION)


def rules(document: dict[str, Any]) -> dict[str, str] | None:
    body = json.dumps(document).encode()
    found = assess(decode_request(body, service_for_hook(body)), load_knowledge(), Settings(jurisdiction="US"), NOW)
    return None if found is None else {finding.rule: finding.indicator.code for finding in found.findings}


@pytest.mark.parametrize("order_first", [True, False])
@pytest.mark.parametrize("full_url", [None, "https://ehr.example/api/FHIR/R4/Medication/eM.b"])
def test_a_medication_beside_the_order_names_the_drug(order_first: bool, full_url: str | None) -> None:
    entries = [
        {"resource": order("b")},
        {"resource": medication("b", "197391"), **({"fullUrl": full_url} if full_url else {})},
    ]
    found = rules(request(*(entries if order_first else reversed(entries))))
    assert found is not None
    assert found["OralDailyMaximum"] == "warning"  # 120 mg/day: each amount counted would be 240 and more
    assert "DoseNotComputable" not in found


def test_each_order_has_its_own_medication() -> None:
    both = [{"resource": each} for each in (order("a"), medication("a", "723"), order("b"), medication("b", "197391"))]
    found = rules(request(*both))
    assert found is not None
    assert found["OralDailyMaximum"] == "warning"
    assert "DuplicateOrders" not in found
    assert rules(request(*both[:2])) is None
