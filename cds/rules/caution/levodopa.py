"""Levodopa: baclofen together with levodopa, whichever of the two is being ordered.

Not covered: dopamine agonists. Parkinson disease as the reason for baclofen is IndicationNotRecommended's.
"""

from __future__ import annotations

from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.rules._interaction import beside_baclofen, together
from cds.rules.finding import Finding, Indicator

RULE = "Levodopa"
CLASSES = ("levodopa",)


def check(chart: Chart, knowledge: Knowledge) -> Finding | None:  # noqa: ARG001 - the contract names no figure
    """The finding, or None."""
    return together(RULE, Indicator.WARNING, "together", chart, beside_baclofen(chart, *CLASSES))
