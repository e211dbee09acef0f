"""Run one rule and hold what it says against its knowledge file."""

from __future__ import annotations

from types import ModuleType

from cds.cards.escaping import plain
from cds.cards.wording import NOT_KNOWN, fill, standard_facts
from cds.chart.model import Chart
from cds.language import catalogue
from cds.rules.finding import Finding
from tests.charts import KNOWLEDGE

SUMMARY_LENGTH = 139


def said(rule: ModuleType, patient: Chart) -> Finding | None:
    """What the rule says; its texts are there, are fed by it, and the summary is short enough."""
    finding = rule.check(patient, KNOWLEDGE)
    if not isinstance(finding, Finding):
        return None
    assert finding.rule == rule.RULE
    message = KNOWLEDGE.rule(rule.RULE).texts[finding.message]
    words = catalogue("en")
    facts = standard_facts(patient, words) | finding.facts | finding.values
    summary, detail = (fill(text, facts, plain, words) for text in (message.summary, message.detail))
    assert len(summary) <= SUMMARY_LENGTH
    assert detail
    assert NOT_KNOWN not in summary + detail
    for note in finding.notes:
        assert KNOWLEDGE.note(note)
    return finding


def level(finding: Finding | None) -> tuple[str, str] | None:
    """Indicator and message, which most tests are about."""
    return None if finding is None else (finding.indicator.code, finding.message)
