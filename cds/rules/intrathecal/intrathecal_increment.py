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
from cds.rules._common import UG_PER_DAY, may_be_below, notes
from cds.rules.finding import Fact, Finding, Indicator, Measure, Value
from cds.rules.intrathecal._pump import HOURS, PERCENT, clock, origin_note, origin_of

RULE = "IntrathecalIncrement"


def check(chart: Chart, knowledge: Knowledge) -> Finding | None:
    """The finding about the worst step, or None."""
    rises = [step for step in chart.intrathecal.steps if step.percent > 0]
    findings = [found for step in rises if (found := _check(step, chart, knowledge))]
    return max(findings, key=lambda finding: finding.indicator, default=None)


def _check(step: PumpStep, chart: Chart, knowledge: Knowledge) -> Finding | None:
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
    return None


def _limit(step: PumpStep, chart: Chart, knowledge: Knowledge, *, child: bool) -> tuple[Fraction, bool]:
    """The largest increase in percent, and whether the age alone decides it."""
    on, spinal = chart.evaluation_date, origin_of(chart) == "spinal"
    if step.refill:
        return knowledge.figure(f"intrathecal.refill.{'spinal' if spinal else 'cerebral'}", on), False
    if spinal and not child:
        return knowledge.figure("intrathecal.titration.spinal", on), False
    return knowledge.figure("intrathecal.titration.cerebral_or_child", on), child
