"""Intrathecal baclofen under 4 years, where safety is not established and the body must have room for a pump.

Deliberately not covered: the doses of children (IntrathecalDailyRange, IntrathecalIncrement, IntrathecalTestDose).
"""

from __future__ import annotations

from fractions import Fraction

from cds.chart.model import Chart, Known
from cds.knowledge import Knowledge
from cds.rules._common import YEARS, may_be_below, notes
from cds.rules.finding import Finding, Indicator, Measure, Silent
from cds.rules.silence import NOTHING_INTRATHECAL, not_younger

RULE = "AgeIntrathecal"


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    """Warn of an intrathecal order below the label's age."""
    if not chart.therapy.checked_intrathecal:
        return NOTHING_INTRATHECAL
    youngest = knowledge.figure("age.intrathecal", chart.evaluation_date)
    if not isinstance(chart.age, Known) or not may_be_below(chart.age, youngest):
        return not_younger(chart.age, youngest)
    values = {"age": Measure(Fraction(chart.age.value.low), YEARS)}
    facts = {"youngest": Measure(youngest, YEARS)}
    return Finding(RULE, Indicator.WARNING, "not_established", values, facts, notes(chart, age=True))
