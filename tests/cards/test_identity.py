"""Ids that carry what they are ids of."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds.cards.identity import (
    HOOKS,
    INDICATORS,
    CardIdentity,
    Identities,
    SuggestionIdentity,
    card_id,
    knowledge_mark,
    suggestion_id,
)
from cds.knowledge import load_knowledge
from cds.protocol.discovery import SERVICES
from cds.rules.finding import Indicator

KNOWLEDGE = load_knowledge()
RULES = [rule.id for rule in KNOWLEDGE.rules]
REMEDIES = list(KNOWLEDGE.remedies)
KEY, OTHER = b"k" * 32, b"o" * 32
READER = Identities(KEY, RULES, REMEDIES)
MARK = knowledge_mark(KNOWLEDGE.version)
CARD = CardIdentity("RenalSevere", "critical", "order-sign", MARK)

cards = st.builds(
    CardIdentity,
    rule=st.sampled_from(RULES),
    indicator=st.sampled_from(INDICATORS),
    hook=st.sampled_from(HOOKS),
    knowledge=st.integers(0, 0xFFFF).map(lambda number: f"{number:04x}"),
)
suggestions = st.builds(SuggestionIdentity, rule=st.sampled_from(RULES), remedy=st.sampled_from(REMEDIES))


def test_every_indicator_and_hook_of_the_service_has_its_number():
    assert {each.code for each in Indicator} == set(INDICATORS)
    assert {service.hook for service in SERVICES} == set(HOOKS)
    assert len(INDICATORS) <= 4
    assert len(HOOKS) <= 8


def test_no_two_rules_and_no_two_remedies_have_the_same_digest():
    Identities(KEY, RULES, REMEDIES)
    with pytest.raises(ValueError, match="same digest"):
        Identities(KEY, [f"rule{number}" for number in range(3000)], [])  # of so many some have


@given(cards, st.text(max_size=60))
def test_a_card_id_says_what_it_was_made_of(identity, seed):
    made = card_id(identity, KEY, seed)
    assert READER.card(made) == identity
    assert READER.card(f" {made.upper()} ".strip()) == identity
    assert READER.suggestion(made) is None
    assert (uuid.UUID(made).version, uuid.UUID(made).variant) == (8, uuid.RFC_4122)
    assert str(uuid.UUID(made)) == made
    assert card_id(identity, KEY, seed) == made


@given(suggestions, st.text(max_size=60))
def test_a_suggestion_id_says_what_it_was_made_of(identity, seed):
    made = suggestion_id(identity, KEY, seed)
    assert READER.suggestion(made) == identity
    assert READER.card(made) is None
    assert (uuid.UUID(made).version, uuid.UUID(made).variant) == (8, uuid.RFC_4122)


@given(cards, st.text(max_size=60))
def test_of_another_secret_nothing_is_read(identity, seed):
    assert READER.card(card_id(identity, OTHER, seed)) is None


@given(st.integers(0, 121), st.text(max_size=60))
def test_an_id_with_one_other_bit_is_not_ours(place, seed):
    whole = uuid.UUID(card_id(CARD, KEY, seed)).int
    free = [bit for bit in range(128) if not 76 <= bit < 80 and not 62 <= bit < 64]
    assert len(free) == 122
    assert READER.card(str(uuid.UUID(int=whole ^ 1 << free[place]))) is None


@given(st.text(max_size=200) | st.uuids().map(str))
def test_anything_else_is_not_ours(text):
    assert READER.card(text) is None
    assert READER.suggestion(text) is None


def test_calls_and_cards_have_ids_of_their_own():
    others = [
        card_id(CARD, KEY, "other"),
        card_id(CardIdentity("RenalSevere", "warning", "order-sign", MARK), KEY, "call"),
        card_id(CardIdentity("RenalModerate", "critical", "order-sign", MARK), KEY, "call"),
        card_id(CardIdentity("RenalSevere", "critical", "order-select", MARK), KEY, "call"),
        card_id(CardIdentity("RenalSevere", "critical", "order-sign", "ffff"), KEY, "call"),
    ]
    assert len({card_id(CARD, KEY, "call"), *others}) == 6


def test_a_rule_that_is_no_longer_there_is_not_read():
    made = card_id(CardIdentity("GoneRule", "info", "order-sign", MARK), KEY, "call")
    assert READER.card(made) is None


@pytest.mark.parametrize("change", [{"indicator": "hard-stop"}, {"hook": "appointment-book"}])
def test_what_no_id_can_say_is_refused(change):
    identity = {"rule": "RenalSevere", "indicator": "critical", "hook": "order-sign", "knowledge": MARK} | change
    with pytest.raises(ValueError):
        card_id(CardIdentity(**identity), KEY, "call")
