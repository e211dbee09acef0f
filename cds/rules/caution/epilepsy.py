"""Epilepsy: epilepsy or seizures are on the active problem list of a patient for whom baclofen is ordered.

Not covered: past epilepsy; uncontrolled epilepsy as a contraindication of the French programme (RtuContraindication).
"""

from __future__ import annotations

from cds.chart.model import Absent, Chart, Known, Unknown
from cds.knowledge import Knowledge
from cds.rules.finding import Finding, Indicator

RULE = "Epilepsy"


def check(chart: Chart, knowledge: Knowledge) -> Finding | None:  # noqa: ARG001 - the contract names no figure
    """The condition on record; a list that was not sent is said by ChecksIncomplete."""
    if not chart.therapy.checked:
        return None
    match chart.active("epilepsy", "refractory_epilepsy"):
        case Known(problem):
            return Finding(RULE, Indicator.WARNING, "on_record", facts={"condition": problem.name})
        case Absent() | Unknown():
            return None
