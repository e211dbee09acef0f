"""The machine can fail: its properties see what they are for."""

from __future__ import annotations

import json

import pytest

from cds.protocol.response import encode_response
from tests.calls import card, response
from tests.fuzz.changes import CHANGES, spoil
from tests.fuzz.properties import hold
from tests.fuzz.seeds import boundary_seeds, findings, seeds
from tests.fuzz.unknown import in_another_order, with_more, without
from tests.fuzz.values import IMAGE, LINK, STRINGS


def answered(*cards):
    return json.loads(encode_response(response(*cards)))


def test_a_sound_answer_holds():
    hold(200, answered(card(detail="as it should be")))


@pytest.mark.parametrize(
    "cards",
    [
        [card(detail=f"the EHR says {IMAGE}")],
        [card(detail=f"the EHR says {LINK}")],
        [card(detail="a bell \x07")],
        [card(detail="a hole: (not known)")],
        [card(detail="less", indicator="warning")],
        [card(detail="one"), card(detail="the same rule again", uuid="6a3c6f0e-0d6f-4a55-8b0b-0f6c4e1b2d12")],
    ],
)
def test_an_answer_that_is_not_sound_fails(cards):
    with pytest.raises(AssertionError):
        hold(200, answered(*cards))


@pytest.mark.parametrize("status", [500, 502, 503, 404])
def test_a_fault_of_the_service_fails(status):
    with pytest.raises(AssertionError):
        hold(status, {"resourceType": "OperationOutcome", "issue": [{"details": {"text": "no"}}]})


@pytest.mark.parametrize("name", sorted(CHANGES))
def test_every_change_changes_something(name):
    for seed in boundary_seeds()[:300]:
        document = seed.document
        CHANGES[name](document, 3, 5)
        if document != seed.document:
            return
    pytest.fail("none of the first seeds was changed")


def test_every_fault_spoils():
    (seed, *_) = [one for one in boundary_seeds() if one.document.get("prefetch")]
    for what in range(9):
        document = seed.document
        spoil(document, 3, what)
        assert document["prefetch"] != seed.document["prefetch"] or what == 6  # an empty search has no entry to add to


def test_what_is_of_no_account_is_there():
    (seed, *_) = [one for one in boundary_seeds() if one.name.startswith("DuplicateOrders")]
    request = seed.document
    assert list(in_another_order(request, 1)["prefetch"]) != list(request["prefetch"])
    assert "more" in with_more(request, {"resourceType": "Coverage"}, own_key=True)["prefetch"]
    assert without(request, "conditions", "missing")["prefetch"].keys() < request["prefetch"].keys()


def test_the_seeds_say_something_and_are_many():
    speaking = [seed for seed in boundary_seeds()[::20] if findings(seed.document, seed.now)]
    assert len(speaking) > 15
    assert len(seeds()) > 500
    assert any(IMAGE in text and LINK in text for text in STRINGS)
