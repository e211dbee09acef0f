import json

import pytest
from jsonschema import Draft202012Validator

from cds.examples import ORDER_SIGN
from cds.protocol.response import encode_response
from cds.protocol.schemas import schema
from tests.calls import call, card, recorded, response

NAMES = ["discovery", "feedback", "request", "response"]


@pytest.mark.parametrize("name", NAMES)
def test_schemas_are_schemas(name):
    Draft202012Validator.check_schema(schema(name))
    assert schema(name)["$id"] == f"urn:baclofen-cds:schema:{name}"


def test_a_schema_is_decoded_anew():
    assert schema("request") is not schema("request")


@pytest.mark.parametrize(
    "document",
    [
        call(hook=None),
        call(context={"patientId": None}),
        call(context={"patientId": "Patient/"}),
        call(prefetch=[]),
        call(context={"draftOrders": "x"}),
        [],
    ],
)
def test_the_request_schema_refuses_what_the_service_refuses(document):
    assert not Draft202012Validator(schema("request")).is_valid(document)


def test_the_example_follows_the_request_schema():
    Draft202012Validator(schema("request")).validate(json.loads(ORDER_SIGN.read_bytes()))


@pytest.mark.parametrize(
    "item",
    [
        {"outcome": "overridden"},
        {
            "card": "c",
            "outcome": "accepted",
            "acceptedSuggestions": [{"id": "s"}],
            "outcomeTimestamp": "2026-11-22T05:50:16Z",
        },
        {"card": "c", "outcome": "overridden", "overrideReasons": [{"reason": {"code": "x"}}]},
        {"card": "c", "outcome": "overridden", "overrideReason": {"userComment": "seen"}, "acceptedSuggestions": None},
    ],
)
def test_feedback_as_clients_send_it(item):
    Draft202012Validator(schema("feedback")).validate({"feedback": [item]})


@pytest.mark.parametrize("document", [{}, {"feedback": []}, {"feedback": [{"outcome": "ignored"}]}])
def test_feedback_that_says_nothing(document):
    assert not Draft202012Validator(schema("feedback")).is_valid(document)


@pytest.mark.parametrize("path", recorded("sandbox-captures/feedback-[ao]*.json"))
def test_recorded_feedback(path):
    Draft202012Validator(schema("feedback")).validate(json.loads(path.read_bytes())["body"])


@pytest.mark.parametrize(
    "member", [{"cards": None}, {"cards": [], "systemActions": []}, {"cards": [], "extension": {}}]
)
def test_the_response_schema_refuses_null_empty_and_unknown_members(member):
    assert not Draft202012Validator(schema("response")).is_valid(member)


@pytest.mark.parametrize("value", [None, "", [], {}, {"b": None}, {"b": [1, ""]}, {"b": {"c": {}}}])
def test_the_response_schema_looks_for_nothing_at_any_depth(value):
    document = json.loads(encode_response(response(card())))
    Draft202012Validator(schema("response")).validate(document)
    document["cards"][0]["extension"]["com.example"] = {"a": value}
    assert not Draft202012Validator(schema("response")).is_valid(document)
