"""AlcoholUse: current alcohol use in a patient for whom baclofen is ordered for something else.

An active alcohol use disorder, or drinks a day above zero in the newest social-history entry. Alcohol use disorder as the indication is
dealt with by its own rules and is not said again. Not covered: a history of drinking that is over, and alcohol in medicines.
"""

from __future__ import annotations

from cds.chart.model import Absent, Chart, Known, Unknown
from cds.knowledge import Knowledge
from cds.rules._conditions import labels, on_record
from cds.rules.finding import Finding, Indicator

RULE = "AlcoholUse"


def check(chart: Chart, knowledge: Knowledge) -> Finding | None:  # noqa: ARG001 - the contract names no figure
    """What is on record; a problem list that was not sent is said by ChecksIncomplete."""
    if not chart.therapy.checked or chart.indication.alcohol_on_order:
        return None
    found = on_record(chart, "alcohol_use_disorder")
    if found:
        return Finding(RULE, Indicator.INFO, "disorder", facts={"conditions": labels(found)})
    match chart.alcohol_use:
        case Known(drinks) if drinks > 0:
            return Finding(RULE, Indicator.INFO, "drinks", facts={"drinks": drinks})
        case Known() | Absent() | Unknown():
            return None
