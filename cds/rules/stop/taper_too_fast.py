"""TaperTooFast: a falling sequence, or a new order at less than half the earlier dose, comes down too fast.

A warning where one step is above 15 mg/day, two reductions lie under 2 days apart, or zero comes under 7 days after the first reduction;
after more than 60 days of exposure, under 14 days to zero is an info. The length runs from the first reduction to the first day at zero.
At the limits (15 mg, 2 days, 7 days, 14 days) it is silent. A sequence that falls under half its dose at once and rises again is held against
the step alone.

Silent at a restart after a gap of more than 2 days, which has to be low, and for an order in micrograms: UnitMismatch says that mistake.

Not covered: a single order at half the earlier dose or more, which says nothing of what follows.
"""

from __future__ import annotations

from fractions import Fraction

from cds.chart.model import Chart, Known
from cds.chart.orders import DoseStep
from cds.knowledge import Knowledge
from cds.rules._common import DAYS, MG_PER_DAY, notes
from cds.rules._withdrawal import tolerance_lost
from cds.rules.finding import Finding, Indicator, Measure, Value

RULE = "TaperTooFast"


def check(chart: Chart, knowledge: Knowledge) -> Finding | None:
    """The first limit that the taper breaks: step, interval, length."""
    decreases = chart.therapy.decreases
    if not decreases or _said_elsewhere(chart, knowledge):
        return None
    on = chart.evaluation_date
    before, length = decreases[0].before, _length(chart, decreases)
    largest = max(-step.change for step in decreases)
    values: dict[str, Value] = {"change": Measure(largest, MG_PER_DAY), "dailyDose": Measure(before, MG_PER_DAY)}
    if length is not None:
        values["days"] = Measure(length, DAYS)
    limit = knowledge.figure("taper.step", on)
    taper = _is_taper(chart, knowledge)
    if largest > limit and (taper or _plunges(chart, knowledge)):
        values["step"] = Measure(limit, MG_PER_DAY)
        least = {"least": Measure(knowledge.figure("taper.interval", on), DAYS)}
        return Finding(RULE, Indicator.WARNING, "step", values, least, notes(chart))
    if not taper:
        return None
    intervals = [step.days for step in decreases[1:] if step.days is not None]
    shortest = knowledge.figure("taper.interval", on)
    if intervals and min(intervals) < shortest:
        values["interval"] = Measure(min(intervals), DAYS)
        return Finding(RULE, Indicator.WARNING, "interval", values, {"limit": Measure(shortest, DAYS)}, notes(chart))
    if length is None:
        return None
    if length < knowledge.figure("taper.length", on):
        limits = {"limit": Measure(knowledge.figure("taper.length", on), DAYS)}
        return Finding(RULE, Indicator.WARNING, "length", values, limits, notes(chart))
    exposure = chart.therapy.exposure
    long = knowledge.figure("taper.length_long", on)
    if isinstance(exposure, Known) and exposure.value > knowledge.figure("stop.exposure.long", on) and length < long:
        values["exposure"] = Measure(Fraction(exposure.value), DAYS)
        return Finding(RULE, Indicator.INFO, "long_exposure", values, {"limit": Measure(long, DAYS)}, notes(chart))
    return None


def _said_elsewhere(chart: Chart, knowledge: Knowledge) -> bool:
    """Whether the fall is a slip of the unit, or the low restart after a gap that RestartAfterGap asks for."""
    slip = any(order.plan.has_problem("micrograms-by-mouth") for order in chart.therapy.checked_oral)
    return slip or (chart.therapy.decreases[0].first and tolerance_lost(chart, knowledge) is not None)


def _plunges(chart: Chart, knowledge: Knowledge) -> bool:
    """Whether a sequence falls at some point under half its dose at once, even where it rises again."""
    fraction = knowledge.figure("taper.new_order_fraction", chart.evaluation_date)
    return any(step.after < step.before * fraction for step in chart.therapy.decreases)


def _is_taper(chart: Chart, knowledge: Knowledge) -> bool:
    """A falling sequence, or a first dose under half the earlier one."""
    if chart.therapy.reaches_zero or any(order.falling for order in chart.therapy.checked_oral):
        return True
    first = chart.therapy.decreases[0]
    fraction = knowledge.figure("taper.new_order_fraction", chart.evaluation_date)
    return first.first and first.after < first.before * fraction


def _length(chart: Chart, decreases: tuple[DoseStep, ...]) -> Fraction | None:
    """Days from the first reduction to zero; None where the sequence does not reach it or a phase has no length."""
    days = [step.days for step in decreases[1:]]
    if not chart.therapy.reaches_zero or any(day is None for day in days):
        return None
    return sum((day for day in days if day is not None), Fraction(0))
