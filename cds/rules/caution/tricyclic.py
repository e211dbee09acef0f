"""Tricyclic: baclofen together with a tricyclic antidepressant, whichever of the two is being ordered.

Other sedating antidepressants are CnsDepressant's. Not covered: a tricyclic that was stopped and is still in the body.
"""

from __future__ import annotations

from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.rules._interaction import beside_baclofen, together
from cds.rules.finding import Finding, Indicator

RULE = "Tricyclic"
CLASSES = ("tricyclic",)


def check(chart: Chart, knowledge: Knowledge) -> Finding | None:  # noqa: ARG001 - the contract names no figure
    """The finding, or None."""
    return together(RULE, Indicator.WARNING, "together", chart, beside_baclofen(chart, *CLASSES))
