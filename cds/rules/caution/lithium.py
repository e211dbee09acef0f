"""Lithium: baclofen together with lithium, whichever of the two is being ordered.

Not covered: lithium levels, and kidney function, which the renal rules look at.
"""

from __future__ import annotations

from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.rules._interaction import beside_baclofen, together
from cds.rules.finding import Finding, Indicator

RULE = "Lithium"
CLASSES = ("lithium",)


def check(chart: Chart, knowledge: Knowledge) -> Finding | None:  # noqa: ARG001 - the contract names no figure
    """The finding, or None."""
    return together(RULE, Indicator.WARNING, "together", chart, beside_baclofen(chart, *CLASSES))
