"""An oral order for a patient on dialysis: avoid.

Fires on dialysis in the record (condition, status or running procedure), at any dose. Intrathecal orders are RenalIntrathecal's. When the
record is opened it fires for oral baclofen on file where dialysis began (else was recorded) after the day of the last order.
Not covered: dialysis without any date when the record is opened; dialysis that only an order or a note tells of; residual renal function.
"""

from __future__ import annotations

from cds.chart.model import ORDER_HOOKS, Absent, Chart, Hook, Known, Problem, Unknown
from cds.knowledge import Knowledge
from cds.rules.finding import Finding, Indicator
from cds.rules.renal._advice import DIALYSIS, advice_facts, advice_notes, situation
from cds.rules.renal._kidneys import kidney_facts, kidney_notes, kidney_values
from cds.rules.renal._last_order import (
    dialysed_then,
    last_order_facts,
    last_order_notes,
    oral_in_question,
)

RULE = "RenalDialysis"
HOOKS: frozenset[Hook] = ORDER_HOOKS | {"patient-view"}


def check(chart: Chart, knowledge: Knowledge) -> Finding | None:
    """The finding, or None."""
    if not oral_in_question(chart) or dialysed_then(chart):
        return None  # nothing by mouth is ordered or on file, or this was so at the last order
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
        facts=kidney_facts(chart)
        | advice_facts(chart, knowledge, DIALYSIS)
        | last_order_facts(chart)
        | {"dialysis": shown_by.name},
        notes=kidney_notes(chart) + advice_notes(chart, knowledge) + last_order_notes(chart),
    )
