"""Two or more oral baclofen orders that would run at the same time and are not one regimen.

One regimen are the orders of one group, an as-needed order beside a scheduled one, and a renewal; the chart leaves these out. The
order on file may be meant to be replaced: the text says how to say so.

Deliberately not covered: an order on file that the list sent does not hold (ChecksIncomplete), and oral beside intrathecal baclofen
(IntrathecalWithOral).
"""

from __future__ import annotations

from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.rules._common import MG_PER_DAY, notes
from cds.rules.finding import Finding, Indicator, Measure, Value

RULE = "DuplicateOrders"


def check(chart: Chart, knowledge: Knowledge) -> Finding | None:  # noqa: ARG001 - no figure is compared
    """Warn of concurrent oral orders."""
    therapy = chart.therapy
    if not therapy.checked_oral:
        return None  # nothing by mouth is being ordered
    if not therapy.duplicates:
        return None  # one order, or one regimen
    values: dict[str, Value] = {"drugs": tuple(order.product.name for order in therapy.duplicates)}
    facts = {"count": len(therapy.duplicates)}
    if therapy.total is None:
        return Finding(RULE, Indicator.WARNING, "dose_unknown", values, facts, notes(chart))
    values["dailyDose"] = Measure(therapy.total.value, MG_PER_DAY)
    return Finding(RULE, Indicator.WARNING, "concurrent", values, facts, notes(chart, dose=therapy.total))
