"""PepticUlcer: a peptic, gastric or duodenal ulcer, present or past, is on record for a patient for whom baclofen is ordered.

A contraindication of the UK text, therefore critical there; a precaution elsewhere. Not covered: gastritis, reflux, bleeding without an ulcer.
"""

from __future__ import annotations

from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules._conditions import labels, not_recorded, on_record
from cds.rules.finding import Finding, Indicator, Silent
from cds.rules.silence import NOTHING_ORDERED

RULE = "PepticUlcer"
WHAT = Phrase("Peptic, gastric or duodenal ulcer")


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:  # noqa: ARG001 - the contract names no figure
    """The ulcer on record."""
    if not chart.therapy.checked:
        return NOTHING_ORDERED
    found = on_record(chart, "peptic_ulcer", past=True)
    if not found:
        return not_recorded(chart, WHAT)
    facts = {"conditions": labels(found)}
    if chart.jurisdiction.code == "UK":
        return Finding(RULE, Indicator.CRITICAL, "contraindicated", facts=facts, references=("uk_smpc",))
    return Finding(RULE, Indicator.INFO, "precaution", facts=facts)
