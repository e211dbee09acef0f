"""What a finding says on its card: for tests that every text can be filled and fits."""

from __future__ import annotations

from cds.cards.build import build_cards
from cds.cards.wording import NOT_KNOWN
from cds.chart.model import Chart
from cds.protocol.response import SUMMARY_LIMIT, Card
from cds.rules.finding import Finding
from tests.charts import KNOWLEDGE


def card_of(finding: Finding | None, chart: Chart) -> Card:
    """The card of one finding alone; its summary was not cut."""
    assert finding is not None
    (card,) = build_cards(chart, [finding], KNOWLEDGE, rules_url="https://example.org/rules", seed="test", key=b"test")
    assert len(card.summary) <= SUMMARY_LIMIT
    assert not card.summary.endswith("…"), card.summary
    assert card.detail is not None
    assert "{" not in card.summary + card.detail
    assert NOT_KNOWN not in card.summary + card.detail
    return card


def rules_on_cards(findings: list[Finding], chart: Chart) -> list[str]:
    """The rules that stay once some stand for others, card by card."""
    cards = build_cards(chart, findings, KNOWLEDGE, rules_url="https://example.org/rules", seed="test", key=b"test")
    return [entry["rule"] for card in cards for entry in card.extension["org.baclofen-cds.findings"]]
