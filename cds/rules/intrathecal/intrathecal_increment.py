"""An increase of the pump's dose that is too large or too soon.

In titration (the programme changes, nothing is filled in): warning above 30 % for an adult with spasticity of spinal origin, above 15 % for
cerebral origin and under 18 years, and less than 24 h after the dose before; critical above 40 %. At a refill: warning above 40 % for spinal
and 20 % for cerebral origin. Where the origin is not known the stricter figure counts, and a note says so. Every step of a sequence is
looked at. The figures themselves are silent.

Silent where no dose before is on file. An interval that is known by the day only counts as too short on the same day alone. Not covered:
programmes that vary over the day.
"""

from __future__ import annotations

from fractions import Fraction

from cds.chart.intrathecal import PumpStep
from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules._common import HOURS, PERCENT, UG_PER_DAY, clock, may_be_below, notes
from cds.rules.finding import Fact, Finding, Indicator, Measure, Silent, Value
from cds.rules.intrathecal._pump import no_change, origin_note, origin_of

RULE = "IntrathecalIncrement"

_LOWERED = Phrase("The 24-hour dose is not raised: {before}, then {dailyDose}.")
_REFILL = Phrase("{before}, then {dailyDose} at a refill: {change} more, not above {step}.")
_TITRATION = Phrase("{before}, then {dailyDose}: {change} more, not above {step}; {after} later, not below {least}.")
_BY_DAY = Phrase("{before}, then {dailyDose}: {change} more, not above {step}; not on the same day.")
_HOURS_UNKNOWN = Phrase(
    "{before}, then {dailyDose}: {change} more, not above {step}; how long the dose before was in effect is not known."
)


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    """The finding about the worst step; without one the largest step is told."""
    steps = chart.intrathecal.steps
    if not steps:
        return no_change(chart)
    said = {step: _check(step, chart, knowledge) for step in steps if step.percent > 0}
    findings = [one for one in said.values() if isinstance(one, Finding)]
    if findings:
        return max(findings, key=lambda finding: finding.indicator)
    largest = max(steps, key=lambda step: step.percent)
    return said.get(largest) or Silent(
        _LOWERED, {"before": Measure(largest.before, UG_PER_DAY), "dailyDose": Measure(largest.after, UG_PER_DAY)}
    )


def _check(step: PumpStep, chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    on = chart.evaluation_date
    child = may_be_below(chart.age, knowledge.figure("age.adult", on))
    limit, by_age = _limit(step, chart, knowledge, child=child)
    least = knowledge.figure("intrathecal.titration.interval", on)
    values: dict[str, Value] = {
        "dailyDose": Measure(step.after, UG_PER_DAY),
        "change": Measure(step.percent, PERCENT),
        "step": Measure(limit, PERCENT),
    }
    facts: dict[str, Fact] = {"before": Measure(step.before, UG_PER_DAY), "least": Measure(least, HOURS)}
    if step.hours is not None and step.exact:
        values["interval"] = Measure(step.hours, HOURS)
        facts["after"] = clock(step.hours)
    shared = notes(chart, age=by_age) + (() if by_age else origin_note(chart))
    if not step.refill and step.percent > knowledge.figure("intrathecal.titration.critical", on):
        return Finding(RULE, Indicator.CRITICAL, "far_too_large", values, facts, shared)
    if step.percent > limit:
        message = "refill_too_large" if step.refill else "too_large"
        return Finding(RULE, Indicator.WARNING, message, values, facts, shared)
    if not step.refill and step.hours is not None and step.hours < least:
        return Finding(RULE, Indicator.WARNING, "too_early" if step.exact else "same_day", values, facts)
    return Silent(_within(step), facts | values)


def _within(step: PumpStep) -> Phrase:
    """What was held against its line, the interval only in a titration and as exactly as it is known."""
    if step.refill:
        return _REFILL
    if step.hours is None:
        return _HOURS_UNKNOWN
    return _TITRATION if step.exact else _BY_DAY


def _limit(step: PumpStep, chart: Chart, knowledge: Knowledge, *, child: bool) -> tuple[Fraction, bool]:
    """The largest increase in percent, and whether the age alone decides it."""
    on, spinal = chart.evaluation_date, origin_of(chart) == "spinal"
    if step.refill:
        return knowledge.figure(f"intrathecal.refill.{'spinal' if spinal else 'cerebral'}", on), False
    if spinal and not child:
        return knowledge.figure("intrathecal.titration.spinal", on), False
    return knowledge.figure("intrathecal.titration.cerebral_or_child", on), child
