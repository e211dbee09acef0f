"""BaclofenAllergy: an allergy or intolerance to baclofen is on record for a patient for whom baclofen is ordered.

Refuted entries and entries recorded as resolved are none; inactive ones count. Not covered: excipients (wheat has WheatAllergy), and a
reaction that stands on the problem list or in a note only.
"""

from __future__ import annotations

from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules._conditions import allergic_to, labels, no_allergy
from cds.rules.finding import Finding, Indicator, Silent
from cds.rules.silence import NOTHING_ORDERED

RULE = "BaclofenAllergy"
WHAT = Phrase("Hypersensitivity to baclofen")


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:  # noqa: ARG001 - the contract names no figure
    """The allergy on record."""
    if not chart.therapy.checked:
        return NOTHING_ORDERED
    found = allergic_to(chart, "baclofen_allergy")
    if not found:
        return no_allergy(chart, WHAT)
    return Finding(RULE, Indicator.CRITICAL, "on_record", facts={"allergies": labels(found)})
