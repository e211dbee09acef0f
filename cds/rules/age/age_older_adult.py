"""A start or an increase of oral baclofen at age 65 and over.

An info: older adults fall and become confused more often, and the labels ask for a slower titration. A start or an increase has to be
proven; a stable or falling dose says nothing.

Deliberately not covered: renal function (RenalOlderAdult, RenalUnknown) and the size of the step (OralTitrationGradual).
"""

from __future__ import annotations

from fractions import Fraction

from cds.chart.model import Chart, Known
from cds.knowledge import Knowledge
from cds.rules._common import YEARS, may_be_at_least, notes
from cds.rules.finding import Finding, Indicator, Measure

RULE = "AgeOlderAdult"


def check(chart: Chart, knowledge: Knowledge) -> Finding | None:
    """Inform of a start or an increase in an older adult."""
    if not chart.therapy.checked_oral:
        return None  # nothing by mouth is being ordered
    if not chart.therapy.is_start_or_increase:
        return None  # stable or falling, or it cannot be told
    if not isinstance(chart.age, Known):
        return None  # the age cannot be told (AgeUnknown)
    if not may_be_at_least(chart.age, knowledge.figure("older_adult.age", chart.evaluation_date)):
        return None  # younger
    message = "start" if chart.therapy.is_start else "increase"
    values = {"age": Measure(Fraction(chart.age.value.high), YEARS)}
    return Finding(RULE, Indicator.INFO, message, values, notes=notes(chart, age=True))
