"""A start or an increase of oral baclofen at age 65 and over.

An info: older adults fall and become confused more often, and the labels ask for a slower titration. A start or an increase has to be
proven; a stable or falling dose says nothing.

Deliberately not covered: renal function (RenalOlderAdult, RenalUnknown) and the size of the step (OralTitrationGradual).
"""

from __future__ import annotations

from fractions import Fraction

from cds.chart.model import Chart, Known, Unknown
from cds.knowledge import Knowledge
from cds.rules._common import YEARS, may_be_at_least, notes
from cds.rules.finding import Finding, Indicator, Measure, Silent
from cds.rules.silence import NOTHING_BY_MOUTH, no_increase, no_start, not_older

RULE = "AgeOlderAdult"


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    """Inform of a start or an increase in an older adult."""
    if not chart.therapy.checked_oral:
        return NOTHING_BY_MOUTH
    if not chart.therapy.is_start_or_increase:
        unproven = isinstance(chart.therapy.starts, Unknown)
        return no_start(chart.therapy) if unproven else no_increase(chart)
    older = knowledge.figure("older_adult.age", chart.evaluation_date)
    if not isinstance(chart.age, Known) or not may_be_at_least(chart.age, older):
        return not_older(chart.age, older)
    message = "start" if chart.therapy.is_start else "increase"
    values = {"age": Measure(Fraction(chart.age.value.high), YEARS)}
    return Finding(RULE, Indicator.INFO, message, values, notes=notes(chart, age=True))
