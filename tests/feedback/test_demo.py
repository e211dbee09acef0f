"""Invented figures: the same every time, filtered as stored ones are, and of rules and reasons that there are."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from cds.evaluation import Pending, begin
from cds.evaluation.report import UNKNOWN_READINGS
from cds.feedback.demo import DEMO_REASONS, DEMO_RULES, DemoFigures
from cds.feedback.figures import (
    ANY,
    SMALLEST_DENOMINATOR,
    Filters,
    all_calls,
    concerned_calls,
    findings,
    latency,
    outcomes_by,
    overrides_by_reason,
    unknown_readings,
)
from cds.knowledge import load_knowledge
from cds.protocol.request import decode_request, service_for_hook
from cds.settings import Settings
from tests.calls import bundle, call
from tests.test_evaluation import baclofen, searchset

KNOWLEDGE = load_knowledge()
TODAY = date(2026, 11, 25)
QUARTER = Filters(since=TODAY - timedelta(days=89), until=TODAY)


def ask(question, *arguments, today=TODAY, **options):
    return asyncio.run(getattr(DemoFigures(today), question)(*arguments, **options))


@pytest.mark.parametrize("rule", DEMO_RULES)
def test_rules_indicators_and_reasons_are_those_of_the_service(rule):
    made = DEMO_RULES[rule]
    assert made.indicator in KNOWLEDGE.rule(rule).indicators
    offered = {reason.code: reason.display for reason in KNOWLEDGE.override_reasons(rule)}
    assert {code: DEMO_REASONS[code] for code in made.reasons}.items() <= offered.items()
    assert made.comment.startswith("Invented: ")
    assert made.accepted + made.overridden <= 1


def test_no_reason_is_named_for_nothing():
    assert {code for rule in DEMO_RULES.values() for code in rule.reasons} == set(DEMO_REASONS)


def test_unknown_readings_are_those_that_the_service_counts():
    child = {"patient": {"resourceType": "Patient", "id": "p1", "birthDate": "2020-01-01"}}
    unclear, plain = baclofen(dosageInstruction=[{"text": "as directed"}]), baclofen()
    counted = {
        *unknown_of(call(context={"draftOrders": bundle(unclear)})),
        *unknown_of(call(context={"draftOrders": bundle(plain)}, prefetch=child)),
        *unknown_of(call("patient-view", context={"draftOrders": None}, prefetch={"m": searchset(plain)})),
    }
    shown = {name for one in unknown_readings(ask("tallies", QUARTER)) for name in one.name}
    assert set(UNKNOWN_READINGS.values()) <= shown <= counted


def unknown_of(request):
    """What the service would count as unknown of a call."""
    body = json.dumps(request).encode()
    known = decode_request(body, service_for_hook(body))
    begun = begin(known, KNOWLEDGE, Settings(), datetime(2026, 6, 1, 12, tzinfo=UTC))
    return (begun.finish(None) if isinstance(begun, Pending) else begun).report.unknown


def test_a_day_has_the_same_figures_whenever_it_is_looked_at():
    day = Filters(since=TODAY, until=TODAY)
    assert set(ask("cards", day)) == set(ask("cards", day, today=TODAY + timedelta(days=30)))
    assert set(ask("tallies", day)) == set(ask("tallies", day, today=TODAY + timedelta(days=30)))


def test_every_section_has_something_and_the_parts_fit_the_whole():
    cards, tallies = ask("cards", QUARTER), ask("tallies", QUARTER)
    assert 0 < concerned_calls(tallies) < all_calls(tallies)
    assert sum(one.count for one in findings(tallies)) == sum(card.count for card in cards)
    assert all(one.count <= one.of for one in unknown_readings(tallies))
    assert latency(tallies).calls == concerned_calls(tallies)
    assert latency(tallies, "other").calls == all_calls(tallies) - concerned_calls(tallies)
    rules = outcomes_by(cards, lambda card: card.rule)
    assert any(one.shown < SMALLEST_DENOMINATOR for one in rules)
    assert any(one.overridden > one.shown / 2 for one in rules)
    comments = ask("comments", QUARTER, skip=0, most=5)
    assert len(comments.some) == 5 < comments.count < comments.of
    assert [one.received for one in comments.some] == sorted((one.received for one in comments.some), reverse=True)
    unknown = ask("unknown_cards", QUARTER)
    assert 0 < unknown.items < unknown.of
    assert unknown.of == comments.of + unknown.items


@pytest.mark.parametrize(
    "filters",
    [
        {"unit": "Neurology"},
        {"unit": ""},
        {"hook": "order-select"},
        {"rules": ("RenalSevere", "AbruptStop")},
        {"indicator": "critical"},
        {"since": TODAY},
        {"until": TODAY - timedelta(days=300)},
    ],
)
def test_filters_leave_a_part(filters):
    whole, part = ask("cards", ANY), ask("cards", Filters(**filters))
    assert 0 < len(part) < len(whole)
    assert set(part) < set(whole)
    (name, value), *_ = filters.items()
    if name in ("unit", "hook", "indicator"):
        assert {getattr(card, name) for card in part} == {value}
    calls = concerned_calls(ask("tallies", Filters(**filters)))
    if name in ("rules", "indicator"):
        assert calls == concerned_calls(ask("tallies", ANY))
    else:
        assert 0 < calls < concerned_calls(ask("tallies", ANY))


def test_another_caller_has_none():
    other = Filters(issuer="elsewhere")
    assert ask("cards", other) == ask("tallies", other) == ()
    assert ask("unknown_cards", other).of == 0
    assert ask("choices").issuers == ("demonstration-hospital",)


def test_a_reason_chooses_what_was_overridden_for_it():
    every = overrides_by_reason(ask("cards", QUARTER))
    assert set(ask("choices").reasons) >= {one.name for one in every}
    told = 0
    for one in every:
        reason = (one.name[0], one.name[1], "" if one.name[1] else one.name[2])
        cards = ask("cards", replace(QUARTER, reason=reason))
        assert sum(card.count for card in cards) == one.count
        assert {card.outcome for card in cards} == {"overridden"}
        told += ask("comments", replace(QUARTER, reason=reason), skip=0, most=0).count
    assert told == ask("comments", QUARTER, skip=0, most=0).count > 0
