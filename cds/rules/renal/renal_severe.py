"""An oral order at an eGFR below 30: avoid.

At exactly 30 RenalModerate or RenalModerateHighDose speaks. The eGFR is compared unrounded, a comparator is honoured. RenalDialysis
and RenalAcute stand instead where they fire. Not covered: Cockcroft-Gault below 30 beside an eGFR above it (shown, never compared).
"""

from __future__ import annotations

from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.rules.finding import Finding, Indicator
from cds.rules.renal._advice import SEVERE, advice_facts, advice_notes, situation
from cds.rules.renal._kidneys import band_of, kidney_facts, kidney_notes, kidney_values, usable_egfr

RULE = "RenalSevere"


def check(chart: Chart, knowledge: Knowledge) -> Finding | None:
    """The finding, or None."""
    if not chart.therapy.checked_oral:
        return None  # nothing by mouth is ordered
    egfr = usable_egfr(chart)
    if egfr is None:
        return None  # RenalUnknown says so
    if band_of(egfr, chart, knowledge) != "severe":
        return None
    return Finding(
        RULE,
        Indicator.CRITICAL,
        situation(chart, knowledge),
        values=kidney_values(chart),
        facts=kidney_facts(chart) | advice_facts(chart, knowledge, SEVERE),
        notes=kidney_notes(chart) + advice_notes(chart, knowledge),
    )
