"""How many scheduled oral doses a day: the labels divide the day's dose into two to four.

Fires below two and above four. Of several orders, each may be too many by itself; too few only where all of them together are, since
their hours may differ. Not where once a day is the labels' own advice (a small daily dose, kidneys that fail, dialysis, a child) or a
passing one (a taper), and not for as-needed doses. An unknown renal function or age is no such reason.

Deliberately not covered: the hours at which the doses are taken.
"""

from __future__ import annotations

from fractions import Fraction

from cds.chart.model import Absent, Chart, Known, Unknown
from cds.knowledge import Knowledge
from cds.rules._common import MG_PER_DAY, certainly_below, notes
from cds.rules.finding import Finding, Indicator, Measure

RULE = "OralDosesPerDay"


def check(chart: Chart, knowledge: Knowledge) -> Finding | None:
    """Inform of fewer than two or more than four scheduled doses a day."""
    counted = _times(chart, knowledge)
    if counted is None:
        return None  # nothing scheduled by mouth, or as often as the labels say, or not to be told
    message, times = counted
    if chart.therapy.is_taper or any(order.falling for order in chart.therapy.checked_oral):
        return None  # a passing schedule
    if _low_dose(chart, knowledge) or _kidneys_fail(chart, knowledge):
        return None  # once a day is the labels' own advice
    if certainly_below(chart.age, knowledge.figure("age.adult", chart.evaluation_date)):
        return None  # children's doses are divided by weight
    total = chart.therapy.total
    values = {} if total is None else {"dailyDose": Measure(total.value, MG_PER_DAY)}
    facts = {
        "times": times,
        "fewest": knowledge.figure("dose.per_day.minimum", chart.evaluation_date),
        "most": knowledge.figure("dose.per_day.maximum", chart.evaluation_date),
    }
    return Finding(RULE, Indicator.INFO, message, values, facts, notes(chart, dose=total))


def _times(chart: Chart, knowledge: Knowledge) -> tuple[str, Fraction] | None:
    """Too many or too few doses a day, and how many."""
    on = chart.evaluation_date
    checked = [order for order in chart.therapy.checked_oral if order.plan.scheduled]
    if not checked:
        return None
    counts = [order.plan.doses_per_day.high for order in checked if order.plan.doses_per_day is not None]
    most = max(counts, default=Fraction(0))
    if most > knowledge.figure("dose.per_day.maximum", on):
        return "too_many", most
    regimen = [order.plan.doses_per_day for order in chart.therapy.oral if order.plan.scheduled]
    known = [span.high for span in regimen if span is not None]
    together = sum(known, Fraction(0))
    if len(known) < len(regimen) or together >= knowledge.figure("dose.per_day.minimum", on):
        return None
    return "too_few", together


def _low_dose(chart: Chart, knowledge: Knowledge) -> bool:
    total = chart.therapy.total
    if total is None or total.at_least:
        return False
    return total.value <= knowledge.figure("dose.per_day.low_dose", chart.evaluation_date)


def _kidneys_fail(chart: Chart, knowledge: Knowledge) -> bool:
    if isinstance(chart.kidneys.dialysis, Known):
        return True
    match chart.kidneys.egfr:
        case Known(egfr):
            return egfr.below(knowledge.figure("renal.per_day_exempt_egfr", chart.evaluation_date))
        case Absent() | Unknown():
            return False
