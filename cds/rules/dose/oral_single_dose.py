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
from cds.rules._common import MG, MG_PER_DAY, notes
from cds.rules.finding import Finding, Indicator, Measure

RULE = "OralSingleDose"


def check(chart: Chart, knowledge: Knowledge) -> Finding | None:
    """Info above the usual single dose, warning and critical from the doses of poisoning."""
    largest = _largest(chart)
    if largest is None:
        return None  # no oral order, or no single dose can be told
    on = chart.evaluation_date
    poisoning = knowledge.figure("dose.single.critical", on)
    if largest >= poisoning:
        return _finding(chart, largest, Indicator.CRITICAL, "critical", {"poisoning": Measure(poisoning, MG)})
    if largest >= knowledge.figure("dose.single.warning", on):
        return _finding(chart, largest, Indicator.WARNING, "warning", {"poisoning": Measure(poisoning, MG)})
    usual = knowledge.figure("dose.single.usual", on)
    if largest <= usual:
        return None  # the labels' own single dose
    within = knowledge.figure("dose.single.usual_daily_limit", on)
    if chart.regime.warn is None or chart.regime.warn > within:
        return None  # a regime that goes higher in the day goes higher at a time
    total = chart.therapy.total
    if total is None or total.at_least or total.value > within:
        return None  # the whole day is above the labels, or may be: OralDailyMaximum and ChecksIncomplete speak
    return _finding(chart, largest, Indicator.INFO, "above_usual", {"usual": Measure(usual, MG)})


def _largest(chart: Chart) -> Fraction | None:
    doses = [order.plan.per_dose.high for order in chart.therapy.checked_oral if order.plan.per_dose is not None]
    return max(doses, default=None)


def _finding(
    chart: Chart, largest: Fraction, indicator: Indicator, message: str, facts: Mapping[str, Measure]
) -> Finding:
    values = {"singleDose": Measure(largest, MG)}
    total = chart.therapy.total
    if total is not None:
        values["dailyDose"] = Measure(total.value, MG_PER_DAY)
    rests_on_regime = indicator is Indicator.INFO
    return Finding(RULE, indicator, message, values, facts, notes(chart, regime=rests_on_regime, dose=total))
