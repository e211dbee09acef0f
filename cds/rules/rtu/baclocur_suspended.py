"""Baclocur 10, 20 or 40 mg while its marketing authorisation was suspended (2020-06-17 to 2020-11-24).

Baclocur 30 mg was never suspended, and a strength that cannot be told is left alone. An order in France without any indication counts:
Baclocur is authorised for alcohol use disorder only. Not covered: stocks already dispensed.
"""

from __future__ import annotations

from fractions import Fraction

from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules._common import MG
from cds.rules.finding import Finding, Indicator, Measure, Silent
from cds.rules.rtu._programme import unconcerned
from cds.rules.silence import NOTHING_BY_MOUTH, not_in_period

RULE = "BaclocurSuspended"

_NO_BACLOCUR = Silent(Phrase("No Baclocur is being ordered."))
_STRENGTH_UNKNOWN = Phrase("The strength cannot be told of {products}.")
_SPARED = Phrase("Baclocur of {strength} was never suspended.")


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    """The finding, or why there is none."""
    unsaid = chart.jurisdiction.code == "FR" and not chart.indication.kinds
    elsewhere = None if unsaid else unconcerned(chart)
    if elsewhere is not None:
        return elsewhere
    suspension = knowledge.period("baclocur.suspension")
    if not suspension.contains(chart.evaluation_date):
        return not_in_period(suspension, chart.evaluation_date)
    spared = knowledge.figure("baclocur.not_suspended_strength", chart.evaluation_date)
    suspended = tuple(
        order.product.name
        for order in chart.therapy.checked_oral
        if order.product.baclocur and order.product.strength_mg not in (None, spared)
    )
    if not suspended:
        return _not_suspended(chart, spared)
    return Finding(RULE, Indicator.WARNING, "suspended", facts={"products": suspended})


def _not_suspended(chart: Chart, spared: Fraction) -> Silent:
    if not chart.therapy.checked_oral:
        return NOTHING_BY_MOUTH
    products = [order.product for order in chart.therapy.checked_oral if order.product.baclocur]
    if not products:
        return _NO_BACLOCUR
    untold = tuple(product.name for product in products if product.strength_mg is None)
    return (
        Silent(_STRENGTH_UNKNOWN, {"products": untold})
        if untold
        else Silent(_SPARED, {"strength": Measure(spared, MG)})
    )
