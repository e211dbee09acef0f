"""BaclofenAllergy: an allergy or intolerance to baclofen is on record for a patient for whom baclofen is ordered.

Refuted entries and entries recorded as resolved are none; inactive ones count. Not covered: excipients (wheat has WheatAllergy), and a
reaction that stands on the problem list or in a note only.
"""

from __future__ import annotations

from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.rules._conditions import allergic_to, labels
from cds.rules.finding import Finding, Indicator

RULE = "BaclofenAllergy"


def check(chart: Chart, knowledge: Knowledge) -> Finding | None:  # noqa: ARG001 - the contract names no figure
    """The allergy on record; a list that was not sent is said by ChecksIncomplete."""
    found = allergic_to(chart, "baclofen_allergy")
    if not (chart.therapy.checked and found):
        return None
    return Finding(RULE, Indicator.CRITICAL, "on_record", facts={"allergies": labels(found)})
