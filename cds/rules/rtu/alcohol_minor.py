"""Baclofen for alcohol use disorder in France under 18 years, at every date.

Silent on the 18th birthday. An incomplete birth date fires where either end is under age, and says so; without any, AgeUnknown speaks.
Not covered: alcohol use disorder outside France.
"""

from __future__ import annotations

from fractions import Fraction

from cds.chart.model import Absent, AgeRange, Chart, Known, Unknown
from cds.knowledge import Knowledge
from cds.rules._common import YEARS, notes
from cds.rules.finding import Finding, Indicator, Measure
from cds.rules.rtu._programme import concerns

RULE = "AlcoholMinor"


def check(chart: Chart, knowledge: Knowledge) -> Finding | None:
    """The finding, or None."""
    if not concerns(chart):
        return None
    match chart.age:
        case Known(age):
            return _finding(age, chart, knowledge)
        case Absent() | Unknown():
            return None  # AgeUnknown says so


def _finding(age: AgeRange, chart: Chart, knowledge: Knowledge) -> Finding | None:
    if not age.below(knowledge.figure("age.adult", chart.evaluation_date)):
        return None
    return Finding(
        RULE,
        Indicator.CRITICAL,
        "minor",
        values={"age": Measure(Fraction(age.low), YEARS)},
        notes=notes(chart, age=True),
    )
