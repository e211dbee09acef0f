"""An intrathecal order at an eGFR below 30 or on dialysis: reduce if toxic, never stop the pump.

The labels name no figure for the pump; the line is the one below which oral baclofen is avoided. Oral orders are not its business.
Not covered: how far to reduce.
"""

from __future__ import annotations

from cds.chart.model import Chart, Egfr, Unknown
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules.finding import Finding, Indicator, Silent, Value
from cds.rules.renal._kidneys import (
    band_of,
    egfr_facts,
    kidney_facts,
    kidney_notes,
    kidney_values,
    no_egfr,
    on_dialysis,
    usable_egfr,
)
from cds.rules.silence import NOTHING_INTRATHECAL

RULE = "RenalIntrathecal"

_NEITHER = Phrase("eGFR {egfr} of {date}: not below {limit}. No current dialysis is on file.")
_DIALYSIS_UNKNOWN = Phrase("eGFR {egfr} of {date}: not below {limit}. Dialysis cannot be excluded: {because}.")


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    """The finding, or why there is none."""
    if not chart.therapy.checked_intrathecal:
        return NOTHING_INTRATHECAL
    egfr = usable_egfr(chart)
    severe = egfr is not None and band_of(egfr, chart, knowledge) == "severe"
    if not (severe or on_dialysis(chart)):
        return no_egfr(chart) if egfr is None else _neither(egfr, chart, knowledge)
    values: dict[str, Value] = {name: value for name, value in kidney_values(chart).items() if name != "dailyDose"}
    return Finding(
        RULE,
        Indicator.WARNING,
        "dialysis" if on_dialysis(chart) else "severe",
        values=values,
        facts=kidney_facts(chart),
        notes=tuple(note for note in kidney_notes(chart) if note != "at_least"),  # D is oral
    )


def _neither(egfr: Egfr, chart: Chart, knowledge: Knowledge) -> Silent:
    facts = egfr_facts(egfr, knowledge.figure("renal.severe", chart.evaluation_date))
    dialysis = chart.kidneys.dialysis
    if isinstance(dialysis, Unknown):
        return Silent(_DIALYSIS_UNKNOWN, facts | {"because": dialysis.because})
    return Silent(_NEITHER, facts)
