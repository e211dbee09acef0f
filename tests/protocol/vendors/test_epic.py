"""Cards with every kind of suggestion, in Epic's form and untouched in the generic one."""

import json
import uuid

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from cds.protocol.response import Action, Suggestion, encode_response
from cds.protocol.schemas import schema
from cds.protocol.vendors import VENDORS, adapt
from tests.calls import card, response

RESPONSE = Draft202012Validator(schema("response"))
LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
DRAFT = {"resourceType": "MedicationRequest", "id": "o1", "status": "draft", "intent": "order"}


def service(code, system=SNOMED, **members):
    return {
        "resourceType": "ServiceRequest",
        "status": "draft",
        "intent": "order",
        "code": {"coding": [{"system": system, "code": code}]},
        "subject": {"reference": "Patient/p1"},
        **members,
    }


NEW_DOSE = Action(
    type="update",
    description="Baclofen 10 mg three times a day",
    resource={**DRAFT, "dosageInstruction": [{"text": "10 mg three times a day"}]},
)
DELETE = Action(type="delete", description="Delete the baclofen order", resource_id="MedicationRequest/o1")
DELETE_OTHER = Action(type="delete", description="Delete the other baclofen order", resource_id="MedicationRequest/o2")
TAPER = Action(
    type="create",
    description="Taper 60, 45, 30, 15 mg a day",
    resource={
        "resourceType": "MedicationRequest",
        "status": "draft",
        "intent": "order",
        "dosageInstruction": [{"sequence": 1, "text": "45 mg a day"}, {"sequence": 2, "text": "30 mg a day"}],
    },
)
CREATININE = Action(type="create", description="Order creatinine", resource=service("2160-0", LOINC))
OPINION = Action(type="create", description="Ask for a second opinion", resource=service("11429006"))
URGENT = Action(type="create", description="Order creatinine now", resource=service("2160-0", LOINC, priority="stat"))
NAMELESS = Action(type="create", description="Ask", resource={**service("x"), "code": {"text": "an opinion"}})


def suggestion(*actions, recommended=False, number=1):
    identity = str(uuid.UUID(int=number))
    return Suggestion(label="A way out", uuid=identity, is_recommended=recommended, actions=actions)


def in_words(descriptions):
    return "Suggested: " + " / ".join(descriptions)


def epic(*suggestions, behavior="at-most-one", **members):
    given = card(suggestions=suggestions, selection_behavior=behavior, detail="Why.", **members)
    adapted = adapt(response(given), "epic", in_words)
    RESPONSE.validate(json.loads(encode_response(adapted)))
    return adapted.cards[0]


def actions_of(card):
    assert all(len(one.actions) == 1 for one in card.suggestions)
    return [one.actions[0] for one in card.suggestions]


@pytest.mark.parametrize(
    "action", [NEW_DOSE, TAPER, URGENT, NAMELESS], ids=["new dose", "taper", "urgent test", "text only"]
)
def test_what_epic_would_place_otherwise_is_said_and_not_sent(action):
    adapted = epic(suggestion(action, recommended=True))
    assert adapted.suggestions == ()
    assert adapted.selection_behavior is None
    assert adapted.detail == f"Suggested: {action.description}\n\nWhy."


@pytest.mark.parametrize("action", [DELETE, CREATININE, OPINION], ids=["delete", "laboratory test", "opinion"])
def test_what_needs_no_details_stays_a_suggestion(action):
    given = suggestion(action, recommended=True)
    adapted = epic(given)
    assert adapted.suggestions == (given,)
    assert adapted.selection_behavior == "any"
    assert adapted.detail == "Why."


def test_the_recommended_dose_gives_its_mark_to_nothing_else():
    adapted = epic(suggestion(NEW_DOSE, recommended=True), suggestion(DELETE, number=2))
    assert actions_of(adapted) == [DELETE]
    assert not adapted.suggestions[0].is_recommended
    assert adapted.detail == "Suggested: Baclofen 10 mg three times a day\n\nWhy."


@pytest.mark.parametrize("pair", [(DELETE, TAPER), (DELETE, NEW_DOSE), (DELETE, CREATININE), (DELETE, DELETE_OTHER)])
def test_nothing_half_done_can_be_chosen(pair):
    adapted = epic(suggestion(*pair))
    assert adapted.suggestions == ()
    assert f"{pair[0].description}; {pair[1].description}" in adapted.detail


def test_orders_that_stand_for_themselves_are_split():
    adapted = epic(suggestion(CREATININE, OPINION, recommended=True))
    assert actions_of(adapted) == [CREATININE, OPINION]
    assert all(one.is_recommended for one in adapted.suggestions)
    first, second = (one.uuid for one in adapted.suggestions)
    assert first == str(uuid.UUID(int=1))
    assert second not in (None, first)
    assert uuid.UUID(second)


def test_of_deletions_that_exclude_each_other_only_the_recommended_one_stays():
    adapted = epic(suggestion(DELETE, recommended=True), suggestion(DELETE_OTHER, number=2))
    assert actions_of(adapted) == [DELETE]
    assert DELETE_OTHER.description in adapted.detail
    neither = epic(suggestion(DELETE), suggestion(DELETE_OTHER, number=2))
    assert neither.suggestions == ()


def test_deletions_that_may_be_combined_stay():
    adapted = epic(suggestion(DELETE), suggestion(DELETE_OTHER, number=2), behavior="any")
    assert actions_of(adapted) == [DELETE, DELETE_OTHER]


def test_the_same_order_is_offered_once_with_its_mark():
    adapted = epic(suggestion(CREATININE), suggestion(CREATININE, OPINION, recommended=True, number=2))
    assert actions_of(adapted) == [CREATININE, OPINION]
    assert all(one.is_recommended for one in adapted.suggestions)


def test_an_order_to_create_stands_on_the_first_card_only_a_deletion_on_each():
    both = (suggestion(CREATININE), suggestion(DELETE, number=2))
    first = card(suggestions=both, selection_behavior="any")
    second = card(uuid=str(uuid.UUID(int=9)), suggestions=both, selection_behavior="any")
    adapted = adapt(response(first, second), "epic", in_words)
    assert [actions_of(one) for one in adapted.cards] == [[CREATININE, DELETE], [DELETE]]


def test_a_suggestion_without_an_action_shows_nothing_so_its_label_is_said():
    assert epic(suggestion()).detail == "Suggested: A way out\n\nWhy."


def test_the_same_words_are_said_once():
    adapted = epic(suggestion(TAPER), suggestion(TAPER, number=2))
    assert adapted.detail.count(TAPER.description) == 1


def test_a_card_without_detail_gets_one():
    given = card(suggestions=(suggestion(TAPER),), selection_behavior="any")
    (adapted,) = adapt(response(given), "epic", in_words).cards
    assert adapted.detail == f"Suggested: {TAPER.description}"


def test_a_card_without_suggestions_and_everything_else_of_a_card_is_left_alone():
    assert adapt(response(card()), "epic", in_words) == response(card())
    given = card(suggestions=(suggestion(TAPER),), selection_behavior="any", detail="Why.")
    (adapted,) = adapt(response(given), "epic", in_words).cards
    bare = {"suggestions": (), "selection_behavior": None, "detail": None}
    assert msgspec.structs.replace(adapted, **bare) == msgspec.structs.replace(given, **bare)


@st.composite
def answers(draw):
    actions = st.lists(
        st.sampled_from([NEW_DOSE, DELETE, DELETE_OTHER, TAPER, CREATININE, OPINION, URGENT, NAMELESS]), max_size=3
    )
    cards = []
    for number in range(draw(st.integers(0, 3))):
        behavior = draw(st.sampled_from(["any", "at-most-one"]))
        chosen = draw(st.lists(actions, max_size=4))
        marks = draw(st.lists(st.booleans(), min_size=len(chosen), max_size=len(chosen)))
        if behavior == "at-most-one":
            marks = [mark and not any(marks[:place]) for place, mark in enumerate(marks)]
        suggestions = tuple(
            suggestion(*each, recommended=mark, number=100 * number + place)
            for place, (each, mark) in enumerate(zip(chosen, marks, strict=True), start=1)
        )
        members = {"suggestions": suggestions, "selection_behavior": behavior} if suggestions else {}
        detail = draw(st.sampled_from([None, "Why."]))
        cards.append(card(uuid=str(uuid.UUID(int=10_000 + number)), detail=detail, **members))
    return response(*cards)


@given(answers())
def test_the_adapted_answer_is_valid_and_safe(answer):
    adapted = adapt(answer, "epic", in_words)
    RESPONSE.validate(json.loads(encode_response(adapted)))
    created = [one for each in adapted.cards for one in actions_of(each) if one.type == "create"]
    assert all(one in (CREATININE, OPINION) for one in created)
    assert len(created) == len({one.description for one in created})
    for before, after in zip(answer.cards, adapted.cards, strict=True):
        assert after.selection_behavior == ("any" if after.suggestions else None)
        assert len({one.uuid for one in after.suggestions}) == len(after.suggestions)
        assert all(one.type != "update" for one in actions_of(after))
        shown = {one.description for each in adapted.cards for one in actions_of(each)}
        for given_suggestion in before.suggestions:
            for action in given_suggestion.actions:
                assert action.description in shown or action.description in after.detail
    assert adapt(adapted, "epic", in_words) == adapted


@given(answers())
def test_the_generic_answer_is_the_answer(answer):
    assert adapt(answer, "generic", in_words) is answer


def test_an_unknown_vendor_is_refused():
    assert set(VENDORS) == {"generic", "epic"}
    with pytest.raises(ValueError, match="no vendor 'other'; there are generic, epic"):
        adapt(response(), "other", in_words)
