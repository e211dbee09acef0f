"""Signings in which a click must not be offered, or only a cautious one."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time
from typing import Any

import pytest

from cds.evaluation import evaluate
from cds.knowledge import load_knowledge
from cds.protocol.request import decode_request, service_for_hook
from cds.settings import Settings
from fhir_fixtures.expand import expand, today_of

OLD = {"mg": 20, "times": 3, "authored": "-100d"}
CONFUSED = {"name": "confusion", "onset": "-1d"}
DOSE, TAPER = "update", "create"


def offered(case: dict[str, Any]) -> dict[str, list[str]]:
    """Types of the suggested actions, by the rule that leads the card; requests for examinations left out."""
    body = json.dumps(expand(case), default=str).encode()
    now = datetime.combine(today_of(case), time(12), tzinfo=UTC)
    response = evaluate(decode_request(body, service_for_hook(body)), load_knowledge(), Settings(), now)
    return {
        card.source.topic.code: [
            action.type
            for suggestion in card.suggestions
            for action in suggestion.actions
            if not (action.resource and action.resource["resourceType"] == "ServiceRequest")
        ]
        for card in response.cards
    }


@pytest.mark.parametrize("draft", [{"mg": 20, "times": 3}, {"ug": 20, "times": 3}], ids=["allergy", "micrograms"])
def test_the_successor_of_an_order_that_ends_is_not_taken_back(draft: dict[str, Any]) -> None:
    """The stop would stay, and baclofen end at once."""
    drafts = [{"id": "old", "status": "stopped", "mg": 20, "times": 3}, {"id": "new", "prior": "old", **draft}]
    found = offered({"file": [OLD], "allergies": ["baclofen"], "drafts": drafts})
    assert "BaclofenAllergy" in found
    assert "delete" not in [kind for kinds in found.values() for kind in kinds]


@pytest.mark.parametrize(
    ("labs", "draft", "rule"),
    [
        ([{"egfr": 40}], {"mg": 20, "times": 3, "prior": "old"}, "RenalModerateHighDose"),
        ([{"egfr": 25}], {"mg": 5, "times": 1, "prior": "old"}, "TaperTooFast"),
        ([{"egfr": 25}], {"mg": 20, "times": 3, "prior": "old"}, "RenalSevere"),
        ([{"egfr": 95}], {"id": "old", "status": "stopped", "mg": 20, "times": 3}, "AbruptStop"),
    ],
)
def test_poisoning_is_not_carried_on(labs: list[Any], draft: dict[str, Any], rule: str) -> None:
    """New confusion: baclofen is to be stopped and treated as poisoning, not lowered over days."""
    found = offered({"file": [OLD], "labs": labs, "conditions": [CONFUSED], "drafts": [draft]})
    assert found[rule] == []


@pytest.mark.parametrize(
    "record",
    [{"conditions": ["dialysis"]}, {"labs": [{"egfr": 25}]}, {"conditions": ["aki"]}, {"allergies": ["baclofen"]}],
    ids=["dialysis", "eGFR 25", "acute injury", "allergy"],
)
@pytest.mark.parametrize("before", [[], [{"mg": 10, "times": 3, "authored": "-100d"}]], ids=["start", "increase"])
def test_no_dose_is_recommended_where_baclofen_is_to_be_avoided(record: dict[str, Any], before: list[Any]) -> None:
    prior = {"prior": "old"} if before else {}
    found = offered({"file": before, "drafts": [{"mg": 20, "times": 3, **prior}], **record})
    pace = "OralTitrationStep" if before else "OralStartingDose"
    assert DOSE not in found[pace]


def test_impaired_kidneys_allow_no_increase() -> None:
    case = {"file": [{"mg": 10, "times": 3, "authored": "-100d"}], "labs": [{"egfr": 40}]}
    body = json.dumps(expand({**case, "drafts": [{"mg": 20, "times": 3, "prior": "old"}]}), default=str).encode()
    response = evaluate(
        decode_request(body, service_for_hook(body)), load_knowledge(), Settings(), datetime(2026, 6, 1, 12, tzinfo=UTC)
    )
    labels = [suggestion.label for card in response.cards for suggestion in card.suggestions]
    assert any("30 mg/day" in label for label in labels)
    assert not any("45 mg/day" in label for label in labels)


def test_a_taper_is_not_added_to_another_draft() -> None:
    drafts = [{"id": "old", "status": "stopped", "mg": 20, "times": 3}, {"id": "low", "mg": 5, "times": 3}]
    assert TAPER not in offered({"file": [OLD], "drafts": drafts})["AbruptStop"]


def test_a_slip_of_the_unit_is_not_tapered() -> None:
    found = offered({"file": [OLD], "drafts": [{"ug": 20, "times": 3, "prior": "old"}]})
    assert DOSE not in [kind for kinds in found.values() for kind in kinds]
