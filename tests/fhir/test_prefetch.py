"""What an answer to a prefetch query proves, and what it leaves open."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds.fhir.prefetch import read_prefetch
from cds.fhir.record import Query, Question, Record
from cds.fhir.resources import Condition, Observation, Patient
from cds.limits import Limits

CONDITIONS = Question("Condition", "problem list", harmless=frozenset({"category=problem-list-item"}))
LABORATORY = Question("Observation", "results", codes=frozenset({"2160-0", "98979-8"}))
TEMPLATES = {
    "patient": "Patient/{{context.patientId}}",
    "conditions": "Condition?patient={{context.patientId}}&_count=200",
    "labs": "Observation?patient={{context.patientId}}&code=http://loinc.org|2160-0,http://loinc.org|98979-8&_sort=-date",
}


def condition(number: int = 1, **members: Any) -> dict[str, Any]:
    return {"resourceType": "Condition", "id": f"c{number}", "subject": {"reference": "Patient/p"}, **members}


def bundle(*resources: dict[str, Any], **members: Any) -> dict[str, Any]:
    entries = {"entry": [{"resource": resource} for resource in resources]} if resources else {}
    return {"resourceType": "Bundle", "type": "searchset", "total": len(resources), **entries, **members}


def outcome(severity: str) -> dict[str, Any]:
    return {"resourceType": "OperationOutcome", "issue": [{"severity": severity, "code": "processing"}]}


def read(**answers: Any) -> Record:
    return read_prefetch(
        {key: msgspec.Raw(json.dumps(value).encode()) for key, value in answers.items()}, TEMPLATES, "p"
    )


def test_hits_are_all_there_is() -> None:
    record = read(conditions=bundle(condition(1), condition(2)))
    assert [one.id for one in record.of(Condition)] == ["c1", "c2"]
    assert record.missing(CONDITIONS) is None


def test_an_empty_search_under_our_key_is_none_on_file() -> None:
    assert read(conditions=bundle()).missing(CONDITIONS) is None


@pytest.mark.parametrize(
    ("answer", "because"),
    [
        (None, "null"),
        (outcome("error"), "query failed"),
        (bundle(outcome("error"), total=0), "query failed"),
        (bundle(condition(), link=[{"relation": "next", "url": "http://x/next"}]), "first page"),
        (bundle(condition(), total=3), "first page"),
        ("text", "could not be read"),
        ({"resourceType": "Bundle", "entry": [{"resource": {"id": "no type"}}]}, "could not be read"),
        ([condition()], "no search result"),
    ],
)
def test_what_does_not_prove_absence(answer: Any, because: str) -> None:
    missing = read(conditions=answer).missing(CONDITIONS)
    assert missing is not None
    assert because in missing


def test_a_warning_inside_an_empty_bundle_means_none() -> None:
    assert read(conditions=bundle(outcome("warning"), total=0)).missing(CONDITIONS) is None


def test_a_missing_key_and_a_missing_prefetch_are_unknown() -> None:
    assert "conditions" in (read(patient=None).missing(CONDITIONS) or "")
    assert read_prefetch(None, TEMPLATES, "p").missing(CONDITIONS) == "the EHR sent no prefetch"


def test_an_entry_of_a_cut_list_is_still_read() -> None:
    record = read(conditions=bundle(condition(), link=[{"relation": "next", "url": "http://x/next"}]))
    assert len(record.of(Condition)) == 1


def test_a_resource_is_read_under_any_key_but_proves_nothing_more() -> None:
    record = read(item7=bundle(condition()))
    assert len(record.of(Condition)) == 1
    assert record.missing(CONDITIONS) is not None


@pytest.mark.parametrize(
    ("url", "proves"),
    [
        ("http://ehr/fhir/Condition?patient=p", True),
        ("Condition?patient=p&category=problem-list-item", True),
        ("Condition?patient=p&category=encounter-diagnosis", False),
        ("Condition?patient=p&code=http://snomed.info/sct|1", False),
        ("http://ehr/fhir/Condition/_search", False),
        ("Observation?patient=p", False),
    ],
)
def test_an_empty_search_under_a_foreign_key_proves_what_its_self_link_asked(url: str, proves: bool) -> None:
    record = read(site_key=bundle(link=[{"relation": "self", "url": url}]))
    assert (record.missing(CONDITIONS) is None) == proves


@pytest.mark.parametrize(
    ("codes", "proves"),
    [("2160-0,98979-8,1-8", True), ("http://loinc.org|2160-0,http://loinc.org|98979-8", True), ("2160-0", False)],
)
def test_a_search_by_code_proves_only_its_codes(codes: str, proves: bool) -> None:
    record = read(mine=bundle(link=[{"relation": "self", "url": f"Observation?patient=p&code={codes}"}]))
    assert (record.missing(LABORATORY) is None) == proves


def test_a_resource_counts_once() -> None:
    assert len(read(conditions=bundle(condition()), again=bundle(condition())).of(Condition)) == 1


def test_the_record_of_another_patient_is_left_out_and_said() -> None:
    record = read(conditions=bundle(condition(subject={"reference": "Patient/other"})))
    assert record.of(Condition) == []
    assert record.foreign == ["Condition"]


def test_one_bad_member_spoils_only_itself_and_is_named() -> None:
    record = read(conditions=bundle(condition(onsetDateTime={"no": "date"}, code={"text": "Epilepsy"})))
    (found,) = record.of(Condition)
    assert found.code is not None
    assert found.code.text == "Epilepsy"
    assert record.unreadable == [("Condition", "Condition/c1.onsetDateTime")]
    assert "could not be read" in (record.missing(CONDITIONS) or "")


def test_a_single_resource_answers_a_read() -> None:
    record = read(patient={"resourceType": "Patient", "id": "p", "birthDate": "1980-01-01"})
    assert record.of(Patient)[0].birthDate == "1980-01-01"
    assert record.missing(Question("Patient", "patient")) is None


def test_queries_are_read_from_urls() -> None:
    assert Query.parse("Patient/{{context.patientId}}") == Query("Patient")
    assert Query.parse("{{context.userId}}") is None
    assert Query.parse("Condition?patient=1&clinical-status=active") == Query(
        "Condition", filters=frozenset({"clinical-status=active"})
    )


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["resourceType", "entry", "resource", "total", "link", "url", "id", "code"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(JSON)
def test_only_a_bundle_proves_that_there_is_none(answer: Any) -> None:
    record = read(conditions=answer)
    if not (isinstance(answer, dict) and answer.get("resourceType") == "Bundle"):
        assert record.missing(CONDITIONS) is not None
    assert all(isinstance(one, Condition) for one in record.of(Condition))


def entries(number: int) -> dict[str, Any]:
    return bundle(*[condition(one) for one in range(number)])


@pytest.mark.parametrize(("number", "read_of_them", "whole"), [(2, 2, True), (3, 3, True), (4, 3, False)])
def test_entries_beyond_the_limit_are_left_unread_and_said(number: int, read_of_them: int, whole: bool) -> None:
    sent = {"conditions": msgspec.Raw(json.dumps(entries(number)).encode())}
    record = read_prefetch(sent, TEMPLATES, "p", limits=Limits(entries=3))
    assert len(record.of(Condition)) == read_of_them
    assert record.missing(CONDITIONS) == (None if whole else "only the first 3 of its entries were read")


@pytest.mark.parametrize(("total", "whole"), [(4, False), (5, True), (6, True)])
def test_entries_of_all_answers_together(total: int, whole: bool) -> None:
    other = bundle(*[{"resourceType": "Observation", "id": f"o{one}"} for one in range(3)])
    sent = {
        key: msgspec.Raw(json.dumps(value).encode()) for key, value in {"labs": other, "conditions": entries(2)}.items()
    }
    record = read_prefetch(sent, TEMPLATES, "p", limits=Limits(total_entries=total))
    assert (record.missing(CONDITIONS) is None) is whole
    assert record.missing(LABORATORY) is None


TWICE = b'{"resourceType": "Condition", "id": "c1", "code": {"text": "a"}, "code": {"text": "b"}}'


@pytest.mark.parametrize(
    "answer",
    [
        b'{"resourceType": "Bundle", "entry": [{"resource": ' + TWICE + b'}, {"resource": {"resourceType": "Condition", "id": "c2"}}]}',
        b'{"resourceType": "Bundle", "entry": [], "entry": [{"resource": {"resourceType": "Condition", "id": "c2"}}]}',
        (b'{"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Condition", "id": "c2", "x": "\\u0000"}},'
        b' {"resource": {"resourceType": "Condition", "id": "c2"}}]}'),
        b'{"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Condition", "id": "c3", "x": '
        + b"[" * 60 + b"]" * 60
        + b'}}, {"resource": {"resourceType": "Condition", "id": "c2"}}]}',
    ],
)  # fmt: skip
def test_a_resource_with_a_fault_is_left_out_and_said(answer: bytes) -> None:
    record = read_prefetch({"conditions": msgspec.Raw(answer)}, TEMPLATES, "p")
    assert [one.id for one in record.of(Condition)] == ["c2"]
    assert "could not be read" in (record.missing(CONDITIONS) or "")


def test_a_single_resource_with_a_fault_is_not_read() -> None:
    patient = b'{"resourceType": "Patient", "id": "p", "birthDate": "1950-01-01", "birthDate": "2020-01-01"}'
    record = read_prefetch({"patient": msgspec.Raw(patient)}, TEMPLATES, "p")
    assert not record.of(Patient)
    assert "could not be read" in (record.missing(Question("Patient", "the patient's record")) or "")


def test_included_entries_are_no_matches_and_numbers_keep_their_digits() -> None:
    value = b'{"resourceType": "Observation", "id": "o1", "valueQuantity": {"value": 1.10000000000000000000001}}'
    answer = (
        b'{"resourceType": "Bundle", "total": 2, "entry": [{"resource": ' + value + b', "search": {"mode": "match"}},'
    )
    answer += b'{"resource": {"resourceType": "Patient", "id": "p"}, "search": {"mode": "include"}}]}'
    record = read_prefetch({"labs": msgspec.Raw(answer)}, TEMPLATES, "p")
    (observation,) = record.of(Observation)
    assert observation.valueQuantity is not None
    assert str(observation.valueQuantity.value) == "1.10000000000000000000001"
    assert record.missing(LABORATORY) == "the EHR sent only the first page"
