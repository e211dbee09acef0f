"""20 mg/day and more by mouth at an eGFR of 30 to below 45.

Critical at a start or an increase, a warning where the dose on file goes on. Where the record cannot show what was taken before, it
counts as a start, and the card says so. A daily dose that is only "at least" so much fires once that much reaches the line.
Not covered: the same dose at 45 to 59, which RenalModerate answers.
"""

from __future__ import annotations

from cds.chart.model import Absent, Chart, Known, Unknown
from cds.knowledge import Knowledge
from cds.rules.finding import Finding, Indicator, Silent
from cds.rules.renal._advice import LOWER_MODERATE, advice_facts, advice_notes, situation, stable
from cds.rules.renal._kidneys import (
    band_of,
    egfr_not_below,
    high_dose,
    is_severe,
    kidney_facts,
    kidney_notes,
    kidney_values,
    no_egfr,
    usable_egfr,
)
from cds.rules.silence import NO_AMOUNT, NOTHING_BY_MOUTH, dose_below

RULE = "RenalModerateHighDose"


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    """The finding, or why there is none."""
    if not chart.therapy.checked_oral:
        return NOTHING_BY_MOUTH
    egfr = usable_egfr(chart)
    if egfr is None:
        return no_egfr(chart)
    day, band = chart.evaluation_date, band_of(egfr, chart, knowledge)
    if band == "severe":
        return is_severe(egfr, chart, knowledge)
    if band != "lower_moderate":
        return egfr_not_below(egfr, knowledge.figure("renal.moderate_high.egfr", day))
    if not high_dose(chart, knowledge):
        total = chart.therapy.total
        return NO_AMOUNT if total is None else dose_below(total, knowledge.figure("renal.moderate_high.dose", day))
    return Finding(
        RULE,
        Indicator.WARNING if stable(chart) else Indicator.CRITICAL,
        situation(chart, knowledge),
        values=kidney_values(chart),
        facts=kidney_facts(chart) | advice_facts(chart, knowledge, LOWER_MODERATE),
        notes=kidney_notes(chart) + advice_notes(chart, knowledge) + _doubt(chart),
    )


def _doubt(chart: Chart) -> tuple[str, ...]:
    match chart.therapy.before:
        case Unknown() if not chart.therapy.is_start_or_increase:
            return ("taken_for_start",)
        case Known() | Absent() | Unknown():
            return ()
