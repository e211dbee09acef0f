"""An oral order at an eGFR of 30 to below 60, other than 20 mg/day and more below 45.

At exactly 60 it is silent; at exactly 30 it fires. A daily dose that cannot be told, or is only known to be "at least" less than the
high dose, stays here, and the card says that it may be more. Not covered: an eGFR of 60 to 89 at a start (weighed and left out).
"""

from __future__ import annotations

from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules._common import MG_PER_DAY
from cds.rules.finding import Finding, Indicator, Measure, Silent
from cds.rules.renal._advice import advice_facts, advice_notes, scale_of, situation
from cds.rules.renal._kidneys import (
    Band,
    band_of,
    egfr_facts,
    egfr_not_below,
    high_dose,
    is_severe,
    kidney_facts,
    kidney_notes,
    kidney_values,
    no_egfr,
    usable_egfr,
)
from cds.rules.silence import NOTHING_BY_MOUTH

RULE = "RenalModerate"

_HIGH_DOSE = Phrase("eGFR {egfr} of {date}: below {limit}. {daily}: not below {dose}. RenalModerateHighDose speaks.")


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    """The finding, or why there is none."""
    if not chart.therapy.checked_oral:
        return NOTHING_BY_MOUTH
    egfr = usable_egfr(chart)
    if egfr is None:
        return no_egfr(chart)
    band = band_of(egfr, chart, knowledge)
    day = chart.evaluation_date
    if band is None:
        return egfr_not_below(egfr, knowledge.figure("renal.moderate", day))
    if band == "severe":
        return is_severe(egfr, chart, knowledge)
    total = chart.therapy.total
    if band == "lower_moderate" and total is not None and high_dose(chart, knowledge):
        facts = egfr_facts(egfr, knowledge.figure("renal.moderate_high.egfr", day))
        facts["daily"] = Measure(total.value, MG_PER_DAY)
        facts["dose"] = Measure(knowledge.figure("renal.moderate_high.dose", day), MG_PER_DAY)
        return Silent(_HIGH_DOSE, facts)
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
