"""MonoamineOxidaseInhibitor: baclofen together with a monoamine oxidase inhibitor, whichever of the two is being ordered.

Linezolid counts among them. Not covered: the two weeks after an irreversible inhibitor was stopped.
"""

from __future__ import annotations

from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.rules._interaction import beside_baclofen, together
from cds.rules.finding import Finding, Indicator

RULE = "MonoamineOxidaseInhibitor"
CLASSES = ("maoi",)


def check(chart: Chart, knowledge: Knowledge) -> Finding | None:  # noqa: ARG001 - the contract names no figure
    """The finding, or None."""
    return together(RULE, Indicator.WARNING, "together", chart, beside_baclofen(chart, *CLASSES))
