"""An oral order for a patient on dialysis: avoid.

Fires on dialysis in the record (condition, status or running procedure), at any dose. Intrathecal orders are RenalIntrathecal's.
Not covered: dialysis that only an order or a note tells of; residual renal function.
"""

from __future__ import annotations

from cds.chart.model import Absent, Chart, Known, Problem, Unknown
from cds.knowledge import Knowledge
from cds.rules.finding import Finding, Indicator
from cds.rules.renal._advice import DIALYSIS, advice_facts, advice_notes, situation
from cds.rules.renal._kidneys import kidney_facts, kidney_notes, kidney_values

RULE = "RenalDialysis"


def check(chart: Chart, knowledge: Knowledge) -> Finding | None:
    """The finding, or None."""
    if not chart.therapy.checked_oral:
        return None  # nothing by mouth is ordered
    match chart.kidneys.dialysis:
        case Known(shown_by):
            return _finding(shown_by, chart, knowledge)
        case Absent() | Unknown():
            return None  # ChecksIncomplete says what was not sent


def _finding(shown_by: Problem, chart: Chart, knowledge: Knowledge) -> Finding:
    return Finding(
        RULE,
        Indicator.CRITICAL,
        situation(chart, knowledge),
        values=kidney_values(chart),
        facts=kidney_facts(chart) | advice_facts(chart, knowledge, DIALYSIS) | {"dialysis": shown_by.name},
        notes=kidney_notes(chart) + advice_notes(chart, knowledge),
    )
