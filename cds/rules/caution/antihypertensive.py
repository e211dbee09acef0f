"""Antihypertensive: baclofen together with a drug that lowers blood pressure, whichever of the two is being ordered.

Info; a warning where baclofen is given intrathecally, by the order or by a pump on file. Diuretics count. Not covered: blood pressure
readings; drugs that lower blood pressure as a side effect.
"""

from __future__ import annotations

from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules._interaction import apart, beside_baclofen, still_taken, together
from cds.rules.finding import Finding, Indicator, Silent

RULE = "Antihypertensive"
CLASSES = ("antihypertensive",)
WHAT = Phrase("Drug that lowers blood pressure")


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:  # noqa: ARG001 - the contract names no figure
    """The pair, or what of it is missing."""
    drugs = beside_baclofen(chart, *CLASSES)
    if not drugs:
        return apart(chart, WHAT, *CLASSES)
    if any(order.intrathecal for order in (*chart.therapy.intrathecal, *still_taken(chart))):
        return together(RULE, Indicator.WARNING, "intrathecal", chart, drugs)
    return together(RULE, Indicator.INFO, "together", chart, drugs)
