"""The same order on both sides of 24 July 2017: answered differently, and both cards name the text in force."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from cds.evaluation import evaluate
from cds.knowledge import load_knowledge
from cds.protocol.request import decode_request, service_for_hook
from cds.protocol.response import FINDINGS_EXTENSION, Card
from cds.settings import Settings
from fhir_fixtures.expand import expand


def cards_of(day: str, milligrams: int) -> list[Card]:
    """Lioresal for alcohol use disorder, three times a day, as before."""
    order = {"drug": "lioresal", "reason": "alcohol", "mg": milligrams, "times": 3}
    file = [{**order, "authored": "2017-06-30"}]
    case: dict[str, Any] = {"today": day, "country": "FR", "drafts": [{**order, "prior": "old"}], "file": file}
    body = json.dumps(expand(case), default=str).encode()
    now = datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=UTC)
    call = decode_request(body, service_for_hook(body))
    return list(evaluate(call, load_knowledge(), Settings(), now).cards)


def on_amount(cards: list[Card]) -> tuple[set[str], str]:
    """The findings and the words of the card about the amount."""
    for card in cards:
        rules = {finding["rule"] for finding in (card.extension or {})[FINDINGS_EXTENSION]}
        if rules & {"OralDailyMaximum", "RtuSecondOpinion"}:
            return rules, f"{card.summary} {card.detail}"
    return set(), ""


def test_120_mg_on_both_sides() -> None:
    before, words_before = on_amount(cards_of("2017-07-23", 40))
    after, words_after = on_amount(cards_of("2017-07-24", 40))
    assert before == {"RtuSecondOpinion"}
    assert after == {"RtuSecondOpinion", "OralDailyMaximum"}
    assert "Text in force on 23 July 2017: France, alcohol use disorder, RTU 2014." in words_before
    assert "Text in force on 24 July 2017: France, alcohol use disorder, RTU 2017." in words_after


def test_90_mg_meets_the_line_of_80_only_after() -> None:
    assert on_amount(cards_of("2017-07-23", 30)) == (set(), "")
    rules, words = on_amount(cards_of("2017-07-24", 30))
    assert rules == {"OralDailyMaximum"}
    assert "France, alcohol use disorder, RTU 2017" in words
