"""The highest daily oral dose for a patient: a child's band, the regime's figure, or the lower of both."""

from __future__ import annotations

from fractions import Fraction

from cds.chart.model import Absent, AgeRange, Chart, Known, Unknown
from cds.knowledge import Knowledge
from cds.rules._common import certainly_below

BRITISH_OR_FRENCH = frozenset({"UK", "FR"})
"""Where the labels license oral baclofen for children and give figures per kilogram."""

LOCAL_BANDS = ("pediatric.maximum.uk_fr.younger", "pediatric.maximum.uk_fr.older")
OTHER_BANDS = (
    "pediatric.maximum.elsewhere.infant",
    "pediatric.maximum.elsewhere.younger",
    "pediatric.maximum.elsewhere.older",
)
"""From the youngest; each has an age below which it holds, and a dose."""


def pediatric_maximum(chart: Chart, knowledge: Knowledge) -> Fraction | None:
    """The ceiling of the youngest band that the age may lie in; None for an adult and where the age cannot be told.

    Younger bands are lower, so that of an age range the low end decides.
    """
    match chart.age:
        case Known(age):
            return _band(age, chart, knowledge)
        case Absent() | Unknown():
            return None


def end_of_bands(chart: Chart, knowledge: Knowledge) -> Fraction:
    """The age, in years, from which no band holds."""
    return knowledge.figure(f"{_bands(chart)[-1]}.below_age", chart.evaluation_date)


def _bands(chart: Chart) -> tuple[str, ...]:
    return LOCAL_BANDS if chart.jurisdiction.code in BRITISH_OR_FRENCH else OTHER_BANDS


def _band(age: AgeRange, chart: Chart, knowledge: Knowledge) -> Fraction | None:
    on = chart.evaluation_date
    for band in _bands(chart):
        if age.below(knowledge.figure(f"{band}.below_age", on)):
            return knowledge.figure(f"{band}.dose", on)
    return None


def daily_maximum(chart: Chart, knowledge: Knowledge) -> Fraction:
    """The lowest figure that a daily oral dose of this patient must not pass: the child's, the regime's, or both."""
    child = pediatric_maximum(chart, knowledge)
    regime = chart.regime.critical if chart.regime.warn is None else chart.regime.warn
    if child is None:
        return regime
    if certainly_below(chart.age, knowledge.figure("age.daily_maximum_adult", chart.evaluation_date)):
        return child
    return min(child, regime)
