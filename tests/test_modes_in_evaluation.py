"""Rules that an operator keeps from the prescribers of one organisation: silent ones are counted, those that are off are not."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from cds.evaluation import Pending, begin
from cds.evaluation.report import Answer
from cds.knowledge import load_knowledge
from cds.protocol.request import decode_request, service_for_hook
from cds.protocol.response import FINDINGS_EXTENSION
from cds.security import Issuer
from cds.security.modes import Kept, Modes
from cds.settings import Settings
from fhir_fixtures.expand import expand

KNOWLEDGE = load_knowledge()
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
SILENT = Kept("silent", "the committee looks first", date(2026, 5, 1))
OFF = Kept("off", "misfires", date(2026, 5, 1))
BOTH = {"OralDailyMaximum": "warning", "Epilepsy": "warning"}


SHOWN = Kept("shown", "seen and found useful", date(2026, 5, 1))
HIGH: dict[str, Any] = {
    "drafts": [{"mg": 30, "times": 3, "prior": "old"}],
    "file": [{"mg": 30, "times": 3, "authored": "-20d"}],
    "conditions": ["epilepsy"],
}
INJURED: dict[str, Any] = {"drafts": [{"mg": 5, "times": 3}], "conditions": ["aki"], "labs": [{"egfr": 22}], "age": 40}


def answer(modes: Modes, case: dict[str, Any] = HIGH) -> Answer:
    content = json.dumps(expand(case), default=str).encode()
    issuer = Issuer(name="A", iss="https://a", fhir_servers=("https://a/fhir",), jurisdiction="US", modes=modes)
    call = decode_request(content, service_for_hook(content))
    begun = begin(call, KNOWLEDGE, Settings(), NOW, issuer=issuer)
    return begun.finish(None) if isinstance(begun, Pending) else begun


def shown(answer: Answer) -> dict[str, Any]:
    return {
        one["rule"]: one["indicator"]
        for card in answer.response.cards
        for one in (card.extension or {})[FINDINGS_EXTENSION]
    }


@pytest.mark.parametrize(
    ("modes", "said", "silenced"),
    [
        (Modes(), BOTH, {}),
        (Modes(every=SILENT), {}, BOTH),
        (Modes(rules={"Epilepsy": SILENT}), {"OralDailyMaximum": "warning"}, {"Epilepsy": "warning"}),
        (Modes(rules={"Epilepsy": OFF}), {"OralDailyMaximum": "warning"}, {}),
        (Modes(every=SILENT, rules={"Epilepsy": OFF}), {}, {"OralDailyMaximum": "warning"}),
        (Modes(rules={"Lithium": OFF}), BOTH, {}),
    ],
)
def test_what_is_kept_is_not_shown_and_only_the_silent_is_counted(modes, said, silenced):
    found = answer(modes)
    assert shown(found) == dict(found.report.findings) == said
    assert dict(found.report.silenced) == silenced
    assert found.report.concerned


@pytest.mark.parametrize(
    ("modes", "said", "silenced"),
    [
        (Modes(), {"RenalAcute": "critical"}, {}),
        (Modes(rules={"RenalAcute": OFF}), {"RenalSevere": "critical"}, {}),
        (Modes(rules={"RenalAcute": SILENT}), {"RenalSevere": "critical"}, {"RenalAcute": "critical"}),
        (Modes(every=SILENT), {}, {"RenalAcute": "critical"}),
        (Modes(every=SILENT, rules={"RenalSevere": SHOWN}), {"RenalSevere": "critical"}, {"RenalAcute": "critical"}),
        (Modes(every=SILENT, rules={"RenalAcute": OFF}), {}, {"RenalSevere": "critical"}),
        (Modes(rules={"RenalSevere": OFF}), {"RenalAcute": "critical"}, {}),
    ],
)
def test_a_rule_that_is_kept_stands_for_no_other(modes, said, silenced):
    def kidneys(found: Any) -> dict[str, Any]:
        return {rule: indicator for rule, indicator in dict(found).items() if rule.startswith("Renal")}

    found = answer(modes, INJURED)
    assert kidneys(shown(found)) == said
    assert kidneys(found.report.silenced) == silenced


def test_what_could_not_be_read_is_counted_also_where_nobody_is_told():
    case = {"drafts": [{"mg": 5, "times": 3}], "labs": [], "faults": {"conditions": "missing"}}
    said = answer(Modes(), case).report
    assert said.unknown == ("renal_function", "conditions")
    kept = answer(Modes(every=SILENT), case).report
    assert (kept.unknown, kept.findings) == (said.unknown, ())
    assert answer(Modes(every=OFF), case).report.unknown == ()


@pytest.mark.parametrize(
    ("modes", "cards"),
    [
        (Modes(), ()),
        (Modes(every=SILENT), ("warning", "warning")),
        (Modes(rules={"Epilepsy": SILENT}), ("warning",)),
        (Modes(every=SILENT, rules={"Epilepsy": SHOWN}), ("warning",)),
        (Modes(every=OFF), ()),
    ],
)
def test_the_cards_there_would_be_more(modes, cards):
    assert answer(modes).report.silenced_cards == cards
    assert len(answer(Modes()).response.cards) == 2


def test_a_finding_that_would_join_a_card_that_is_shown_is_no_card_more():
    infos = {"drafts": [{"mg": 5, "times": 3}], "labs": [], "age": 70}
    (card,) = answer(Modes(), infos).response.cards
    assert {one["rule"] for one in card.extension[FINDINGS_EXTENSION]} >= {"AgeOlderAdult", "RenalUnknown"}
    kept = answer(Modes(rules={"RenalUnknown": SILENT}), infos)
    assert dict(kept.report.silenced) == {"RenalUnknown": "info"}
    assert len(kept.response.cards) == 1
    assert kept.report.silenced_cards == ()


def test_a_decision_for_one_organisation_leaves_the_others_alone():
    assert shown(answer(Modes(every=SILENT))) == {}
    assert shown(answer(Modes())) == BOTH
