"""An oral order at an eGFR of 30 to below 60, other than 20 mg/day and more below 45.

At exactly 60 it is silent; at exactly 30 it fires. A daily dose that cannot be told, or is only known to be "at least" less than the
high dose, stays here, and the card says that it may be more. Not covered: an eGFR of 60 to 89 at a start (weighed and left out).
"""

from __future__ import annotations

from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.rules.finding import Finding, Indicator
from cds.rules.renal._advice import advice_facts, advice_notes, scale_of, situation
from cds.rules.renal._kidneys import Band, band_of, high_dose, kidney_facts, kidney_notes, kidney_values, usable_egfr

RULE = "RenalModerate"


def check(chart: Chart, knowledge: Knowledge) -> Finding | None:
    """The finding, or None."""
    if not chart.therapy.checked_oral:
        return None  # nothing by mouth is ordered
    egfr = usable_egfr(chart)
    if egfr is None:
        return None  # RenalUnknown says so
    band = band_of(egfr, chart, knowledge)
    if band not in ("lower_moderate", "upper_moderate"):
        return None  # normal, or RenalSevere's
    if band == "lower_moderate" and high_dose(chart, knowledge):
        return None  # RenalModerateHighDose speaks
    return Finding(
        RULE,
        Indicator.WARNING,
        situation(chart, knowledge),
        values=kidney_values(chart),
        facts=kidney_facts(chart) | advice_facts(chart, knowledge, scale_of(egfr, band, chart, knowledge)),
        notes=kidney_notes(chart) + advice_notes(chart, knowledge) + _doubt(band, chart),
    )


def _doubt(band: Band, chart: Chart) -> tuple[str, ...]:
    """Whether more may be taken than is known, which at this eGFR would be the high dose."""
    total = chart.therapy.total
    return ("renal_dose_may_be_high",) if band == "lower_moderate" and (total is None or total.at_least) else ()
