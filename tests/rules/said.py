"""Run one rule and hold what it says against its knowledge file."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

from cds.cards.escaping import plain
from cds.cards.wording import NOT_KNOWN, fill, standard_facts
from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.language import catalogue
from cds.rules.finding import Finding, Silent
from cds.rules.registry import Check
from tests.charts import KNOWLEDGE

SUMMARY_LENGTH = 139


def said(rule: ModuleType, patient: Chart) -> Finding | None:
    """What the rule says; its texts are there, are fed by it, and the summary is short enough. None where it is silent and says why."""
    finding, words = rule.check(patient, KNOWLEDGE), catalogue("en")
    if isinstance(finding, Silent):
        why = fill(finding.why, finding.facts, plain, words)
        assert why
        assert NOT_KNOWN not in why
        return None
    assert finding.rule == rule.RULE
    message = KNOWLEDGE.rule(rule.RULE).texts[finding.message]
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


def asked(check: Check) -> Callable[[Chart, Knowledge], Finding | None]:
    """A rule's check for tests of what it finds: None where it is silent, whatever the reason."""

    def found(patient: Chart, knowledge: Knowledge) -> Finding | None:
        said = check(patient, knowledge)
        return said if isinstance(said, Finding) else None

    return found
