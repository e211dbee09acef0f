"""ChecksIncomplete: a part of the record was null, absent, failed or cut off, or an order could not be read.

Names each part, why it is missing, and the checks of this call that did not run because of it; a part that none of them needs is left out.
Without an order it also says that the use of baclofen cannot be told. At orders, renal results, weight and birth date have rules of their
own (RenalUnknown, PediatricWeightUnknown, AgeUnknown).
"""

from __future__ import annotations

from cds.chart.model import ORDER_HOOKS, Chart, Hook, MissingData
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules.finding import Finding, Indicator, Silent
from cds.rules.registry import all_rules

RULE = "ChecksIncomplete"
HOOKS: frozenset[Hook] = ORDER_HOOKS | {"patient-view", "encounter-start", "encounter-discharge"}
WITHOUT_ORDER = True

_WHOLE = Silent(
    Phrase(
        "Nothing is missing that this rule has to name. Of what else was not sent, the checks that ask for it say so "
        "themselves."
    )
)
_NOT_NEEDED = Phrase("No check of this call needs what is missing: {topics}.")


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    """One line for each missing part."""
    speaking = frozenset(rule.id for rule in all_rules() if rule.speaks(chart))
    lines: list[Phrase] = []
    topics: list[Phrase] = []
    for part in chart.missing:
        checks = tuple(
            Phrase(rule.check) for rule in knowledge.rules if rule.id in speaking and part.topic in rule.needs
        )
        if checks or part.topic == "orders":
            lines.append(_line(part, checks, knowledge))
            topics.append(_topic(part, knowledge))
    if not lines:
        untouched = tuple(dict.fromkeys(_topic(part, knowledge) for part in chart.missing))
        return Silent(_NOT_NEEDED, {"topics": untouched}) if untouched else _WHOLE
    facts = {"parts": tuple(lines), "topics": tuple(dict.fromkeys(topics))}
    return Finding(RULE, Indicator.INFO, "use_unknown" if _use_unknown(chart) else "incomplete", facts=facts)


def _use_unknown(chart: Chart) -> bool:
    """Whether nothing of baclofen is ordered or on file, and the medication lists cannot exclude it."""
    therapy = chart.therapy
    known = therapy.checked or therapy.stops or therapy.taken
    return not known and any(part.topic == "medications" for part in chart.missing)


def _line(part: MissingData, checks: tuple[Phrase, ...], knowledge: Knowledge) -> Phrase:
    said = Phrase("{part}: {because}", part=_topic(part, knowledge), because=part.because)
    if not checks:
        return said
    return Phrase("{said}. Not checked, or only in part: {checks}", said=said, checks=checks)


def _topic(part: MissingData, knowledge: Knowledge) -> Phrase:
    return Phrase(knowledge.note(f"topic_{part.topic}"))
