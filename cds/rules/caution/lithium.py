"""Lithium: baclofen together with lithium, whichever of the two is being ordered.

Not covered: lithium levels, and kidney function, which the renal rules look at.
"""

from __future__ import annotations

from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules._interaction import apart, beside_baclofen, together
from cds.rules.finding import Finding, Indicator, Silent

RULE = "Lithium"
CLASSES = ("lithium",)
WHAT = Phrase("Lithium")


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:  # noqa: ARG001 - the contract names no figure
    """The pair, or what of it is missing."""
    drugs = beside_baclofen(chart, *CLASSES)
    return together(RULE, Indicator.WARNING, "together", chart, drugs) if drugs else apart(chart, WHAT, *CLASSES)
