"""Whose a resource is, by every way of naming a patient and for every type that names one."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from cds.fhir.lenient import fit
from cds.fhir.prefetch import read_prefetch
from cds.fhir.resources import RESOURCES, Condition
from cds.fhir.subject import is_of_another

PATIENTS = {"urn:uuid:1": "p", "urn:uuid:2": "q"}
OF_A_PATIENT = sorted(
    name for name, struct in RESOURCES.items() if {"subject", "patient"} & set(struct.__struct_fields__)
)


@pytest.mark.parametrize(
    ("reference", "another"),
    [
        ("Patient/p", False),
        ("Patient/q", True),
        ("https://ehr.example/fhir/Patient/p", False),
        ("https://ehr.example/fhir/Patient/q", True),
        ("Patient/p/_history/3", False),
        ("https://ehr.example/fhir/Patient/q/_history/3", True),
        ("Patient/p/", False),
        ("p", False),
        ("q", True),
        ("urn:uuid:1", False),
        ("urn:uuid:2", True),
        ("urn:uuid:3", False),
        ("#patient", False),
        ("Group/q", False),
        ("Location/q", False),
        ("", False),
        (None, False),
    ],
)
def test_every_way_to_name_a_patient(reference: str | None, another: bool) -> None:
    condition, _ = fit({"resourceType": "Condition", "subject": {"reference": reference}}, Condition)
    assert is_of_another(condition, "p", PATIENTS) is another
    assert not is_of_another(condition, None, PATIENTS)


def test_without_a_subject_it_is_the_patients() -> None:
    assert not is_of_another(Condition(resourceType="Condition"), "p")


def sent(**answers: Any) -> dict[str, msgspec.Raw]:
    return {key: msgspec.Raw(json.dumps(value).encode()) for key, value in answers.items()}


def test_all_types_are_looked_at() -> None:
    assert {"Encounter", "Device", "Procedure", "Observation", "MedicationRequest"} <= set(OF_A_PATIENT)


@pytest.mark.parametrize("name", OF_A_PATIENT)
@pytest.mark.parametrize("reference", ["Patient/q", "https://x.example/fhir/Patient/q/_history/1", "urn:uuid:2"])
def test_of_every_type_anothers_are_left_out_under_any_key(name: str, reference: str) -> None:
    members = {field: {"reference": reference} for field in ("subject", "patient")}
    entries = [
        {"resource": {"resourceType": name, "id": "1", **members}},
        {"resource": {"resourceType": name, "id": "2"}},
        {"fullUrl": "urn:uuid:2", "resource": {"resourceType": "Patient", "id": "q"}},
    ]
    record = read_prefetch(sent(anything={"resourceType": "Bundle", "entry": entries}), {}, "p")
    assert [one.id for one in record.resources[name]] == ["2"]
    assert record.foreign == [name, "Patient"]


def test_another_patients_own_resource_is_left_out() -> None:
    record = read_prefetch(
        sent(patient={"resourceType": "Patient", "id": "q"}, more={"resourceType": "Patient"}), {}, "p"
    )
    assert record.foreign == ["Patient"]
    assert len(record.resources["Patient"]) == 1
