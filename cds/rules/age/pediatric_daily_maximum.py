"""The whole oral dose of a day of a child against the ceiling of its age.

United Kingdom and France: 40 mg under 8, 60 mg from 8 to under 18. Elsewhere: 40 mg under 2, 60 mg from 2 to under 8, 80 mg from 8 to
under 16. Fires above the ceiling. Of an incomplete birth date the younger end decides. Under 16 this rule stands instead of
OralDailyMaximum; from 16 to under 18 both may speak.

Deliberately not covered: a ceiling per kilogram (PediatricWeightDose), and the higher doses that some centres give children.
"""

from __future__ import annotations

from fractions import Fraction

from cds.chart.model import Chart, Known
from cds.knowledge import Knowledge
from cds.rules._common import MG_PER_DAY, YEARS, notes
from cds.rules._maximum import end_of_bands, pediatric_maximum
from cds.rules.finding import Finding, Indicator, Measure, Silent
from cds.rules.silence import NO_AMOUNT, NOTHING_BY_MOUTH, dose_not_above, not_younger

RULE = "PediatricDailyMaximum"


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    """Critical above the ceiling of the child's age."""
    if not chart.therapy.checked_oral:
        return NOTHING_BY_MOUTH
    total = chart.therapy.total
    if total is None:
        return NO_AMOUNT
    maximum = pediatric_maximum(chart, knowledge)
    if maximum is None or not isinstance(chart.age, Known):
        return not_younger(chart.age, end_of_bands(chart, knowledge))
    if total.value <= maximum:
        return dose_not_above(total, maximum)
    return Finding(
        rule=RULE,
        indicator=Indicator.CRITICAL,
        message="above_maximum",
        values={
            "dailyDose": Measure(total.value, MG_PER_DAY),
            "maximum": Measure(maximum, MG_PER_DAY),
            "age": Measure(Fraction(chart.age.value.low), YEARS),
        },
        notes=notes(chart, dose=total, age=True),
    )
