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
from cds.phrases import Phrase
from cds.rules._common import MG_PER_DAY, YEARS, certainly_below, notes
from cds.rules.finding import Fact, Finding, Indicator, Measure, Silent
from cds.rules.renal._kidneys import egfr_facts
from cds.rules.silence import NOTHING_BY_MOUTH

RULE = "OralDosesPerDay"

A_DAY = "/d"

_AS_NEEDED = Silent(Phrase("By mouth, only doses as needed are ordered."))
_UNTOLD = Silent(Phrase("How many doses a day are ordered by mouth cannot be told."))
_PARTLY_TOLD = Phrase("{times} by one order: not more than {most}. How many are taken together cannot be told.")
_AS_LABELLED = Phrase("{times}: not fewer than {fewest}, not more than {most}.")
_TOGETHER = Phrase("{together} together: not fewer than {fewest}. {times} by one order: not more than {most}.")
_PASSING = Silent(Phrase("The dose is lowered step by step, so that this number of doses a day passes."))
_LOW_DOSE = Phrase("{value}: not above {limit}, up to where the number of doses a day is not judged.")
_DIALYSIS = Phrase("On dialysis the number of doses a day is not judged: {dialysis}.")
_KIDNEYS = Phrase("eGFR {egfr} of {date}: below {limit}, where the number of doses a day is not judged.")
_CHILD = Phrase("The patient is younger than {adult}: the number of doses a day is not judged.")


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    """Inform of fewer than two or more than four scheduled doses a day."""
    counted = _times(chart, knowledge)
    if isinstance(counted, Silent):
        return counted
    message, times = counted
    if chart.therapy.is_taper or any(order.falling for order in chart.therapy.checked_oral):
        return _PASSING
    advised = _low_dose(chart, knowledge) or _kidneys_fail(chart, knowledge)
    if advised is not None:
        return advised  # once a day is the labels' own advice
    adult = knowledge.figure("age.adult", chart.evaluation_date)
    if certainly_below(chart.age, adult):
        return Silent(_CHILD, {"adult": Measure(adult, YEARS)})  # children's doses are divided by weight
    total = chart.therapy.total
    values = {} if total is None else {"dailyDose": Measure(total.value, MG_PER_DAY)}
    facts = {
        "times": times,
        "fewest": knowledge.figure("dose.per_day.minimum", chart.evaluation_date),
        "most": knowledge.figure("dose.per_day.maximum", chart.evaluation_date),
    }
    return Finding(RULE, Indicator.INFO, message, values, facts, notes(chart, dose=total))


def _times(chart: Chart, knowledge: Knowledge) -> tuple[str, Fraction] | Silent:
    """Too many or too few doses a day, and how many."""
    on = chart.evaluation_date
    checked = [order for order in chart.therapy.checked_oral if order.plan.scheduled]
    if not checked:
        return _nothing_scheduled(chart)
    counts = [order.plan.doses_per_day.high for order in checked if order.plan.doses_per_day is not None]
    most = max(counts, default=Fraction(0))
    highest = knowledge.figure("dose.per_day.maximum", on)
    if most > highest:
        return "too_many", most
    regimen = [order.plan.doses_per_day for order in chart.therapy.oral if order.plan.scheduled]
    known = [span.high for span in regimen if span is not None]
    together = sum(known, Fraction(0))
    facts: dict[str, Fact] = {"times": Measure(most, A_DAY), "most": highest}
    if len(known) < len(regimen):
        return Silent(_PARTLY_TOLD, facts) if counts else _UNTOLD
    fewest = knowledge.figure("dose.per_day.minimum", on)
    if together < fewest:
        return "too_few", together
    facts["fewest"] = fewest
    if together == most:
        return Silent(_AS_LABELLED, facts)
    return Silent(_TOGETHER, {**facts, "together": Measure(together, A_DAY)})


def _nothing_scheduled(chart: Chart) -> Silent:
    orders = chart.therapy.checked_oral
    if not orders:
        return NOTHING_BY_MOUTH
    return _AS_NEEDED if all(order.plan.phases for order in orders) else _UNTOLD


def _low_dose(chart: Chart, knowledge: Knowledge) -> Silent | None:
    total = chart.therapy.total
    if total is None or total.at_least:
        return None
    low = knowledge.figure("dose.per_day.low_dose", chart.evaluation_date)
    if total.value > low:
        return None
    return Silent(_LOW_DOSE, {"value": Measure(total.value, MG_PER_DAY), "limit": Measure(low, MG_PER_DAY)})


def _kidneys_fail(chart: Chart, knowledge: Knowledge) -> Silent | None:
    match chart.kidneys.dialysis:
        case Known(dialysis):
            return Silent(_DIALYSIS, {"dialysis": dialysis.name})
        case Absent() | Unknown():
            pass
    line = knowledge.figure("renal.per_day_exempt_egfr", chart.evaluation_date)
    match chart.kidneys.egfr:
        case Known(egfr) if egfr.below(line):
            return Silent(_KIDNEYS, egfr_facts(egfr, line))
        case Known() | Absent() | Unknown():
            return None
