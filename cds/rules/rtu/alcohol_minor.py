"""Baclofen for alcohol use disorder in France under 18 years, at every date.

Silent on the 18th birthday. An incomplete birth date fires where either end is under age, and says so; without any, AgeUnknown speaks.
Not covered: alcohol use disorder outside France.
"""

from __future__ import annotations

from fractions import Fraction

from cds.chart.model import Chart, Known
from cds.knowledge import Knowledge
from cds.rules._common import YEARS, may_be_below, notes
from cds.rules.finding import Finding, Indicator, Measure, Silent
from cds.rules.rtu._programme import unconcerned
from cds.rules.silence import not_younger

RULE = "AlcoholMinor"


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    """The finding, or why there is none."""
    elsewhere = unconcerned(chart)
    if elsewhere is not None:
        return elsewhere
    adult = knowledge.figure("age.adult", chart.evaluation_date)
    if not isinstance(chart.age, Known) or not may_be_below(chart.age, adult):
        return not_younger(chart.age, adult)
    return Finding(
        RULE,
        Indicator.CRITICAL,
        "minor",
        values={"age": Measure(Fraction(chart.age.value.low), YEARS)},
        notes=notes(chart, age=True),
    )
