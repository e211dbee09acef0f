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


def answer(modes: Modes) -> Answer:
    case = {"drafts": [{"mg": 30, "times": 3, "prior": "old"}], "file": [{"mg": 30, "times": 3, "authored": "-20d"}]}
    content = json.dumps(expand({**case, "conditions": ["epilepsy"]}), default=str).encode()
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


def test_a_decision_for_one_organisation_leaves_the_others_alone():
    assert shown(answer(Modes(every=SILENT))) == {}
    assert shown(answer(Modes())) == BOTH
