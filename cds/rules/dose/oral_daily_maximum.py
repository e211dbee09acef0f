"""The whole oral dose of a day against the highest dose that the regime names.

Above the regime's first figure it is a warning, above its second one critical; at a figure it is silent. A lower bound that lies
above a figure is above it. A regime with a ladder of opinions in place of the first figure (France 2014) has only the second.

Under 16 PediatricDailyMaximum stands instead; an age that cannot be told is taken for an adult's. Deliberately not covered: a dose
agreed with a specialist (the service sees no such agreement outside the French programme) and the intrathecal dose, which is never
added to the oral one.
"""

from __future__ import annotations

from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules._common import MG_PER_DAY, YEARS, certainly_below, may_be_below, notes
from cds.rules.finding import Finding, Indicator, Measure, Silent
from cds.rules.silence import NO_AMOUNT, NOTHING_BY_MOUTH, dose_not_above

RULE = "OralDailyMaximum"

_CHILD = Phrase("The patient is younger than {adult}: PediatricDailyMaximum stands instead.")


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    """Warn above the regime's first figure, critical above its second."""
    if not chart.therapy.checked_oral:
        return NOTHING_BY_MOUTH
    total = chart.therapy.total
    if total is None:
        return NO_AMOUNT
    adult = knowledge.figure("age.daily_maximum_adult", chart.evaluation_date)
    if certainly_below(chart.age, adult):
        return Silent(_CHILD, {"adult": Measure(adult, YEARS)})
    regime = chart.regime
    message: str
    if total.value > regime.critical:
        figure, indicator, message = regime.critical, Indicator.CRITICAL, regime.critical_meaning
    elif regime.warn is not None and total.value > regime.warn:
        figure, indicator, message = regime.warn, Indicator.WARNING, regime.warn_meaning
    else:
        return dose_not_above(total, regime.critical if regime.warn is None else regime.warn)
    return Finding(
        rule=RULE,
        indicator=indicator,
        message=message,
        values={"dailyDose": Measure(total.value, MG_PER_DAY), "maximum": Measure(figure, MG_PER_DAY)},
        facts={} if regime.warn is None else {"first": Measure(regime.warn, MG_PER_DAY)},
        notes=notes(chart, regime=True, dose=total, age=may_be_below(chart.age, adult)),
        references=regime.references,
    )
