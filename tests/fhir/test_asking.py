"""What may be asked again, and what the record makes of what asking brought."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from cds.fhir.asking import DECIDED, Ask, Fetched, fill, lacking, local_reference
from cds.fhir.prefetch import read_prefetch
from cds.fhir.record import Question, Record
from cds.fhir.resources import Condition, MedicationRequest
from cds.phrases import Phrase

QUERIES = {
    "patient": "Patient/p",
    "conditions": "Condition?patient=p&_count=200",
    "labs": "Observation?patient=p&code=a|1",
}
CONDITIONS = Question("Condition", Phrase("the problem list"))
REQUESTS = Question("MedicationRequest", Phrase("the medication orders"))
TOO_LATE = Phrase("its FHIR server did not answer in time")


def condition(number: int = 1) -> dict[str, Any]:
    return {"resourceType": "Condition", "id": f"c{number}", "subject": {"reference": "Patient/p"}}


def bundle(*resources: dict[str, Any], **members: Any) -> dict[str, Any]:
    return {"resourceType": "Bundle", "entry": [{"resource": one} for one in resources], **members}


def outcome(*codes: str) -> dict[str, Any]:
    return {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": code} for code in codes]}


def raw(**answers: Any) -> dict[str, msgspec.Raw]:
    return {key: msgspec.Raw(json.dumps(value).encode()) for key, value in answers.items()}


def fetched(*pages: Any, failure: Phrase | None = None, continues: bool = False) -> Fetched:
    return Fetched(tuple(json.dumps(page).encode() for page in pages), failure, continues)


def open_keys(**answers: Any) -> dict[str, Ask]:
    sent = raw(**answers)
    return lacking(sent, QUERIES, read_prefetch(sent, QUERIES, "p"))


PATIENT = {"resourceType": "Patient", "id": "p"}
NEXT = [{"relation": "next", "url": "http://ehr/fhir?page=2"}]


def test_without_prefetch_everything_is_lacking() -> None:
    assert lacking(None, QUERIES, Record()) == {key: Ask(query) for key, query in QUERIES.items()}


def test_what_came_whole_is_not_asked_again() -> None:
    assert open_keys(patient=PATIENT, conditions=bundle(), labs=bundle(total=0)) == {}


@pytest.mark.parametrize("answer", [None, "text", outcome("transient"), outcome("exception"), outcome(), condition()])
def test_what_did_not_come_is_asked(answer: Any) -> None:
    assert open_keys(patient=PATIENT, conditions=answer, labs=bundle()) == {"conditions": Ask(QUERIES["conditions"])}


@pytest.mark.parametrize("code", sorted(DECIDED))
def test_what_the_ehr_says_will_not_be_answered_is_not_asked(code: str) -> None:
    assert "conditions" not in open_keys(conditions=outcome("transient", code))
    assert "conditions" not in open_keys(conditions=bundle(outcome(code)))


def test_a_list_that_was_cut_off_goes_on_from_its_link() -> None:
    query = QUERIES["conditions"]
    assert open_keys(conditions=bundle(condition(), link=NEXT))["conditions"] == Ask(query, "http://ehr/fhir?page=2")
    assert open_keys(conditions=bundle(condition(), total=2))["conditions"] == Ask(query)


def test_a_site_key_whose_self_link_tells_the_query_settles_it() -> None:
    link = [{"relation": "self", "url": "http://ehr/fhir/Condition?patient=p"}]
    assert "conditions" not in open_keys(item7=bundle(link=link))
    narrower = [{"relation": "self", "url": "http://ehr/fhir/Condition?patient=p&clinical-status=active"}]
    assert "conditions" in open_keys(item7=bundle(link=narrower))


def test_another_patient_is_not_the_patient() -> None:
    assert "patient" in open_keys(patient={"resourceType": "Patient", "id": "other"})


def test_a_fetched_answer_settles_like_one_that_was_sent() -> None:
    record = read_prefetch(None, QUERIES, "p", {"conditions": fetched(bundle(condition(), total=1))})
    assert len(record.of(Condition)) == 1
    assert record.missing(CONDITIONS) is None


@pytest.mark.parametrize(
    ("answer", "because"),
    [
        (fetched(failure=TOO_LATE), "the EHR sent no prefetch, and its FHIR server did not answer in time"),
        (
            fetched(bundle(condition(), link=NEXT)),
            "the EHR sent no prefetch, and its FHIR server sent only a part of what it found",
        ),
        (fetched(bundle(outcome("exception"))), "the EHR sent no prefetch, and the query failed on its FHIR server"),
        (
            fetched(bundle({"id": "no type"})),
            "the EHR sent no prefetch, and some of what its FHIR server sent could not be read",
        ),
        (
            fetched(bundle(condition(), link=NEXT), failure=TOO_LATE),
            "the EHR sent no prefetch, and its FHIR server did not answer in time",
        ),
    ],
)
def test_a_fetched_answer_that_is_not_whole_says_both_reasons(answer: Fetched, because: str) -> None:
    assert read_prefetch(None, QUERIES, "p", {"conditions": answer}).missing(CONDITIONS) == because


def test_what_came_of_an_answer_that_failed_is_known() -> None:
    answer = fetched(bundle(condition(), link=NEXT), failure=TOO_LATE)
    assert len(read_prefetch(None, QUERIES, "p", {"conditions": answer}).of(Condition)) == 1


@pytest.mark.parametrize(("total", "whole"), [(3, True), (4, False)])
def test_pages_that_go_on_from_what_was_sent_are_counted_with_it(total: int, whole: bool) -> None:
    sent = raw(conditions=bundle(condition(1), total=total, link=NEXT))
    more = fetched(bundle(condition(2), link=NEXT), bundle(condition(3)), continues=True)
    record = read_prefetch(sent, QUERIES, "p", {"conditions": more})
    assert len(record.of(Condition)) == 3
    assert (record.missing(CONDITIONS) is None) is whole


def test_pages_that_do_not_reach_the_end_keep_what_was_sent() -> None:
    sent = raw(conditions=bundle(condition(1), link=NEXT))
    more = fetched(bundle(condition(2), link=NEXT), failure=TOO_LATE, continues=True)
    record = read_prefetch(sent, QUERIES, "p", {"conditions": more})
    assert len(record.of(Condition)) == 2
    said = "the EHR sent only the first page, and its FHIR server did not answer in time"
    assert record.missing(CONDITIONS) == said


def test_another_patients_records_from_the_server_are_left_out() -> None:
    stranger = {**condition(), "subject": {"reference": "Patient/q"}}
    record = read_prefetch(None, QUERIES, "p", {"conditions": fetched(bundle(stranger))})
    assert not record.of(Condition)
    assert record.missing(CONDITIONS) == "records of another patient were among the problem list"


def order(**members: Any) -> dict[str, Any]:
    return {"resourceType": "MedicationRequest", "id": "o", "status": "active", **members}


@pytest.mark.parametrize(
    ("members", "told"),
    [
        ({"medicationReference": {"reference": "Medication/m"}}, False),
        ({"medication": {"reference": {"reference": "Medication/m"}}}, False),
        ({}, False),
        ({"medicationReference": {"reference": "Medication/m", "display": "amoxicillin"}}, True),
        ({"medicationCodeableConcept": {"text": "amoxicillin"}}, True),
        ({"medicationReference": {"reference": "Medication/m"}, "status": "entered-in-error"}, True),
    ],
)
def test_an_order_on_file_whose_drug_nothing_tells_leaves_the_list_open(members: dict[str, Any], told: bool) -> None:
    templates = {"medicationRequests": "MedicationRequest?patient=p"}
    sent = raw(medicationRequests=bundle(order(**members)))
    assert (read_prefetch(sent, templates, "p").missing(REQUESTS) is None) is told
    medication = {"Medication/m": fetched({"resourceType": "Medication", "id": "m", "code": {"text": "amoxicillin"}})}
    record = read_prefetch(sent, templates, "p", medication)
    assert len(record.of(MedicationRequest)) == 1
    assert (record.missing(REQUESTS) is None) is (told or members != {})


def test_tokens_of_a_template() -> None:
    tokens = {"context.patientId": "p1", "context.userId": "Practitioner/d1", "context.encounterId": None}
    assert fill("Condition?patient={{context.patientId}}&x=1", tokens) == "Condition?patient=p1&x=1"
    assert fill("{{ context.userId }}", tokens) == "Practitioner/d1"
    assert fill("Encounter/{{context.encounterId}}", tokens) is None
    assert fill("Encounter/{{today()}}", tokens) is None


@pytest.mark.parametrize(
    "value", ["..", ".", "../admin", "a b", "a&b=c", "a?b", "a#b", "", "a/../b", "é", "a\n", "x" * 129]
)
def test_a_value_that_is_no_id_is_not_put_into_an_address(value: str) -> None:
    assert fill("Patient/{{id}}", {"id": value}) is None


@pytest.mark.parametrize(
    ("reference", "target"),
    [
        ("Medication/m1", "Medication/m1"),
        ("Medication/m1/_history/2", "Medication/m1"),
        ("https://ehr.example/fhir/Medication/m1", "Medication/m1"),
        ("https://other.example/fhir/Medication/m1", None),
        ("https://ehr.example/fhirx/Medication/m1", None),
        ("#m1", None),
        ("urn:uuid:6a3c6f0e-0d6f-4a55-8b0b-0f6c4e1b2d11", None),
        ("Medication/../Patient", None),
        ("m1", None),
        (None, None),
    ],
)
def test_a_reference_on_this_server(reference: str | None, target: str | None) -> None:
    assert local_reference(reference, "https://ehr.example/fhir/") == target
