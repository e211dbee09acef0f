"""Which calls concern the service, and what each hook shows."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from cds.evaluation import assess
from cds.knowledge import load_knowledge
from cds.protocol.request import decode_request, service_for_hook
from cds.settings import Settings
from tests.calls import bundle, call

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"


def order(code: str, text: str, order_id: str = "o1", **members: Any) -> dict[str, Any]:
    return {
        "resourceType": "MedicationRequest",
        "id": order_id,
        "status": "draft",
        "intent": "order",
        "authoredOn": "2026-06-01",
        "medicationCodeableConcept": {"coding": [{"system": RXNORM, "code": code}], "text": text},
        **members,
    }


def baclofen(milligrams: float = 10, **members: Any) -> dict[str, Any]:
    dosage = {
        "timing": {"repeat": {"frequency": 3, "period": 1, "periodUnit": "d"}},
        "doseAndRate": [{"doseQuantity": {"value": milligrams, "system": "http://unitsofmeasure.org", "code": "mg"}}],
    }
    return order("197391", "Baclofen 10 MG Oral Tablet", **{"dosageInstruction": [dosage], **members})


def searchset(*resources: dict[str, Any]) -> dict[str, Any]:
    return {**bundle(*resources), "type": "searchset", "total": len(resources)}


def rules(request: dict[str, Any]) -> dict[str, str] | None:
    """Rule → indicator; None where the call does not concern the service."""
    body = json.dumps(request).encode()
    found = assess(decode_request(body, service_for_hook(body)), load_knowledge(), Settings(), NOW)
    return None if found is None else {finding.rule: finding.indicator.code for finding in found.findings}


def test_another_drug_is_none_of_our_business_and_prefetch_is_not_even_decoded() -> None:
    drug = order("723", "Amoxicillin 500 MG Oral Capsule")
    assert rules(call(context={"draftOrders": bundle(drug)}, prefetch={"conditions": {"broken": True}})) is None


@pytest.mark.parametrize("drafts", [{"resourceType": "Bundle"}, {"resourceType": "Bundle", "entry": []}, []])
def test_no_order_at_all_is_silent(drafts: Any) -> None:
    assert rules(call(context={"draftOrders": drafts})) is None


def test_a_nameless_drug_is_said_not_passed_over() -> None:
    nameless = {"resourceType": "MedicationRequest", "id": "o1", "status": "draft", "intent": "order"}
    assert rules(call(context={"draftOrders": bundle(nameless)})) == {"ChecksIncomplete": "info"}


@pytest.mark.parametrize(
    ("system", "said"),
    [
        (RXNORM, False),  # a code of RxNorm that is not of baclofen is another drug
        ("http://www.whocc.no/atc", False),
        ("http://hl7.org/fhir/sid/ndc", True),  # not every package of baclofen is known by its NDC
        ("https://hospital.example.org/drugs", True),
    ],
)
def test_a_code_without_words_tells_the_drug_only_where_baclofen_would_be_known(system: str, said: bool) -> None:
    draft = {
        "resourceType": "MedicationRequest",
        "id": "o1",
        "status": "draft",
        "intent": "order",
        "medicationCodeableConcept": {"coding": [{"system": system, "code": "4711"}]},
    }
    assert rules(call(context={"draftOrders": bundle(draft)})) == ({"ChecksIncomplete": "info"} if said else None)


def test_a_draft_that_cannot_be_read_is_said() -> None:
    assert rules(call(context={"draftOrders": {"resourceType": "Bundle", "entry": [{"resource": {"id": "x"}}]}})) == {
        "ChecksIncomplete": "info"
    }


@pytest.mark.parametrize("status", ["draft", "active", "unknown", "Xactive"])
def test_every_status_is_looked_at(status: str) -> None:
    found = rules(call(context={"draftOrders": bundle(baclofen(60, status=status))}))
    assert found is not None
    assert found["OralDailyMaximum"] == "critical"


def test_order_select_looks_at_the_selection_and_counts_the_cart() -> None:
    chosen, cart = baclofen(20), baclofen(15, order_id="o2")
    context = {"draftOrders": bundle(chosen, cart), "selections": ["MedicationRequest/o1"]}
    found = rules(call("order-select", context=context))
    assert found is not None
    assert found["OralDailyMaximum"] == "warning"
    unchosen = {**context, "selections": ["MedicationRequest/other"]}
    assert rules(call("order-select", context=unchosen)) is None


def test_order_select_keeps_what_is_not_worth_an_interruption() -> None:
    context = {"draftOrders": bundle(baclofen(25))}
    signing = rules(call(context=context))
    choosing = rules(call("order-select", context={**context, "selections": ["MedicationRequest/o1"]}))
    assert signing is not None
    assert choosing is not None
    assert {"AgeUnknown", "RenalUnknown"} <= signing.keys()
    assert {rule for rule, indicator in choosing.items() if indicator == "info"} == {"ChecksIncomplete"}


OLDER = {"resourceType": "Patient", "id": "p1", "birthDate": "1950-01-01", "gender": "male"}
IBUPROFEN = order("5640", "ibuprofen 400 MG Oral Tablet", "nsaid")


class TestFromTheOtherSide:
    def test_an_nsaid_for_an_older_patient_on_baclofen(self) -> None:
        on_file = baclofen(20, order_id="old", status="active", authoredOn="2026-01-01")
        prefetch = {"patient": OLDER, "medicationRequests": searchset(on_file)}
        found = rules(call(context={"draftOrders": bundle(IBUPROFEN)}, prefetch=prefetch))
        assert found == {"RenalNephrotoxic": "warning", "ChecksIncomplete": "info"}

    @pytest.mark.parametrize("prefetch", [{"medicationRequests": searchset()}, {"medicationRequests": None}])
    def test_without_baclofen_on_file_it_is_silent(self, prefetch: dict[str, Any]) -> None:
        assert rules(call(context={"draftOrders": bundle(IBUPROFEN)}, prefetch=prefetch)) is None


def test_null_prefetch_is_unknown_and_nothing_is_concluded() -> None:
    prefetch = dict.fromkeys(("patient", "conditions", "allergies", "medicationRequests", "renalLabs"))
    found = rules(call(context={"draftOrders": bundle(baclofen(20))}, prefetch=prefetch))
    assert found is not None
    assert found["ChecksIncomplete"] == "info"
    assert set(found) <= {"ChecksIncomplete", "AgeUnknown", "RenalUnknown"}


def test_the_record_of_another_patient_is_left_out_and_said() -> None:
    stranger = {
        "resourceType": "Condition",
        "id": "c",
        "subject": {"reference": "Patient/other"},
        "code": {"coding": [{"system": "http://snomed.info/sct", "code": "84757009"}], "text": "Epilepsy"},
    }
    found = rules(call(context={"draftOrders": bundle(baclofen())}, prefetch={"conditions": searchset(stranger)}))
    assert found is not None
    assert "Epilepsy" not in found
    assert "ChecksIncomplete" in found
