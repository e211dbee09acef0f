"""Feedback as the protocol has it, as vendors send it, and as nobody should."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds.limits import Limits
from cds.protocol.errors import InvalidField, LimitExceeded, MalformedJson, ProtocolError
from cds.protocol.feedback import MOST_ITEMS, Feedback, FeedbackItem, Reason, decode_feedback
from tests.calls import body, recorded

CARD = "4e0a3a1e-3283-4575-ab82-028d55fe2719"
OVERRIDDEN = {"card": CARD, "outcome": "overridden"}
EPIC = "com.epic.cdshooks.feedback.overrideReason."


def decode(*items, **envelope):
    return decode_feedback(body({"feedback": list(items), **envelope}))


def one(item):
    (found,) = decode(item).items
    return found


def test_accepted_with_the_suggestion():
    item = {**OVERRIDDEN, "outcome": "accepted", "acceptedSuggestions": [{"id": "s1"}, {"id": "s2"}]}
    found = one({**item, "outcomeTimestamp": "2021-12-11T10:05:31Z"})
    at = int(datetime(2021, 12, 11, 10, 5, 31, tzinfo=UTC).timestamp() * 1000)
    assert found == FeedbackItem(card=CARD, outcome="accepted", outcome_at=at, suggestions=("s1", "s2"))


def test_overridden_with_a_reason_and_a_comment():
    reason = {"code": "d7ecf885", "system": "https://example.com/reasons", "display": "Seen"}
    found = one({**OVERRIDDEN, "overrideReason": {"reason": reason, "userComment": "A comment."}})
    assert found.reason == Reason("https://example.com/reasons", "d7ecf885", "Seen")
    assert found.comment == "A comment."
    assert "comment." not in repr(found)


CODING = {"code": "c1", "system": "urn:s", "display": "D"}


@pytest.mark.parametrize(
    "members",
    [
        {"overrideReason": {"reason": CODING}},
        {"overrideReasons": {"reason": CODING}},
        {"overrideReasons": [{"reason": CODING}]},
        {"overrideReasons": [None, {"reason": None}, {"reason": CODING}, {"reason": {"code": "c2"}}]},
        {"overrideReason": CODING},
        {"overrideReasons": [CODING]},
        {"overrideReason": {"reason": {"coding": [CODING], "text": "D"}}},
        {"overrideReason": {"reason": [CODING]}},
        {"overrideReason": None, "overrideReasons": [CODING]},
        {"overrideReason": {}, "overrideReasons": CODING},
        {"extension": {f"{EPIC}reason": CODING}},
        {"extension": {f"{EPIC}reasons": [CODING]}},
        {"extension": {f"{EPIC}code": "c1", f"{EPIC}system": "urn:s", f"{EPIC}display": "D"}},
        {"overrideReason": {"extension": {f"{EPIC}id": "c1", f"{EPIC}codeSystem": "urn:s", f"{EPIC}title": "D"}}},
    ],
)
def test_a_reason_in_every_form(members):
    assert one({**OVERRIDDEN, **members}).reason == Reason("urn:s", "c1", "D")


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"overrideReason": "c1"}, Reason(code="c1")),
        ({"overrideReasons": ["c1", "c2"]}, Reason(code="c1")),
        ({"overrideReason": {"reason": 17}}, Reason(code="17")),
        ({"overrideReason": {"reason": {"text": "words"}}}, Reason(display="words")),
        ({"overrideReason": {"reason": {"system": "urn:s"}}}, None),
        ({"overrideReason": {"userComment": "words"}}, None),
        ({"overrideReason": {"reason": {"coding": []}}}, None),
        ({"overrideReason": [[]]}, None),
        ({"overrideReason": True}, None),
        ({"extension": {"com.example.reason": "x"}}, None),
        ({"extension": "x"}, None),
    ],
)
def test_a_reason_in_part_or_not_at_all(members, reason):
    assert one({**OVERRIDDEN, **members}).reason == reason


def test_a_comment_in_the_extension():
    found = one({**OVERRIDDEN, "extension": {f"{EPIC}userComment": "seen", f"{EPIC}reason": "77"}})
    assert (found.reason, found.comment) == (Reason(code="77"), "seen")


def test_long_texts_are_cut():
    reason = {"code": "c" * 201, "system": "s" * 501, "display": "d" * 501}
    found = one({**OVERRIDDEN, "overrideReason": {"reason": reason, "userComment": "x" * 4001}})
    assert found.reason == Reason("s" * 500, "c" * 200, "d" * 500)
    assert found.comment == "x" * 4000


def test_a_dismissal_without_a_card_counts():
    for item in (
        {"outcome": "overridden"},
        {"card": None, "outcome": "overridden"},
        {"card": " ", "outcome": "Overridden "},
    ):
        assert one(item) == FeedbackItem(card=None, outcome="overridden")


@pytest.mark.parametrize(
    "given", [[{"id": "s"}], {"id": "s"}, ["s"], "s", [{"uuid": "s"}], [None, {}, 0.5 and {"id": "s"}]]
)
def test_accepted_suggestions_in_every_form(given):
    assert one({**OVERRIDDEN, "acceptedSuggestions": given}).suggestions == ("s",)


@pytest.mark.parametrize("given", [None, [], [None], [{"id": None}], [{"id": "s" * 201}], True, [[]], {}])
def test_accepted_suggestions_that_say_nothing(given):
    assert one({**OVERRIDDEN, "acceptedSuggestions": given}).suggestions == ()


@pytest.mark.parametrize(
    ("given", "moment"),
    [
        ("2026-11-25T03:00:00Z", datetime(2026, 11, 25, 3, tzinfo=UTC)),
        ("2026-11-25t04:00:00.1234567+01:00", datetime(2026, 11, 25, 3, 0, 0, 123000, tzinfo=UTC)),
        ("2026-11-25 03:00", datetime(2026, 11, 25, 3, tzinfo=UTC)),
        ("2026-11-25", datetime(2026, 11, 25, tzinfo=UTC)),
        (" 2026-11-25T03:00:00 ", datetime(2026, 11, 25, 3, tzinfo=UTC)),
        ("0001-01-01T00:00:00+14:00", None),
        ("9999-12-31T23:59:59-14:00", None),
    ],
)
def test_the_time_of_the_outcome(given, moment):
    found = one({**OVERRIDDEN, "outcomeTimestamp": given}).outcome_at
    if moment is None:  # outside of what a datetime in UTC can hold, and still a number
        assert isinstance(found, int)
    else:
        assert found == moment.timestamp() * 1000


@pytest.mark.parametrize(
    "given", [None, "", "soon", "2026-13-01", "2026-W48-1", "20261125", 20261125, {}, "2026-11-25T25:00Z"]
)
def test_a_time_that_is_none(given):
    assert one({**OVERRIDDEN, "outcomeTimestamp": given}).outcome_at is None


def test_one_bad_item_never_loses_the_good_ones():
    long = {"card": "c" * 201, "outcome": "accepted"}
    found = decode(
        OVERRIDDEN,
        {"card": "x"},
        "text",
        {"card": "y", "outcome": "ignored"},
        {"card": {}, "outcome": "accepted"},
        long,
        OVERRIDDEN,
    )
    assert len(found.items) == 2
    assert [error.expression for error in found.left_out] == [
        "feedback[1].outcome", "feedback[2]", "feedback[3].outcome", "feedback[4].card", "feedback[5].card",
    ]  # fmt: skip


def test_an_id_of_two_hundred_characters_is_kept():
    assert one({"card": "c" * 200, "outcome": "accepted"}).card == "c" * 200


def test_faults_of_json_cost_their_item_alone():
    inner = json.dumps(OVERRIDDEN)
    faults = (
        '{"card": "a", "card": "b", "outcome": "accepted"}',
        '{"card": "a\\u0000", "outcome": "accepted"}',
        f'{{"outcome": "accepted", "extension": {"[" * 70}{"]" * 70}}}',
        f'{{"outcome": "accepted", "extension": "{"x" * 300_000}"}}',
    )
    found = decode_feedback(f'{{"feedback": [{", ".join((inner, *faults))}]}}'.encode())
    assert len(found.items) == 1
    assert [error.expression.split("[")[1][0] for error in found.left_out] == ["1", "2", "3", "4"]


def test_one_item_where_a_list_belongs():
    assert decode_feedback(body({"feedback": OVERRIDDEN})).items == decode(OVERRIDDEN).items
    assert decode_feedback(body(OVERRIDDEN)).items == decode(OVERRIDDEN).items


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"[]", "$this"),
        (b"{}", "feedback"),
        (b'{"feedback": []}', "feedback"),
        (b'{"feedback": null}', "feedback"),
        (b'{"feedback": "x"}', "feedback"),
        (b'{"feedback": [{}]}', "feedback[0].outcome"),
        (b'{"feedback": [{"card": "x"}, {"card": "y", "outcome": ""}]}', "feedback[0].outcome"),
        (b'{"feedback": [], "feedback": [{"outcome": "accepted"}]}', "feedback"),
    ],
)
def test_nothing_that_can_be_used(content, name):
    with pytest.raises(InvalidField) as caught:
        decode_feedback(content)
    assert caught.value.expression == name


def test_no_json():
    with pytest.raises(MalformedJson):
        decode_feedback(b'{"feedback": [')


def test_as_many_items_as_one_call_may_hold():
    assert len(decode(*[OVERRIDDEN] * MOST_ITEMS).items) == MOST_ITEMS
    with pytest.raises(LimitExceeded):
        decode(*[OVERRIDDEN] * (MOST_ITEMS + 1))


def test_the_limits_are_those_given():
    with pytest.raises(LimitExceeded):
        decode_feedback(body({"feedback": [{**OVERRIDDEN, "x": "y" * 50}]}), Limits(string=40))


@pytest.mark.parametrize("path", recorded("sandbox-captures/feedback-[ao]*.json"))
def test_recorded_feedback_is_read(path):
    document = json.loads(path.read_bytes())["body"]
    found = decode_feedback(body(document))
    assert not found.left_out
    assert [item.outcome for item in found.items] == [item["outcome"] for item in document["feedback"]]
    assert [item.card for item in found.items] == [item.get("card") for item in document["feedback"]]
    assert all(item.outcome_at for item in found.items)


@pytest.mark.parametrize("path", recorded("cds-hooks-examples/spec-*/index.*.feedback.json"))
def test_the_examples_of_the_specification_are_read(path):
    document = json.loads(path.read_bytes())
    (found,) = decode_feedback(body(document)).items
    (item,) = document["feedback"]
    assert (found.card, found.outcome) == (item["card"], item["outcome"])
    assert (found.reason is not None, found.comment is not None) == (("overrideReason" in item,) * 2)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["card", "outcome", "reason", "coding", "code", "system", "id", "userComment", f"{EPIC}x", "extension"]),
        inner, max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip
items = st.fixed_dictionaries(
    {},
    optional={
        "card": values,
        "outcome": st.sampled_from(["accepted", "overridden"]) | values,
        "outcomeTimestamp": values | st.datetimes().map(str),
        "acceptedSuggestions": values,
        "overrideReason": values,
        "overrideReasons": values,
        "extension": values,
    },
)


@given(st.lists(items | values, max_size=4) | items | values)
def test_whatever_is_sent_is_read_or_refused_by_name(given_items):
    content = body({"feedback": given_items})
    refusal = found = None
    try:
        found = decode_feedback(content)
    except ProtocolError as error:
        refusal = error
    if refusal is not None:
        assert refusal.status in (400, 413)
        assert refusal.expression.startswith("feedback")
    else:
        assert isinstance(found, Feedback)
        assert found.items
