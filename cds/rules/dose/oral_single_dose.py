"""The largest single oral dose against what the labels give at a time, and against the doses seen in poisoning.

Above 20 mg it is an info, but only where the whole day stays within 80 mg and the regime itself goes no higher: labels that allow
more a day (100 mg in the United Kingdom) need more at a time. From 150 mg it is a warning, from 200 mg critical, in every regime.

Deliberately not covered: several orders that may be taken at the same hour (their hours are rarely written), and the daily dose,
which is OralDailyMaximum's. A daily dose that is only a lower bound proves nothing about 80 mg, so the info stays out then.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules._common import MG, MG_PER_DAY, notes
from cds.rules.finding import Fact, Finding, Indicator, Measure, Silent
from cds.rules.silence import NOTHING_BY_MOUTH, not_above

RULE = "OralSingleDose"

_UNTOLD = Silent(Phrase("No single dose by mouth can be told."))
_PARTLY_TOLD = Phrase("What can be told of single doses, {value}, is not above {usual}; the rest cannot.")
_OPINIONS = Phrase(
    "{value}: below {warning}. {usual} at a time is no line where opinions take the place of a daily maximum."
)
_HIGHER = Phrase(
    "{value}: below {warning}. {usual} at a time is no line where the regime allows {maximum}, more than {within}."
)
_DAY_UNTOLD = Phrase(
    "{value}: below {warning}. Above {usual}, but whether the day stays within {within} cannot be told."
)
_DAY_ABOVE = Phrase("{value}: below {warning}. Above {usual}, but the daily dose of {daily} is above {within} already.")


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    """Info above the usual single dose, warning and critical from the doses of poisoning."""
    largest = _largest(chart)
    if largest is None:
        return _UNTOLD if chart.therapy.checked_oral else NOTHING_BY_MOUTH
    on = chart.evaluation_date
    poisoning = knowledge.figure("dose.single.critical", on)
    if largest >= poisoning:
        return _finding(chart, largest, Indicator.CRITICAL, "critical", {"poisoning": Measure(poisoning, MG)})
    warning = knowledge.figure("dose.single.warning", on)
    if largest >= warning:
        return _finding(chart, largest, Indicator.WARNING, "warning", {"poisoning": Measure(poisoning, MG)})
    usual = knowledge.figure("dose.single.usual", on)
    facts: dict[str, Fact] = {"value": Measure(largest, MG), "usual": Measure(usual, MG)}
    if largest <= usual:
        return not_above(largest, usual, MG) if _all_told(chart) else Silent(_PARTLY_TOLD, facts)
    within = knowledge.figure("dose.single.usual_daily_limit", on)
    facts |= {"warning": Measure(warning, MG), "within": Measure(within, MG_PER_DAY)}
    maximum = chart.regime.warn
    if maximum is None:
        return Silent(_OPINIONS, facts)
    if maximum > within:
        return Silent(_HIGHER, {**facts, "maximum": Measure(maximum, MG_PER_DAY)})
    total = chart.therapy.total
    if total is not None and total.value > within:
        return Silent(_DAY_ABOVE, {**facts, "daily": Measure(total.value, MG_PER_DAY)})
    if total is None or total.at_least:
        return Silent(_DAY_UNTOLD, facts)
    return _finding(chart, largest, Indicator.INFO, "above_usual", {"usual": Measure(usual, MG)})


def _largest(chart: Chart) -> Fraction | None:
    doses = [order.plan.per_dose.high for order in chart.therapy.checked_oral if order.plan.per_dose is not None]
    return max(doses, default=None)


def _all_told(chart: Chart) -> bool:
    plans = [order.plan for order in chart.therapy.checked_oral]
    return all(plan.phases and all(phase.per_dose is not None for phase in plan.phases) for plan in plans)


def _finding(
    chart: Chart, largest: Fraction, indicator: Indicator, message: str, facts: Mapping[str, Measure]
) -> Finding:
    values = {"singleDose": Measure(largest, MG)}
    total = chart.therapy.total
    if total is not None:
        values["dailyDose"] = Measure(total.value, MG_PER_DAY)
    rests_on_regime = indicator is Indicator.INFO
    return Finding(RULE, indicator, message, values, facts, notes(chart, regime=rests_on_regime, dose=total))
