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

from cds.chart.model import Absent, Chart, Known, Unknown
from cds.chart.orders import DoseStep
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules._common import DAYS, MG_PER_DAY, PERCENT, notes
from cds.rules._withdrawal import tolerance_lost
from cds.rules.finding import Fact, Finding, Indicator, Measure, Silent, Value
from cds.rules.silence import NOTHING_BY_MOUTH, cannot_be_told, earlier_unknown

RULE = "TaperTooFast"
BEFORE = Phrase("Dose before this order")

_NOT_LOWERED = Silent(Phrase("The dose is not lowered."))
_SLIP = Silent(Phrase("The order is in micrograms; UnitMismatch says so."))
_RESTART = Phrase("A restart after {gap} without supply, more than {limit}, has to be low.")
_NO_TAPER = Phrase("No taper; largest reduction {change}: not above {step}.")
_NOT_HALVED = Phrase("No taper: {after} after {before} is not below {line}, {share} of it.")
_STEP = Phrase("Largest reduction {change}: not above {step}; {open}.")
_STEPS = Phrase(
    "Largest reduction {change}: not above {step}; {interval} between reductions: not below {least}; {open}."
)
_SLOW = Phrase(
    "Largest reduction {change}: not above {step}; {interval} between reductions: not below {least}; "
    "{length} to zero: not below {limit}."
)
_SLOW_ENOUGH = Phrase(
    "Largest reduction {change}: not above {step}; {interval} between reductions: not below {least}; "
    "{length} to zero: not below {limit}, and {exposure} of use: not above {long}."
)
_EXPOSURE_UNKNOWN = Phrase(
    "Largest reduction {change}: not above {step}; {interval} between reductions: not below {least}; "
    "{length} to zero: not below {limit}, and for how long baclofen was taken is not known."
)
NOT_TO_ZERO = Phrase("it does not come down to zero")
NO_LENGTH = Phrase("how long a phase lasts is not known")


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    """The first limit that the taper breaks: step, interval, length."""
    decreases = chart.therapy.decreases
    if not decreases:
        return _nothing_lowered(chart)
    elsewhere = _said_elsewhere(chart, knowledge)
    if elsewhere is not None:
        return elsewhere
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
        return _no_taper(largest, limit, chart, knowledge)
    intervals = [step.days for step in decreases[1:] if step.days is not None]
    shortest = knowledge.figure("taper.interval", on)
    if intervals and min(intervals) < shortest:
        values["interval"] = Measure(min(intervals), DAYS)
        return Finding(RULE, Indicator.WARNING, "interval", values, {"limit": Measure(shortest, DAYS)}, notes(chart))
    compared: dict[str, Fact] = {"change": Measure(largest, MG_PER_DAY), "step": Measure(limit, MG_PER_DAY)}
    if intervals:
        compared |= {"interval": Measure(min(intervals), DAYS), "least": Measure(shortest, DAYS)}
    if length is None:
        untold = any(step.days is None for step in decreases[1:])
        return Silent(_STEPS if intervals else _STEP, compared | {"open": NO_LENGTH if untold else NOT_TO_ZERO})
    return _held_against_the_calendar(length, compared, values, chart, knowledge)


def _held_against_the_calendar(
    length: Fraction, compared: dict[str, Fact], values: dict[str, Value], chart: Chart, knowledge: Knowledge
) -> Finding | Silent:
    """The days from the first reduction to zero; `compared` and `values` hold what was looked at before."""
    on, exposure = chart.evaluation_date, chart.therapy.exposure
    least, long = knowledge.figure("taper.length", on), knowledge.figure("taper.length_long", on)
    long_use = knowledge.figure("stop.exposure.long", on)
    limits = {"limit": Measure(least, DAYS)}
    if length < least:
        return Finding(RULE, Indicator.WARNING, "length", values, limits, notes(chart))
    compared["length"] = Measure(length, DAYS)
    if length >= long:
        return Silent(_SLOW, compared | {"limit": Measure(long, DAYS)})
    if not isinstance(exposure, Known):
        return Silent(_EXPOSURE_UNKNOWN, compared | limits)
    used = Measure(Fraction(exposure.value), DAYS)
    if exposure.value > long_use:
        values["exposure"] = used
        return Finding(RULE, Indicator.INFO, "long_exposure", values, {"limit": Measure(long, DAYS)}, notes(chart))
    return Silent(_SLOW_ENOUGH, compared | limits | {"exposure": used, "long": Measure(long_use, DAYS)})


def _nothing_lowered(chart: Chart) -> Silent:
    if not chart.therapy.checked_oral:
        return NOTHING_BY_MOUTH
    total = chart.therapy.total
    unknown: Unknown | None
    match chart.therapy.before:
        case Unknown() as before:
            unknown = before
        case Absent():
            unknown = earlier_unknown(chart)
        case Known():  # a lower bound for want of orders on file: one of them may have been of more
            unknown = chart.drugs.missing if total is not None and total.at_least else None
    return _NOT_LOWERED if unknown is None else cannot_be_told(BEFORE, unknown)


def _said_elsewhere(chart: Chart, knowledge: Knowledge) -> Silent | None:
    """A slip of the unit, or the low restart after a gap that RestartAfterGap asks for; None for any other fall."""
    if any(order.plan.has_problem("micrograms-by-mouth") for order in chart.therapy.checked_oral):
        return _SLIP
    gap = tolerance_lost(chart, knowledge) if chart.therapy.decreases[0].first else None
    if gap is None:
        return None
    limit = Measure(knowledge.figure("restart.gap", chart.evaluation_date), DAYS)
    return Silent(_RESTART, {"gap": Measure(Fraction(gap.days), DAYS), "limit": limit})


def _no_taper(largest: Fraction, limit: Fraction, chart: Chart, knowledge: Knowledge) -> Silent:
    """Neither a falling sequence nor a first dose under half, and no large step that halves the dose."""
    if largest <= limit:
        return Silent(_NO_TAPER, {"change": Measure(largest, MG_PER_DAY), "step": Measure(limit, MG_PER_DAY)})
    share = knowledge.figure("taper.new_order_fraction", chart.evaluation_date)
    deepest = min(chart.therapy.decreases, key=lambda step: step.after / step.before)
    return Silent(
        _NOT_HALVED,
        {
            "after": Measure(deepest.after, MG_PER_DAY),
            "before": Measure(deepest.before, MG_PER_DAY),
            "line": Measure(deepest.before * share, MG_PER_DAY),
            "share": Measure(share * 100, PERCENT),
        },
    )


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
