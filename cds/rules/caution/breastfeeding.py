"""Breastfeeding: it is on the active problem list of a patient for whom baclofen is ordered.

A warning in the US and Canada; info elsewhere, where the product texts find an effect on the infant improbable. Not covered: the dose from
which that no longer holds, which no text gives.
"""

from __future__ import annotations

from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules._conditions import in_force, labels, not_active, on_record
from cds.rules.finding import Finding, Indicator, Silent
from cds.rules.silence import NOTHING_ORDERED

RULE = "Breastfeeding"
WHAT = Phrase("Breastfeeding")
ADVISED_AGAINST = frozenset({"US", "CA"})


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:  # noqa: ARG001 - the contract names no figure
    """The entry on record."""
    if not chart.therapy.checked:
        return NOTHING_ORDERED
    recorded = on_record(chart, "breastfeeding", past=True)
    found = in_force(recorded)
    if not found:
        return not_active(chart, WHAT, recorded)
    facts = {"conditions": labels(found)}
    if chart.jurisdiction.code in ADVISED_AGAINST:
        return Finding(RULE, Indicator.WARNING, "advised_against", facts=facts)
    return Finding(RULE, Indicator.INFO, "low_amounts", facts=facts, references=("eu_smpc",))
