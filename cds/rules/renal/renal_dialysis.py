"""An oral order for a patient on dialysis: avoid.

Fires on dialysis in the record (condition, status or running procedure), at any dose. Intrathecal orders are RenalIntrathecal's. When the
record is opened it fires for oral baclofen on file where dialysis began (else was recorded) after the day of the last order.
Not covered: dialysis without any date when the record is opened; dialysis that only an order or a note tells of; residual renal function.
"""

from __future__ import annotations

from cds.chart.model import ORDER_HOOKS, Absent, Chart, Hook, Known, Problem, Unknown
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules.finding import Finding, Indicator, Silent
from cds.rules.renal._advice import DIALYSIS, advice_facts, advice_notes, situation
from cds.rules.renal._kidneys import kidney_facts, kidney_notes, kidney_values
from cds.rules.renal._last_order import (
    dialysed_then,
    last_order_facts,
    last_order_notes,
    not_in_question,
    oral_in_question,
)

RULE = "RenalDialysis"
HOOKS: frozenset[Hook] = ORDER_HOOKS | {"patient-view"}

_NONE = Silent(Phrase("No current dialysis is on file."))
_UNKNOWN = Phrase("Whether the patient is on dialysis cannot be told: {because}.")


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    """The finding, or why there is none."""
    if not oral_in_question(chart):
        return not_in_question(chart)
    then = dialysed_then(chart)
    if then is not None:
        return then
    match chart.kidneys.dialysis:
        case Known(shown_by):
            return _finding(shown_by, chart, knowledge)
        case Absent():
            return _NONE
        case Unknown(because):
            return Silent(_UNKNOWN, {"because": because})


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
