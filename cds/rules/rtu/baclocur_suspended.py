"""Baclocur 10, 20 or 40 mg while its marketing authorisation was suspended (2020-06-17 to 2020-11-24).

Baclocur 30 mg was never suspended, and a strength that cannot be told is left alone. An order in France without any indication counts:
Baclocur is authorised for alcohol use disorder only. Not covered: stocks already dispensed.
"""

from __future__ import annotations

from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.rules.finding import Finding, Indicator
from cds.rules.rtu._programme import concerns

RULE = "BaclocurSuspended"


def check(chart: Chart, knowledge: Knowledge) -> Finding | None:
    """The finding, or None."""
    if not knowledge.period("baclocur.suspension").contains(chart.evaluation_date):
        return None
    unsaid = chart.jurisdiction.code == "FR" and not chart.indication.kinds
    if not (concerns(chart) or unsaid):
        return None
    spared = knowledge.figure("baclocur.not_suspended_strength", chart.evaluation_date)
    suspended = tuple(
        order.product.name
        for order in chart.therapy.checked_oral
        if order.product.baclocur and order.product.strength_mg not in (None, spared)
    )
    if not suspended:
        return None
    return Finding(RULE, Indicator.WARNING, "suspended", facts={"products": suspended})
