"""Tablets for a child who is too light for them (United Kingdom, France).

Fires under 18 years and under 33 kg; the labels ask for a liquid then. A weight older than 90 days is not used: PediatricWeightUnknown
speaks. What is ordered in pieces counts as tablets where the product does not tell its form.

Deliberately not covered: whether the child can swallow tablets, and other countries, whose labels do not say so.
"""

from __future__ import annotations

from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.rules._common import KG, may_be_below, notes
from cds.rules._maximum import BRITISH_OR_FRENCH
from cds.rules.age._weight import fresh_weight
from cds.rules.finding import Finding, Indicator, Measure

RULE = "PediatricTablet"


def check(chart: Chart, knowledge: Knowledge) -> Finding | None:
    """Warn of tablets below the label's weight."""
    on = chart.evaluation_date
    if not any(order.tablets for order in chart.therapy.checked_oral):
        return None  # no tablets, or the form cannot be told
    if chart.jurisdiction.code not in BRITISH_OR_FRENCH:
        return None  # labels elsewhere do not say so
    if not may_be_below(chart.age, knowledge.figure("age.adult", on)):
        return None  # an adult, or the age cannot be told (AgeUnknown)
    weight = fresh_weight(chart, knowledge)
    if weight is None:
        return None  # PediatricWeightUnknown
    lightest = knowledge.figure("pediatric.tablet_weight", on)
    if weight.kg >= lightest:
        return None  # heavy enough
    values = {"weight": Measure(weight.kg, KG)}
    facts = {"lightest": Measure(lightest, KG)}
    return Finding(RULE, Indicator.WARNING, "too_light", values, facts, notes(chart, age=True))
