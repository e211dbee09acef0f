"""What a call asks of the FHIR server: only what it needs, and first what decides whether it needs the rest."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from cds.evaluation import wanted
from cds.evaluation.wanted import FIRST, MAX_REFERENCES
from cds.fhir.asking import Fetched
from cds.knowledge import load_knowledge
from cds.phrases import Phrase
from cds.protocol.discovery import PREFETCH
from cds.protocol.request import decode_request, service_for_hook
from cds.settings import Settings
from tests.calls import bundle, call
from tests.test_evaluation import IBUPROFEN, baclofen, order, searchset

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
EMPTY = searchset()
FAILED = Fetched(failure=Phrase("its FHIR server did not answer in time"))


def answers(**documents: Any) -> dict[str, Fetched]:
    return {key: Fetched((json.dumps(document).encode(),)) for key, document in documents.items()}


def asks(request: dict[str, Any], fetched: Mapping[str, Fetched] | None = None, **settings: Any) -> dict[str, str]:
    """Key → query of what is wanted next."""
    body = json.dumps(request).encode()
    known = decode_request(body, service_for_hook(body))
    found = wanted(known, load_knowledge(), Settings(**settings), NOW, fetched or {})
    return {key: ask.query for key, ask in found.items()}


def signing(*orders: dict[str, Any], **members: Any) -> dict[str, Any]:
    context = {"draftOrders": bundle(*orders), "encounterId": "e1"}
    return call(context=context, fhirServer="http://127.0.0.1:9/fhir", **members)


def without(*keys: str) -> set[str]:
    return PREFETCH.keys() - set(keys)


def test_another_drug_asks_nothing() -> None:
    assert asks(signing(order("723", "Amoxicillin 500 MG Oral Capsule"))) == {}


def test_a_baclofen_order_asks_all_that_is_missing_at_once() -> None:
    found = asks(signing(baclofen()))
    assert found.keys() == PREFETCH.keys()
    assert found["patient"] == "Patient/p1"
    assert found["encounter"] == "Encounter/e1"
    assert found["user"] == "Practitioner/d1"
    assert found["conditions"] == "Condition?patient=p1&_count=200"
    assert not any("{{" in query for query in found.values())


def test_prefetch_that_came_is_not_asked_again() -> None:
    prefetch = {"patient": {"resourceType": "Patient", "id": "p1"}, "conditions": EMPTY, "allergies": None}
    assert asks(signing(baclofen(), prefetch=prefetch)).keys() == without("patient", "conditions")


def test_nothing_is_asked_twice() -> None:
    fetched = dict.fromkeys(PREFETCH, FAILED)
    assert asks(signing(baclofen()), fetched) == {}


def test_the_prescriber_is_asked_for_only_where_registration_is_checked() -> None:
    assert "user" not in asks(signing(baclofen()), rtu_registration="off")
    context = {"userId": "Patient/p2", "draftOrders": bundle(baclofen())}
    assert "user" not in asks(call(context=context))


def test_ids_that_are_none_are_not_put_into_addresses() -> None:
    context = {"patientId": "p1&patient=p2", "encounterId": "..", "draftOrders": bundle(baclofen())}
    assert asks(call(context=context)).keys() == {"user"}


@pytest.mark.parametrize("hook", ["patient-view", "encounter-start", "encounter-discharge"])
def test_a_record_is_first_asked_what_can_show_baclofen(hook: str) -> None:
    request = call(hook, context={"draftOrders": None, "encounterId": "e1"})
    first = asks(request)
    assert {"medicationRequests", "medicationStatements"} <= first.keys() <= set(FIRST)
    assert asks(request, answers(**dict.fromkeys(first, EMPTY))) == {}


def test_a_record_with_baclofen_is_asked_for_the_rest() -> None:
    request = call("patient-view", context={"draftOrders": None, "encounterId": "e1"})
    fetched = answers(**dict.fromkeys(FIRST, EMPTY))
    fetched |= answers(medicationRequests=searchset(baclofen(status="active", order_id="old", authoredOn="2026-01-01")))
    assert {"patient", "encounter", "conditions", "renalLabs"} <= asks(request, fetched).keys()


def test_so_is_a_record_whose_lists_failed_or_that_shows_a_pump() -> None:
    request = call("patient-view", context={"draftOrders": None, "encounterId": "e1"})
    empty = answers(**dict.fromkeys(FIRST, EMPTY))
    assert "patient" in asks(request, {**empty, "medicationRequests": FAILED})
    pump = {
        "resourceType": "Device",
        "id": "d",
        "status": "active",
        "type": {"text": "Intrathecal pump", "coding": [{"system": "http://snomed.info/sct", "code": "303503008"}]},
    }
    assert ("pumpReadings" in asks(request, {**empty, **answers(devices=searchset(pump))})) is True


def test_an_interacting_drug_is_asked_the_same_way() -> None:
    first = asks(signing(IBUPROFEN))
    assert first.keys() == set(FIRST)
    assert asks(signing(IBUPROFEN), answers(**dict.fromkeys(first, EMPTY))) == {}
    taken = answers(**dict.fromkeys(FIRST, EMPTY))
    taken |= answers(
        medicationStatements=searchset({**baclofen(status="active"), "resourceType": "MedicationStatement"})
    )
    assert "renalLabs" in asks(signing(IBUPROFEN), taken)


REFERENCE = {"medicationCodeableConcept": None, "medicationReference": {"reference": "Medication/m1"}}


def medication(text: str, code: str = "0") -> dict[str, Any]:
    coding = [{"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": code}]
    return {"resourceType": "Medication", "id": "m1", "code": {"coding": coding, "text": text}}


def test_a_draft_of_which_nothing_tells_the_drug_asks_for_its_medication_first() -> None:
    request = signing(baclofen(**REFERENCE))
    assert asks(request) == {"Medication/m1": "Medication/m1"}
    other = answers(**{"Medication/m1": medication("amoxicillin 500 MG Oral Capsule", "723")})
    assert asks(request, other) == {}
    baclofen_it_is = answers(**{"Medication/m1": medication("Baclofen 10 MG Oral Tablet", "197391")})
    assert asks(request, baclofen_it_is).keys() == PREFETCH.keys()
    interacting = answers(**{"Medication/m1": medication("ibuprofen 400 MG Oral Tablet", "5640")})
    assert asks(request, interacting).keys() == set(FIRST)


def test_a_draft_that_names_baclofen_in_words_asks_for_its_medication_too() -> None:
    named = {**REFERENCE, "medicationReference": {"reference": "Medication/m1", "display": "baclofen"}}
    assert "Medication/m1" in asks(signing(baclofen(**named)))


@pytest.mark.parametrize("reference", ["#m1", "https://elsewhere.example/fhir/Medication/m1", "Binary/m1"])
def test_a_medication_elsewhere_is_not_asked_for(reference: str) -> None:
    named = {**REFERENCE, "medicationReference": {"reference": reference, "display": "baclofen"}}
    assert asks(signing(baclofen(**named))).keys() == PREFETCH.keys()


def test_medications_of_orders_on_file_those_first_that_matter() -> None:
    def on_file(number: int, display: str | None) -> dict[str, Any]:
        target = {"reference": f"Medication/m{number}", "display": display}
        return order("0", "", f"o{number}", status="active", medicationCodeableConcept=None, medicationReference=target)

    many = [on_file(number, "amoxicillin") for number in range(MAX_REFERENCES)]
    many += [on_file(MAX_REFERENCES, None), on_file(MAX_REFERENCES + 1, "Lioresal 10 mg")]
    fetched = dict.fromkeys(PREFETCH, FAILED) | answers(medicationRequests=searchset(*many))
    found = list(asks(signing(baclofen()), fetched))
    assert len(found) == MAX_REFERENCES
    assert set(found[:2]) == {f"Medication/m{MAX_REFERENCES}", f"Medication/m{MAX_REFERENCES + 1}"}


ROLE = {"resourceType": "PractitionerRole", "id": "r1", "practitioner": {"reference": "Practitioner/d9"}}


def test_the_practitioner_behind_a_role_and_the_requester_where_the_french_rules_need_them() -> None:
    context = {
        "userId": "PractitionerRole/r1",
        "draftOrders": bundle(baclofen(requester={"reference": "Practitioner/d8"})),
    }
    request = call(context=context)
    fetched = dict.fromkeys(PREFETCH, FAILED) | answers(user=ROLE)
    assert asks(request, fetched, jurisdiction="US").keys() == set()
    assert asks(request, fetched).keys() == set()  # RxNorm says US
    national = baclofen(
        requester={"reference": "Practitioner/d8"},
        medicationCodeableConcept={
            "coding": [
                {"system": "http://data.esante.gouv.fr/ansm/medicament/SpecialitePharmaceutique", "code": "60197246"}
            ],
            "text": "Baclofène Zentiva 10 mg",
        },
    )
    request = call(context={**context, "draftOrders": bundle(national)})
    assert asks(request, fetched).keys() == {"Practitioner/d8", "Practitioner/d9"}
    assert asks(request, fetched, rtu_registration="off") == {}
