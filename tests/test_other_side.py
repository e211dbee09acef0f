"""A drug, an examination or a procedure ordered for a patient who takes baclofen: which calls wake the service, and what they say."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest

from cds.evaluation import assess, evaluate
from cds.evaluation.report import Evaluation
from cds.knowledge import load_knowledge
from cds.knowledge.value_sets import Kind
from cds.protocol.request import decode_request, service_for_hook
from cds.rules.registry import all_rules, other_side_classes, other_side_services
from cds.settings import Settings
from fhir_fixtures.codes import SNOMED, concept
from fhir_fixtures.expand import expand

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
OXYBATE = {"id": "other", "drug": "sodium-oxybate"}
ON_FILE = {"mg": 20, "times": 3}
MRI = {
    "resourceType": "ServiceRequest",
    "id": "mri",
    "status": "draft",
    "intent": "order",
    "subject": {"reference": "Patient/fixture-patient"},
    "code": concept(SNOMED, "816077007", "MRI of brain"),
}


def request_of(case: dict[str, Any], *resources: dict[str, Any]) -> dict[str, Any]:
    request = expand(case)
    entries = request["context"].get("draftOrders", {}).get("entry", [])
    entries.extend({"resource": resource} for resource in resources)
    return request


def assessed(request: dict[str, Any]) -> Evaluation | None:
    body = json.dumps(request, default=str).encode()
    return assess(decode_request(body, service_for_hook(body)), load_knowledge(), Settings(), NOON)


def rules(request: dict[str, Any]) -> dict[str, str] | None:
    found = assessed(request)
    return None if found is None else {finding.rule: finding.indicator.code for finding in found.findings}


def test_an_interacting_drug_for_a_patient_on_baclofen() -> None:
    assert rules(request_of({"drafts": [OXYBATE], "file": [ON_FILE]})) == {"SodiumOxybate": "critical"}


def test_the_card_names_the_dose_on_file() -> None:
    body = json.dumps(request_of({"drafts": [OXYBATE], "file": [ON_FILE]}), default=str).encode()
    response = evaluate(decode_request(body, service_for_hook(body)), load_knowledge(), Settings(), NOON)
    (card,) = response.cards
    assert "60 mg/day" in card.summary
    assert card.detail is not None
    assert "baclofen 20 mg 3×/day = 60 mg/day (on file)" in card.detail


def test_reported_baclofen_counts_where_no_order_is_on_file() -> None:
    found = assessed(request_of({"drafts": [OXYBATE], "reported": [{"mg": 10, "times": 3}]}))
    assert found is not None
    assert found.chart.therapy.total is not None
    assert found.chart.therapy.total.value == 30
    assert [finding.rule for finding in found.findings] == ["SodiumOxybate"]


@pytest.mark.parametrize(
    "file",
    [
        [],
        [{**ON_FILE, "status": "stopped"}],
        [{**ON_FILE, "status": "completed"}],
    ],
)
def test_a_patient_who_takes_none_is_none_of_our_business(file: list[dict[str, Any]]) -> None:
    assert rules(request_of({"drafts": [OXYBATE], "file": file})) is None


def test_another_drug_for_a_patient_on_baclofen_costs_nothing() -> None:
    request = request_of({"drafts": [{"id": "other", "drug": "paracetamol"}], "file": [ON_FILE]})
    assert rules({**request, "prefetch": {"conditions": {"broken": True}}}) is None


@pytest.mark.parametrize("status", ["stopped", "cancelled", "on-hold", "completed"])
def test_a_drug_that_is_stopped_is_not_ordered(status: str) -> None:
    assert rules(request_of({"drafts": [{**OXYBATE, "status": status}], "file": [ON_FILE]})) is None


def test_an_order_not_to_give_it_is_no_order() -> None:
    assert rules(request_of({"drafts": [{**OXYBATE, "forbidden": True}], "file": [ON_FILE]})) is None
    assert rules(request_of({"pump": True}, {**MRI, "doNotPerform": True})) is None


def test_a_stopped_drug_beside_one_that_is_ordered_counts_no_more() -> None:
    case = {"drafts": [{"id": "done", "drug": "oxycodone", "status": "completed"}, OXYBATE], "file": [ON_FILE]}
    assert rules(request_of(case)) == {"SodiumOxybate": "critical"}


def test_only_the_chosen_drafts_are_checked() -> None:
    request = request_of({"hook": "order-select", "drafts": [OXYBATE], "file": [ON_FILE]})
    assert rules(request) == {"SodiumOxybate": "critical"}
    request["context"]["selections"] = ["MedicationRequest/something-else"]
    assert rules(request) is None


def test_a_medication_among_the_drafts_tells_the_drug() -> None:
    request = request_of({"drafts": [OXYBATE], "file": [ON_FILE]})
    draft = request["context"]["draftOrders"]["entry"][0]["resource"]
    medication = {"resourceType": "Medication", "id": "med", "code": draft.pop("medicationCodeableConcept")}
    draft["medicationReference"] = {"reference": "Medication/med"}
    request["context"]["draftOrders"]["entry"].append({"resource": medication})
    assert rules(request) == {"SodiumOxybate": "critical"}


class TestMissingLists:
    """Silent where nothing of the record points to baclofen: few patients take it, and every order would bring a card."""

    @pytest.mark.parametrize(
        "faults", ["none", "null", {"medicationRequests": "null"}, {"medicationStatements": "error"}]
    )
    def test_nothing_points_to_baclofen(self, faults: Any) -> None:
        assert rules(request_of({"drafts": [OXYBATE], "faults": faults})) is None

    @pytest.mark.parametrize(
        "trace",
        [
            {"file": [{**ON_FILE, "status": "completed"}]},
            {"dispensed": [{"order": "old", "date": "-40d", "days": 30}]},
        ],
    )
    def test_something_does(self, trace: dict[str, Any]) -> None:
        found = rules(request_of({"drafts": [OXYBATE], "faults": {"medicationStatements": "null"}, **trace}))
        assert found == {"ChecksIncomplete": "info"}

    def test_baclofen_on_file_is_enough_and_what_pairs_need_is_named(self) -> None:
        case = {"drafts": [OXYBATE], "file": [ON_FILE], "faults": {"medicationRequests": "cut", "allergies": "null"}}
        found = assessed(request_of(case))
        assert found is not None
        by_rule = {finding.rule: finding for finding in found.findings}
        assert set(by_rule) == {"SodiumOxybate", "ChecksIncomplete"}
        assert "at_least" in by_rule["SodiumOxybate"].notes
        parts = str(by_rule["ChecksIncomplete"].facts["parts"])
        assert "current medication" in parts
        assert "allergy" not in parts


class TestProcedures:
    def test_an_mri_for_a_patient_with_a_pump(self) -> None:
        request = request_of({"file": [{"rate": 200, "drug": "intrathecal"}]}, MRI)
        assert rules(request) == {"IntrathecalMri": "warning"}

    def test_a_pump_that_only_the_device_list_shows(self) -> None:
        assert rules(request_of({"pump": True}, MRI)) == {"IntrathecalMri": "warning"}

    @pytest.mark.parametrize("case", [{}, {"file": [ON_FILE]}, {"faults": "null"}])
    def test_without_a_pump_it_is_silent(self, case: dict[str, Any]) -> None:
        assert not rules(request_of(case, MRI))

    def test_another_procedure_costs_nothing(self) -> None:
        request = request_of({"file": [ON_FILE]}, {**MRI, "code": {"text": "Chest X-ray"}})
        assert rules({**request, "prefetch": {"conditions": {"broken": True}}}) is None

    def test_one_that_is_revoked_is_not_ordered(self) -> None:
        assert rules(request_of({"pump": True}, {**MRI, "status": "revoked"})) is None


@pytest.mark.parametrize(("names", "kind"), [(other_side_classes(), "drug"), (other_side_services(), "procedure")])
def test_what_rules_declare_are_value_sets(names: frozenset[str], kind: Kind) -> None:
    known = {name for name, value_set in load_knowledge().value_sets.items() if value_set.kind == kind}
    assert names
    assert names <= known


def test_the_pairs_of_the_contract_are_declared() -> None:
    declared = {rule.id for rule in all_rules() if rule.classes or rule.services}
    assert declared >= {"RenalNephrotoxic", "CnsDepressant", "SodiumOxybate", "Tricyclic", "Lithium", "IntrathecalMri"}


class TestBaclofenBesideIt:
    """A draft of baclofen that is not judged itself leaves the other drafts to be checked."""

    RAISED: ClassVar[dict[str, Any]] = {"id": "raised", "mg": 20, "times": 4, "prior": "old"}
    AS_NEEDED: ClassVar[dict[str, Any]] = {"id": "prn", "mg": 10, "times": 1, "prn": True}

    def test_in_the_cart_unchosen(self) -> None:
        request = request_of({"hook": "order-select", "drafts": [self.RAISED, OXYBATE], "file": [ON_FILE]})
        request["context"]["selections"] = ["MedicationRequest/other"]
        assert rules(request) == {"SodiumOxybate": "critical"}

    def test_an_infusion_in_the_cart_beside_a_chosen_mri(self) -> None:
        infusion = {"id": "infusion", "rate": 200, "drug": "intrathecal"}
        request = request_of({"hook": "order-select", "drafts": [infusion], "pump": "Prometra II"}, MRI)
        request["context"]["selections"] = ["ServiceRequest/mri"]
        assert rules(request) == {"IntrathecalMri": "critical"}

    def test_an_as_needed_order_that_ends(self) -> None:
        stop = {**self.AS_NEEDED, "status": "stopped"}
        found = rules(request_of({"drafts": [stop, OXYBATE], "file": [ON_FILE, self.AS_NEEDED]}))
        assert found == {"SodiumOxybate": "critical"}

    def test_the_last_baclofen_that_ends_though_it_is_only_as_needed(self) -> None:
        stop = {**self.AS_NEEDED, "status": "stopped"}
        assert not rules(request_of({"drafts": [stop, OXYBATE], "file": [self.AS_NEEDED]}))

    def test_the_end_of_an_order_that_is_not_on_file(self) -> None:
        stop = {"id": "elsewhere", "mg": 10, "times": 3, "status": "stopped"}
        assert rules(request_of({"drafts": [stop, OXYBATE], "file": [ON_FILE]})) == {"SodiumOxybate": "critical"}

    def test_entered_in_error(self) -> None:
        error = {**self.RAISED, "status": "entered-in-error"}
        assert rules(request_of({"drafts": [error, OXYBATE], "file": [ON_FILE]})) == {"SodiumOxybate": "critical"}

    def test_an_order_not_to_give_it(self) -> None:
        forbidden = {**self.RAISED, "forbidden": True}
        assert rules(request_of({"drafts": [forbidden, OXYBATE], "file": [ON_FILE]})) == {"SodiumOxybate": "critical"}

    def test_for_a_patient_who_takes_none(self) -> None:
        error = {**self.RAISED, "status": "entered-in-error"}
        assert not rules(request_of({"drafts": [error, OXYBATE]}))

    def test_beside_a_drug_that_matters_not(self) -> None:
        stop = {"id": "elsewhere", "mg": 10, "times": 3, "status": "stopped"}
        other = {"id": "other", "drug": "paracetamol"}
        assert not rules(request_of({"drafts": [stop, other], "file": [ON_FILE]}))
