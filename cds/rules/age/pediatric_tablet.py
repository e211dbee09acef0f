"""Tablets for a child who is too light for them (United Kingdom, France).

Fires under 18 years and under 33 kg; the labels ask for a liquid then. A weight older than 90 days is not used: PediatricWeightUnknown
speaks. What is ordered in pieces counts as tablets where the product does not tell its form.

Deliberately not covered: whether the child can swallow tablets, and other countries, whose labels do not say so.
"""

from __future__ import annotations

from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules._common import KG, may_be_below, notes
from cds.rules._maximum import BRITISH_OR_FRENCH
from cds.rules.age._weight import elsewhere, fresh_weight, no_fresh_weight
from cds.rules.finding import Finding, Indicator, Measure, Silent
from cds.rules.silence import NOTHING_BY_MOUTH, not_below, not_younger

RULE = "PediatricTablet"

_NO_TABLETS = Silent(Phrase("What is ordered by mouth are no tablets."))
_FORM_UNKNOWN = Silent(Phrase("Whether tablets are ordered cannot be told: a product does not tell its form."))


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    """Warn of tablets below the label's weight."""
    on = chart.evaluation_date
    if not any(order.tablets for order in chart.therapy.checked_oral):
        return _no_tablets(chart)
    if chart.jurisdiction.code not in BRITISH_OR_FRENCH:
        return elsewhere(chart.jurisdiction.code)
    adult = knowledge.figure("age.adult", on)
    if not may_be_below(chart.age, adult):
        return not_younger(chart.age, adult)
    weight = fresh_weight(chart, knowledge)
    if weight is None:
        return no_fresh_weight(chart, knowledge)
    lightest = knowledge.figure("pediatric.tablet_weight", on)
    if weight.kg >= lightest:
        return not_below(weight.kg, lightest, KG)
    values = {"weight": Measure(weight.kg, KG)}
    facts = {"lightest": Measure(lightest, KG)}
    return Finding(RULE, Indicator.WARNING, "too_light", values, facts, notes(chart, age=True))


def _no_tablets(chart: Chart) -> Silent:
    orders = chart.therapy.checked_oral
    if not orders:
        return NOTHING_BY_MOUTH
    return _FORM_UNKNOWN if any(order.product.form == "unknown" for order in orders) else _NO_TABLETS
