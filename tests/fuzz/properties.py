"""What holds for every answer, whatever was asked."""

from __future__ import annotations

import re
from typing import Any

import jsonschema

from cds.protocol.response import FINDINGS_EXTENSION, SUMMARY_LIMIT
from cds.protocol.schemas import schema

REFUSALS = {400, 413, 415}
ORDER = ["critical", "warning", "info"]
RESPONSE = jsonschema.Draft202012Validator(schema("response"))
MARKUP = re.compile(r"<img|<script|<x|javascript:alert\(1\)\)|\[x\]\(|!\[p\]|(?<!\[)\bhttp://e\.example", re.IGNORECASE)
"""The markup of `tests.fuzz.values`, unescaped."""


def hold(status: int, answer: Any) -> None:
    """Every property of one answer.

    Raises:
        AssertionError: one does not hold; names it.
    """
    if status != 200:
        assert status in REFUSALS, f"answered with {status}"
        assert answer["resourceType"] == "OperationOutcome"
        assert answer["issue"][0]["details"]["text"].strip()
        assert not MARKUP.search(str(answer)), "the refusal repeats markup of the request"
        return
    RESPONSE.validate(answer)
    cards = answer["cards"]
    indicators = [card["indicator"] for card in cards]
    assert indicators == sorted(indicators, key=ORDER.index), "a lesser card comes first"
    assert indicators.count("info") <= 1, "more than one info card"
    leaders = [card["source"]["topic"]["code"] for card in cards]
    assert len(leaders) == len(set(leaders)), "two cards are led by one rule"
    for card in cards:
        _holds_of_a_card(card)


def _holds_of_a_card(card: dict[str, Any]) -> None:
    summary, detail = card["summary"], card["detail"]
    assert len(summary) <= SUMMARY_LIMIT
    assert summary.isprintable(), "a summary of several lines, or with control characters"
    assert all(char.isprintable() or char == "\n" for char in detail), "control characters in a detail"
    found = MARKUP.search(detail)
    assert found is None, f"markup of the request in a detail: {detail[found.start() - 40 : found.end() + 40]!r}"
    assert "(not known)" not in summary + detail, "a text of ours has a hole"
    findings = card["extension"][FINDINGS_EXTENSION]
    worst = min(findings, key=lambda finding: ORDER.index(finding["indicator"]))
    assert worst["indicator"] == card["indicator"], "a card is not as severe as its worst finding"
