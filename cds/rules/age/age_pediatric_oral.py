"""Oral baclofen below the age from which the labels have established it.

Under 12 in the United States, Canada, Germany and wherever no other label is known; under 6 in France. The British label licenses
children of any age, so the rule is silent there.

Deliberately not covered: how much a child may have (PediatricDailyMaximum, PediatricWeightDose), and alcohol use disorder below 18
(AlcoholMinor).
"""

from __future__ import annotations

from fractions import Fraction

from cds.chart.model import Chart, Known
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules._common import YEARS, may_be_below, notes
from cds.rules.finding import Finding, Indicator, Measure, Silent
from cds.rules.silence import NOTHING_BY_MOUTH, not_younger

RULE = "AgePediatricOral"

_BRITISH = Silent(Phrase("The British label licenses baclofen by mouth for children of any age."))


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    """Warn of oral baclofen below the label's age."""
    if not chart.therapy.checked_oral:
        return NOTHING_BY_MOUTH
    if chart.jurisdiction.code == "UK":
        return _BRITISH
    french = chart.jurisdiction.code == "FR"
    youngest = knowledge.figure("age.pediatric_oral_fr" if french else "age.pediatric_oral", chart.evaluation_date)
    if not isinstance(chart.age, Known) or not may_be_below(chart.age, youngest):
        return not_younger(chart.age, youngest)
    return Finding(
        rule=RULE,
        indicator=Indicator.WARNING,
        message="not_indicated" if french else "not_established",
        values={"age": Measure(Fraction(chart.age.value.low), YEARS)},
        facts={"youngest": Measure(youngest, YEARS)},
        notes=notes(chart, age=True),
    )
