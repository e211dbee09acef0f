"""A 24-hour dose outside what pumps have given, or more than twice the dose before.

Info from 1000 µg/day (spinal origin) or above it (cerebral). Warning outside 12 to 2003 (spinal), 22 to 1400 (cerebral) or, under 12 years,
24 to 1199. Critical above 2003 or 1400, or more than twice the dose before. Where the origin is not known the stricter figure of each pair
counts, and a note says so. The ends of a range are inside it.

Silent from 12 mg/day: there a thousandth is a usual dose, so UnitMismatch speaks, once. Boluses are no daily doses.
"""

from __future__ import annotations

from fractions import Fraction

from cds.chart.intrathecal import PumpOrder
from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules._common import UG_PER_DAY, may_be_below, notes
from cds.rules.finding import Fact, Finding, Indicator, Measure, Silent, Value
from cds.rules.intrathecal._pump import (
    DOSE_UNKNOWN,
    first_dose_note,
    gravest,
    no_infusion,
    origin_note,
    origin_of,
    unit_error,
)

RULE = "IntrathecalDailyRange"

_UNIT_ERROR = Phrase(
    "{dailyDose}: not below {threshold}, from where on a unit is taken to be wrong; UnitMismatch says so."
)
_IN_RANGE = Phrase("{dailyDose}: not below {low}, and below {limited}.")
_IN_RANGE_CEREBRAL = Phrase("{dailyDose}: not below {low}, and not above {limited}.")
_AFTER_BEFORE = Phrase("{dailyDose}: not below {low}, below {limited}, and not more than {factor} × {before}.")
_AFTER_BEFORE_CEREBRAL = Phrase(
    "{dailyDose}: not below {low}, not above {limited}, and not more than {factor} × {before}."
)


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    """The finding about the infusion that is furthest out."""
    infusions = chart.intrathecal.infusions
    return gravest([_check(infusion, chart, knowledge) for infusion in infusions]) if infusions else no_infusion(chart)


def _check(infusion: PumpOrder, chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    on, daily = chart.evaluation_date, infusion.daily
    if daily is None:
        return DOSE_UNKNOWN
    error = unit_error(chart, knowledge)
    if daily >= error:
        return Silent(_UNIT_ERROR, {"dailyDose": Measure(daily, UG_PER_DAY), "threshold": Measure(error, UG_PER_DAY)})
    origin = origin_of(chart) or "cerebral"
    child = may_be_below(chart.age, knowledge.figure("unit.intrathecal.child_age", on))
    rows = "child" if child else origin
    low, high = (knowledge.figure(f"unit.intrathecal.{rows}.{end}", on) for end in ("low", "high"))
    ceiling = knowledge.figure(f"unit.intrathecal.{origin}.high", on)
    limited = knowledge.figure("intrathecal.limited_experience", on)
    before = _before(chart)
    by_origin = origin_note(chart) + notes(chart) + first_dose_note(chart)
    by_range = notes(chart, age=True) + first_dose_note(chart) if child else by_origin
    facts: dict[str, Fact] = {"low": Measure(low, UG_PER_DAY), "limited": Measure(limited, UG_PER_DAY)}
    values: dict[str, Value] = {"dailyDose": Measure(daily, UG_PER_DAY), "maximum": Measure(high, UG_PER_DAY)}
    if daily > ceiling:
        values["maximum"] = Measure(ceiling, UG_PER_DAY)
        return Finding(RULE, Indicator.CRITICAL, "far_above", values, facts, by_origin)
    factor = knowledge.figure("intrathecal.jump", on)
    if before and daily > before * factor:
        facts["before"] = Measure(before, UG_PER_DAY)
        return Finding(RULE, Indicator.CRITICAL, "jump", values, facts, notes(chart))
    if daily > high:
        return Finding(RULE, Indicator.WARNING, "above", values, facts, by_range)
    if daily < low:
        return Finding(RULE, Indicator.WARNING, "below", values, facts, by_range)
    cerebral = origin_of(chart) == "cerebral"
    if daily > limited or (daily == limited and not cerebral):
        return Finding(RULE, Indicator.INFO, "limited", values, facts, by_origin)
    if before:
        facts |= {"before": Measure(before, UG_PER_DAY), "factor": factor}
        return Silent(_AFTER_BEFORE_CEREBRAL if cerebral else _AFTER_BEFORE, facts | values)
    return Silent(_IN_RANGE_CEREBRAL if cerebral else _IN_RANGE, facts | values)


def _before(chart: Chart) -> Fraction | None:
    """The 24-hour dose before, where it is on file and can be told."""
    earlier = chart.intrathecal.earlier.entries
    return earlier[0].daily if earlier else None
