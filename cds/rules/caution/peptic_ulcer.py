"""PepticUlcer: a peptic, gastric or duodenal ulcer, present or past, is on record for a patient for whom baclofen is ordered.

A contraindication of the UK text, therefore critical there; a precaution elsewhere. Not covered: gastritis, reflux, bleeding without an ulcer.
"""

from __future__ import annotations

from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.rules._conditions import labels, on_record
from cds.rules.finding import Finding, Indicator

RULE = "PepticUlcer"


def check(chart: Chart, knowledge: Knowledge) -> Finding | None:  # noqa: ARG001 - the contract names no figure
    """The ulcer on record; a list that was not sent is said by ChecksIncomplete."""
    found = on_record(chart, "peptic_ulcer", past=True)
    if not (chart.therapy.checked and found):
        return None
    facts = {"conditions": labels(found)}
    if chart.jurisdiction.code == "UK":
        return Finding(RULE, Indicator.CRITICAL, "contraindicated", facts=facts, references=("uk_smpc",))
    return Finding(RULE, Indicator.INFO, "precaution", facts=facts)
