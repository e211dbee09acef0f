"""More than 31 days since the last baclofen prescription on file: the programme asks for monthly visits.

31 days are in time. From 2014-03-17 on; without an earlier prescription it is silent. Not covered: visits without a prescription.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from cds.chart.model import Absent, Chart, Known, Unknown
from cds.knowledge import Knowledge
from cds.rules._common import DAYS
from cds.rules.finding import Finding, Indicator, Measure
from cds.rules.rtu._programme import concerns, programme_notes

RULE = "RtuFollowUp"


def check(chart: Chart, knowledge: Knowledge) -> Finding | None:
    """The finding, or None."""
    if not concerns(chart) or not knowledge.period("rtu.ladder").contains(chart.evaluation_date):
        return None
    match chart.programme.last_prescription:
        case Known(last):
            return _finding(last, chart, knowledge)
        case Absent() | Unknown():
            return None  # a first prescription, or no list to find one in


def _finding(last: date, chart: Chart, knowledge: Knowledge) -> Finding | None:
    days = Fraction((chart.evaluation_date - last).days)
    allowed = knowledge.figure("rtu.follow_up_days", chart.evaluation_date)
    if days <= allowed:
        return None
    return Finding(
        RULE,
        Indicator.INFO,
        "overdue" if knowledge.period("rtu.programme").contains(chart.evaluation_date) else "overdue_after",
        values={"days": Measure(days, DAYS), "maximum": Measure(allowed, DAYS)},
        facts={"last": last},
        notes=programme_notes(chart),
    )
