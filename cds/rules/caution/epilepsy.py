"""Epilepsy: epilepsy or seizures are on the active problem list of a patient for whom baclofen is ordered.

Not covered: past epilepsy; uncontrolled epilepsy as a contraindication of the French programme (RtuContraindication).
"""

from __future__ import annotations

from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules._conditions import in_force, not_active, on_record
from cds.rules.finding import Finding, Indicator, Silent
from cds.rules.silence import NOTHING_ORDERED

RULE = "Epilepsy"
WHAT = Phrase("Epilepsy or seizures")


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:  # noqa: ARG001 - the contract names no figure
    """The condition on record, the first of several."""
    if not chart.therapy.checked:
        return NOTHING_ORDERED
    recorded = on_record(chart, "epilepsy", "refractory_epilepsy", past=True)
    active = in_force(recorded)
    if not active:
        return not_active(chart, WHAT, recorded)
    return Finding(RULE, Indicator.WARNING, "on_record", facts={"condition": active[0].name})
