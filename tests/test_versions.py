"""Records of STU3, R4 and R5 servers, told apart by nothing but the shapes of their resources."""

from __future__ import annotations

import json
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from cds.chart.reading import Known
from cds.evaluation import assess
from cds.evaluation.report import Evaluation
from cds.knowledge import load_knowledge
from cds.protocol.request import decode_request, service_for_hook
from cds.settings import Settings
from tests.calls import bundle, call
from tests.test_evaluation import NOW, RXNORM, baclofen, searchset

SUBJECT = {"subject": {"reference": "Patient/p1"}}
EPILEPSY = {"coding": [{"system": "http://snomed.info/sct", "code": "84757009"}], "text": "Epilepsy"}
TAKEN = {
    **baclofen(30),
    **SUBJECT,
    "resourceType": "MedicationStatement",
    "dosage": baclofen(30)["dosageInstruction"],
    "status": "active",
}


def read(hook: str = "order-sign", draft: dict[str, Any] | None = None, **prefetch: Any) -> Evaluation | None:
    context = {"draftOrders": bundle(draft or baclofen(20)), "encounterId": "e1"}
    body = json.dumps(call(hook, context=context, prefetch=prefetch)).encode()
    return assess(decode_request(body, service_for_hook(body)), load_knowledge(), Settings(), NOW)


def status(code: str, version: str) -> Any:
    return code if version == "STU3" else {"coding": [{"code": code}]}


@pytest.mark.parametrize("version", ["STU3", "R4"])
@pytest.mark.parametrize(
    ("clinical", "verification", "counts"),
    [("active", "confirmed", True), ("resolved", "confirmed", False), ("active", "refuted", False)],
)
def test_the_status_of_a_problem_or_an_allergy(version: str, clinical: str, verification: str, counts: bool) -> None:
    members = {"clinicalStatus": status(clinical, version), "verificationStatus": status(verification, version)}
    problem = {"resourceType": "Condition", "id": "c", "code": EPILEPSY, **SUBJECT, **members}
    allergy = {
        "resourceType": "AllergyIntolerance",
        "id": "a",
        "code": {"coding": [{"system": RXNORM, "code": "1292"}]},
        "patient": SUBJECT["subject"],
        **members,
    }
    found = read(conditions=searchset(problem), allergies=searchset(allergy))
    assert found is not None
    rules = {finding.rule for finding in found.findings}
    assert rules.issuperset({"Epilepsy", "BaclofenAllergy"}) is counts
    assert rules.isdisjoint({"Epilepsy", "BaclofenAllergy"}) is not counts
    assert {part.topic for part in found.chart.missing}.isdisjoint({"conditions", "allergies"})


@pytest.mark.parametrize(
    ("members", "taken"),
    [
        ({}, True),
        ({"taken": "y"}, True),
        ({"taken": "n"}, False),
        ({"status": "completed"}, False),
        ({"status": "recorded"}, True),
        ({"status": "recorded", "adherence": {"code": status("taking-not-as-directed", "R5")}}, True),
        ({"status": "recorded", "adherence": {"code": status("not-taking", "R5")}}, False),
        ({"status": "recorded", "adherence": {"code": status("on-hold-as-directed", "R5")}}, False),
        ({"status": "recorded", "adherence": {"code": status("stopped-not-as-directed", "R5")}}, False),
        ({"status": "entered-in-error"}, False),
    ],
)
def test_reported_medication_that_is_being_taken(members: dict[str, Any], taken: bool) -> None:
    reported = {**TAKEN, **members}
    if members.get("status") == "recorded":
        reported["medication"] = {"concept": reported.pop("medicationCodeableConcept")}
    found = read("patient-view", medicationRequests=searchset(), medicationStatements=searchset(reported))
    assert (found is not None and len(found.chart.therapy.taken) == 1) is taken


@pytest.mark.parametrize(
    "encounter",
    [
        {"class": {"code": "IMP"}, "period": {"start": "2026-05-30T10:00:00Z"}},
        {"class": [{"coding": [{"code": "IMP"}]}], "actualPeriod": {"start": "2026-05-30T10:00:00Z"}},
    ],
)
def test_an_encounter(encounter: dict[str, Any]) -> None:
    on_file = baclofen(30, status="active", authoredOn="2026-05-01", order_id="old")
    stay = {"resourceType": "Encounter", "id": "e1", "status": "in-progress", **encounter}
    found = read("patient-view", medicationRequests=searchset(on_file), encounter=stay)
    assert found is not None
    assert isinstance(found.chart.setting, Known)
    assert found.chart.setting.value == "inpatient"
    assert found.chart.stay.hours == Known(Fraction(50))


@pytest.mark.parametrize(
    "when",
    [
        {"performedDateTime": "2026-01-01"},
        {"performedPeriod": {"start": "2026-01-01"}},
        {"occurrenceDateTime": "2026-01-01"},
        {"occurrencePeriod": {"start": "2026-01-01"}},
    ],
)
def test_when_a_procedure_began(when: dict[str, Any]) -> None:
    code = {"coding": [{"system": "http://snomed.info/sct", "code": "302497006"}]}
    dialysis = {"resourceType": "Procedure", "id": "x", "status": "in-progress", "code": code, **SUBJECT, **when}
    found = read(procedures=searchset(dialysis))
    assert found is not None
    assert isinstance(found.chart.kidneys.dialysis, Known)
    assert found.chart.kidneys.dialysis.value.onset == date(2026, 1, 1)


@pytest.mark.parametrize("names", [{"deviceName": [{"name": "SynchroMed II"}]}, {"name": [{"value": "SynchroMed II"}]}])
def test_the_name_of_a_pump(names: dict[str, Any]) -> None:
    pump = {"resourceType": "Device", "id": "d", "status": "active", "patient": SUBJECT["subject"], **names}
    found = read(devices=searchset(pump))
    assert found is not None
    assert isinstance(found.chart.intrathecal.pump, Known)


@pytest.mark.parametrize("requester", [{"reference": "Practitioner/d8"}, {"agent": {"reference": "Practitioner/d8"}}])
def test_a_requester(requester: dict[str, Any]) -> None:
    registered = {
        "resourceType": "Practitioner",
        "id": "d8",
        "identifier": [{"system": "urn:baclofen-cds:rtu:prescriber", "value": "1"}],
    }
    found = read(draft=baclofen(20, requester=requester), user=registered)
    assert found is not None
    assert isinstance(found.chart.programme.prescriber_registered, Known)
