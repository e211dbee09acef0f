"""ChecksIncomplete: a part of the record was null, absent, failed or cut off, or an order could not be read.

Names each part, why it is missing, and the checks that did not run because of it. Renal results, weight and birth date have rules of
their own (RenalUnknown, PediatricWeightUnknown, AgeUnknown).
"""

from __future__ import annotations

from cds.chart.model import Chart, MissingData
from cds.knowledge import Knowledge
from cds.rules.finding import Finding, Indicator

RULE = "ChecksIncomplete"


def check(chart: Chart, knowledge: Knowledge) -> Finding | None:
    """One line for each missing part."""
    if not chart.missing:
        return None
    lines = tuple(_line(part, knowledge) for part in chart.missing)
    topics = tuple(dict.fromkeys(knowledge.note(f"topic_{part.topic}") for part in chart.missing))
    return Finding(RULE, Indicator.INFO, "incomplete", facts={"parts": lines, "topics": topics})


def _line(part: MissingData, knowledge: Knowledge) -> str:
    checks = [rule.check for rule in knowledge.rules if part.topic in rule.needs]
    said = f"{knowledge.note(f'topic_{part.topic}')}: {part.because}"
    return f"{said}. {knowledge.note('not_checked')} {', '.join(checks)}" if checks else said
