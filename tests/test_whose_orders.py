"""Orders of another patient, orders that say no patient, and orders whose date cannot be."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from cds.evaluation import assess
from cds.evaluation import evaluate as evaluate_call
from cds.knowledge import load_knowledge
from cds.language import Language
from cds.protocol.errors import InvalidField
from cds.protocol.request import decode_request, service_for_hook
from cds.settings import Settings
from tests.calls import bundle, call
from tests.test_evaluation import baclofen, order

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
BORN = {"resourceType": "Patient", "id": "p1", "birthDate": "1980-05-20", "gender": "female"}
OTHERS = {"reference": "Patient/p2"}


def assessed(*drafts: dict[str, Any], prefetch: dict[str, Any] | None = None, **context: Any) -> Any:
    members = {"draftOrders": bundle(*drafts), **context}
    body = json.dumps(call(context=members, prefetch=prefetch or {"patient": BORN})).encode()
    return assess(decode_request(body, service_for_hook(body)), load_knowledge(), Settings(), NOW)


def rules(evaluation: Any) -> set[str]:
    return {finding.rule for finding in evaluation.findings}


def said(evaluation: Any) -> list[str]:
    return [str(part.because) for part in evaluation.chart.missing if part.topic == "orders"]


LEFT_OUT = "drafted for another patient and left out: MedicationRequest/o1"


def test_an_order_without_a_subject_is_the_patients() -> None:
    for own in (
        {},
        {"subject": {"reference": "Patient/p1"}},
        {"subject": {"reference": "https://x.example/Patient/p1"}},
    ):
        found = assessed(baclofen(40, **own))
        assert "OralDailyMaximum" in rules(found)
        assert said(found) == []


@pytest.mark.parametrize(
    "reference", ["Patient/p2", "https://x.example/fhir/Patient/p2", "Patient/p2/_history/1", "p2"]
)
def test_an_order_of_another_patient_is_not_judged_and_said(reference: str) -> None:
    found = assessed(baclofen(40, subject={"reference": reference}))
    assert rules(found) == {"ChecksIncomplete"}
    assert said(found) == [LEFT_OUT]
    assert not found.chart.therapy.checked


def test_it_is_not_mixed_into_the_patients_own_dose() -> None:
    found = assessed(baclofen(10, id="own"), baclofen(40, subject=OTHERS))
    assert [one.reference for one in found.chart.therapy.checked] == ["MedicationRequest/own"]
    assert "OralDailyMaximum" not in rules(found)
    assert said(found) == [LEFT_OUT]
    assert "ChecksIncomplete" in rules(found)


def test_the_other_patient_is_known_by_a_resource_among_the_drafts() -> None:
    draft = {"resource": baclofen(40, subject={"reference": "urn:uuid:9"})}
    other = {"fullUrl": "urn:uuid:9", "resource": {"resourceType": "Patient", "id": "p2"}}
    found = assessed(draftOrders={"resourceType": "Bundle", "entry": [draft, other]})
    assert said(found) == [LEFT_OUT]
    own = {**other, "resource": {"resourceType": "Patient", "id": "p1"}}
    assert said(assessed(draftOrders={"resourceType": "Bundle", "entry": [draft, own]})) == []


def test_another_drug_for_another_patient_is_none_of_our_business() -> None:
    assert assessed(order("723", "Amoxicillin 500 MG Oral Capsule", subject=OTHERS)) is None


def test_a_drug_that_nothing_names_for_another_patient_is_said() -> None:
    nameless = {
        "resourceType": "MedicationRequest",
        "id": "o1",
        "status": "draft",
        "intent": "order",
        "subject": OTHERS,
    }
    assert said(assessed(nameless)) == [LEFT_OUT]


def test_an_examination_for_another_patient_wakes_nothing() -> None:
    mri = {
        "resourceType": "ServiceRequest",
        "id": "m1",
        "status": "draft",
        "intent": "order",
        "subject": OTHERS,
        "code": {"text": "MRI of the spine"},
    }
    assert assessed(mri) is None
    found = assessed(baclofen(10), mri)
    assert found.chart.services == ()
    assert said(found) == ["drafted for another patient and left out: ServiceRequest/m1"]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_card_names_the_order(language: Language) -> None:
    body = json.dumps(call(context={"draftOrders": bundle(baclofen(40, subject=OTHERS))})).encode()
    answer = evaluate_call(
        decode_request(body, service_for_hook(body)), load_knowledge(), Settings(), NOW, language=language
    )
    (card,) = answer.cards
    assert card.indicator == "info"
    assert "MedicationRequest/o1" in str(card.detail)
    assert not card.suggestions


def test_the_encounter_of_another_patient_is_not_used() -> None:
    encounter = {"resourceType": "Encounter", "id": "e1", "class": {"code": "IMP"}, "subject": OTHERS}
    found = assessed(baclofen(10), prefetch={"patient": BORN, "encounter": encounter}, encounterId="e1")
    assert found.chart.setting.because == "records of another patient were among the encounter"


@pytest.mark.parametrize(
    ("patient", "refused"), [("p1", False), ("Patient/p1", False), ("p2", True), (None, False), ("", False)]
)
def test_a_token_for_another_patient_is_refused(patient: str | None, refused: bool) -> None:
    body = json.dumps(call(fhirAuthorization={"access_token": "t", "patient": patient})).encode()
    if not refused:
        assert decode_request(body, service_for_hook(body)).patient_id == "p1"
        return
    with pytest.raises(InvalidField) as caught:
        decode_request(body, service_for_hook(body))
    assert caught.value.expression == "fhirAuthorization.patient"


TODAY = NOW.date()


@pytest.mark.parametrize(
    ("written", "taken"),
    [
        ("1969-12-31", TODAY),
        ("1980-05-19", TODAY),
        ("1980-05-20", date(1980, 5, 20)),
        ("2026-05-01", date(2026, 5, 1)),
        ("2026-06-01", TODAY),
        ("2026-06-02", date(2026, 6, 2)),
        ("2026-06-03", TODAY),
        ("2026-06-02T00:30:00+02:00", date(2026, 6, 2)),
        ("2026-06-03T00:30:00+02:00", TODAY),
        ("2062-06-01", TODAY),
        ("0001-01-01", TODAY),
        ("9999-12-31T23:59:59Z", TODAY),
        (None, TODAY),
        ("yesterday", TODAY),
    ],
)
def test_a_date_that_cannot_be_does_not_move_the_evaluation(written: str | None, taken: date) -> None:
    found = assessed(baclofen(40, authoredOn=written))
    assert found.chart.evaluation_date == taken
    assert rules(found) & {"OralDailyMaximum", "PediatricDailyMaximum"}, "it is judged all the same"
    day = (written or "")[:10]
    impossible = taken == TODAY and day not in ("2026-06-01", "", "yesterday")
    assert said(found) == (
        [f"MedicationRequest/o1 is dated {day}, which cannot be; today counts instead"] if impossible else []
    )


def test_without_a_birth_date_1970_is_the_first_year() -> None:
    for written, taken in (("1970-01-01", date(1970, 1, 1)), ("1969-12-31", TODAY)):
        assert assessed(baclofen(40, authoredOn=written), prefetch={"x": None}).chart.evaluation_date == taken


def test_a_birth_date_in_the_future_bounds_nothing() -> None:
    young = {**BORN, "birthDate": (TODAY + timedelta(days=9)).isoformat()}
    assert said(assessed(baclofen(40), prefetch={"patient": young})) == []


def test_the_start_of_a_misdated_order_still_counts() -> None:
    dosage = {
        "timing": {"repeat": {"boundsPeriod": {"start": "2026-06-08"}, "frequency": 3, "period": 1, "periodUnit": "d"}}
    }
    found = assessed(
        baclofen(40, authoredOn="2062-06-01", dosageInstruction=[{**dosage, "text": "40 mg three times a day"}])
    )
    (checked,) = found.chart.therapy.checked
    assert (checked.authored, checked.start) == (TODAY, date(2026, 6, 8))


def test_another_drug_with_an_impossible_date_is_not_said() -> None:
    other = order("723", "Amoxicillin 500 MG Oral Capsule", "o2", authoredOn="2062-06-01")
    assert said(assessed(baclofen(10), other)) == []
