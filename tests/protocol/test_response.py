import json

import pytest
from jsonschema import Draft202012Validator

from cds.protocol.response import Action, Coding, Link, Response, Source, Suggestion, encode_response
from cds.protocol.schemas import schema
from tests.calls import card, response

RESPONSE = Draft202012Validator(schema("response"))
ORDER = {"resourceType": "MedicationRequest", "id": "o1", "status": "draft"}


def sent(answer):
    document = json.loads(encode_response(answer))
    RESPONSE.validate(document)
    return document


def test_no_cards_is_an_empty_list():
    assert sent(response()) == {"cards": []}


def test_a_small_card_has_no_null_and_no_empty_member():
    (only,) = sent(response(card()))["cards"]
    assert set(only) == {"uuid", "summary", "indicator", "source", "extension"}
    assert only["source"]["topic"]["code"] == "OralDailyMaximum"


def test_a_full_card_has_every_member_by_its_wire_name():
    full = card(
        detail="**100 mg/day**",
        suggestions=(
            Suggestion(
                label="Cancel the order",
                uuid="1e5a3d8c-6a57-4d52-9d2e-6f1a4c0b9e77",
                is_recommended=True,
                actions=(
                    Action(type="delete", description="Delete", resource_id="MedicationRequest/o1"),
                    Action(type="create", description="Create", resource={"resourceType": "ServiceRequest"}),
                    Action(type="update", description="Update", resource=ORDER),
                ),
            ),
            Suggestion(label="Keep it"),
        ),
        selection_behavior="at-most-one",
        override_reasons=(Coding(system="https://cds.example.org/reasons", code="agreed", display="Agreed"),),
        links=(
            Link(label="Rule", url="https://cds.example.org/rules/x", type="absolute"),
            Link(label="App", url="https://app.example.org/launch", type="smart", app_context="x=1"),
        ),
    )
    (only,) = sent(response(full))["cards"]
    assert only["selectionBehavior"] == "at-most-one"
    assert only["overrideReasons"][0]["display"] == "Agreed"
    assert only["suggestions"][0]["isRecommended"] is True
    assert only["suggestions"][0]["actions"][0] == {
        "type": "delete", "description": "Delete", "resourceId": "MedicationRequest/o1",
    }  # fmt: skip
    assert only["suggestions"][1] == {"label": "Keep it"}
    assert only["links"] == [
        {"label": "Rule", "url": "https://cds.example.org/rules/x", "type": "absolute"},
        {"label": "App", "url": "https://app.example.org/launch", "type": "smart", "appContext": "x=1"},
    ]


def test_a_summary_may_have_139_characters_and_no_more():
    assert len(sent(response(card(summary="é" * 139)))["cards"][0]["summary"]) == 139
    with pytest.raises(ValueError, match=r"card\.summary has 140 characters"):
        card(summary="é" * 140)


@pytest.mark.parametrize(
    ("members", "named"),
    [
        ({"summary": " "}, "card.summary"),
        ({"uuid": "x"}, "card.uuid"),
        ({"indicator": "hard-stop"}, "card.indicator"),
        ({"detail": ""}, "card.detail"),
        ({"suggestions": (Suggestion(label="a"),)}, "card.selectionBehavior"),
        ({"suggestions": (Suggestion(label="a"),), "selection_behavior": "all"}, "card.selectionBehavior"),
        ({"selection_behavior": "any"}, "card.selectionBehavior"),
        (
            {"suggestions": (Suggestion(label="a", is_recommended=True),) * 2, "selection_behavior": "at-most-one"},
            "card.suggestions",
        ),
        ({"override_reasons": (Coding(system="urn:x", code="a"),)}, "card.overrideReasons"),
        ({"extension": {}}, "card.extension"),
        ({"extension": {"a": {"b": [1, None]}}}, r"card.extension.a.b\[1\]"),
        ({"extension": {"a": []}}, "card.extension.a"),
        ({"extension": {"a": ""}}, "card.extension.a"),
    ],
)
def test_a_card_that_breaks_the_protocol_is_refused(members, named):
    with pytest.raises(ValueError, match=named):
        card(**members)


def test_two_recommended_suggestions_need_any():
    two = (Suggestion(label="a", is_recommended=True), Suggestion(label="b", is_recommended=True))
    assert sent(response(card(suggestions=two, selection_behavior="any")))


@pytest.mark.parametrize(
    ("make", "named"),
    [
        (lambda: Coding(system="rules", code="a"), "coding.system"),
        (lambda: Coding(system="urn:x", code=""), "coding.code"),
        (lambda: Coding(system="urn:x", code="a", display=" "), "coding.display"),
        (lambda: Source(label=""), "source.label"),
        (lambda: Source(label="x", url="/relative"), "source.url"),
        (lambda: Source(label="x", topic=Coding(system="urn:x", code="a-b")), "source.topic.code"),
        (lambda: Source(label="x", topic=Coding(system="urn:x", code="a" * 101)), "source.topic.code"),
        (lambda: Suggestion(label=""), "suggestion.label"),
        (lambda: Suggestion(label="x", uuid="1"), "suggestion.uuid"),
        (lambda: Link(label="x", url="x", type="absolute"), "link.url"),
        (lambda: Link(label="x", url="https://x.example", type="web"), "link.type"),
        (lambda: Link(label="x", url="https://x.example", type="absolute", app_context="a"), "link.appContext"),
        (lambda: Action(type="create", description="x"), "action.resource"),
        (lambda: Action(type="create", description="x", resource={"id": "a"}), "action.resource"),
        (lambda: Action(type="update", description="x", resource={"resourceType": "A"}), "action.resource.id"),
        (lambda: Action(type="create", description="x", resource=ORDER, resource_id="A/b"), "action.resourceId"),
        (lambda: Action(type="create", description="x", resource={**ORDER, "note": []}), "action.resource.note"),
        (lambda: Action(type="delete", description="x"), "action.resourceId"),
        (lambda: Action(type="delete", description="x", resource_id="b"), "action.resourceId"),
        (lambda: Action(type="delete", description="x", resource_id="Aa/b", resource=ORDER), "action.resource"),
        (lambda: Action(type="delete", description="", resource_id="Aa/b"), "action.description"),
        (lambda: Action(type="replace", description="x"), "action.type"),
        (lambda: Response(cards=(card(), card())), "uuid twice"),
        (lambda: Response(cards=(), extension={}), "extension"),
    ],
)
def test_parts_that_break_the_protocol_are_refused(make, named):
    with pytest.raises(ValueError, match=named):
        make()
