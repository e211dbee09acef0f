"""An oral order at an eGFR below 30: avoid.

At exactly 30 RenalModerate or RenalModerateHighDose speaks. The eGFR is compared unrounded, a comparator is honoured. RenalDialysis
and RenalAcute stand instead where they fire. When the record is opened it fires for oral baclofen on file where the values on the day of the
last order were not below 30, or there were none. Not covered: Cockcroft-Gault below 30 beside an eGFR above it (shown, never compared).
"""

from __future__ import annotations

from cds.chart.model import ORDER_HOOKS, Chart, Hook
from cds.knowledge import Knowledge
from cds.rules.finding import Finding, Indicator, Silent
from cds.rules.renal._advice import SEVERE, advice_facts, advice_notes, situation
from cds.rules.renal._kidneys import (
    band_of,
    egfr_not_below,
    kidney_facts,
    kidney_notes,
    kidney_values,
    no_egfr,
    usable_egfr,
)
from cds.rules.renal._last_order import (
    last_order_facts,
    last_order_notes,
    not_in_question,
    oral_in_question,
    severe_then,
)

RULE = "RenalSevere"
HOOKS: frozenset[Hook] = ORDER_HOOKS | {"patient-view"}


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    """The finding, or why there is none."""
    if not oral_in_question(chart):
        return not_in_question(chart)
    then = severe_then(chart, knowledge)
    if then is not None:
        return then
    egfr = usable_egfr(chart)
    if egfr is None:
        return no_egfr(chart)
    if band_of(egfr, chart, knowledge) != "severe":
        return egfr_not_below(egfr, knowledge.figure("renal.severe", chart.evaluation_date))
    return Finding(
        RULE,
        Indicator.CRITICAL,
        situation(chart, knowledge),
        values=kidney_values(chart),
        facts=kidney_facts(chart) | advice_facts(chart, knowledge, SEVERE) | last_order_facts(chart),
        notes=kidney_notes(chart) + advice_notes(chart, knowledge) + last_order_notes(chart),
    )
