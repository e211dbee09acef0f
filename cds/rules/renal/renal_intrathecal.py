"""An intrathecal order at an eGFR below 30 or on dialysis: reduce if toxic, never stop the pump.

The labels name no figure for the pump; the line is the one below which oral baclofen is avoided. Oral orders are not its business.
Not covered: how far to reduce.
"""

from __future__ import annotations

from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.rules.finding import Finding, Indicator, Value
from cds.rules.renal._kidneys import band_of, kidney_facts, kidney_notes, kidney_values, on_dialysis, usable_egfr

RULE = "RenalIntrathecal"


def check(chart: Chart, knowledge: Knowledge) -> Finding | None:
    """The finding, or None."""
    if not chart.therapy.checked_intrathecal:
        return None
    egfr = usable_egfr(chart)
    severe = egfr is not None and band_of(egfr, chart, knowledge) == "severe"
    if not (severe or on_dialysis(chart)):
        return None
    values: dict[str, Value] = {name: value for name, value in kidney_values(chart).items() if name != "dailyDose"}
    return Finding(
        RULE,
        Indicator.WARNING,
        "dialysis" if on_dialysis(chart) else "severe",
        values=values,
        facts=kidney_facts(chart),
        notes=tuple(note for note in kidney_notes(chart) if note != "at_least"),  # D is oral
    )
