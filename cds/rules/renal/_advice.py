"""What a kidney card advises: it depends on whether the patient starts, takes baclofen already, or shows signs of toxicity."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from cds.chart.model import Absent, Chart, Egfr, Known, Unknown
from cds.knowledge import Knowledge
from cds.rules._common import DAYS, MG_PER_DAY
from cds.rules._toxicity import recent_toxicity, undated_toxicity
from cds.rules.finding import Fact, Measure
from cds.rules.renal._kidneys import Band

Situation = Literal["start", "taking", "toxic", "unsure"]


@dataclass(frozen=True, slots=True)
class Scale:
    """The ids of the published figures for one band of renal function.

    Attributes:
        reduction: the share by which the usual dose is reduced.
        start: the starting dose, mg/day.
        risk: encephalopathy in the cohort, %.
    """

    reduction: str
    start: str
    risk: str


DIALYSIS = Scale("renal.scaled.severe.reduction", "renal.start.severe", "renal.risk.dialysis")
SEVERE = Scale("renal.scaled.severe.reduction", "renal.start.severe", "renal.risk.egfr_below_30")
LOWER_MODERATE = Scale("renal.scaled.moderate.reduction", "renal.start.moderate", "renal.risk.egfr_30_44")
UPPER_MODERATE = Scale("renal.scaled.moderate.reduction", "renal.start.moderate", "renal.risk.egfr_45_59")
NEAR_NORMAL = Scale("renal.scaled.mild.reduction", "renal.start.moderate", "renal.risk.egfr_45_59")
"""The upper part of the last band: the published scaling has its line at 50, the cohort's bands have theirs at 45 and 60."""


def scale_of(egfr: Egfr, band: Band, chart: Chart, knowledge: Knowledge) -> Scale:
    """The published figures for an eGFR in its band."""
    if band == "severe":
        return SEVERE
    if band == "lower_moderate":
        return LOWER_MODERATE
    halved = egfr.below(knowledge.figure("renal.scaled.mild.crcl", chart.evaluation_date))
    return UPPER_MODERATE if halved else NEAR_NORMAL


def situation(chart: Chart, knowledge: Knowledge) -> Situation:
    """Which advice fits: also the key of the rule's text.

    A restart, or a record that cannot show whether baclofen is new, is `unsure`: its text covers both.
    """
    if chart.therapy.is_start:
        return "start"
    if recent_toxicity(chart, knowledge):
        return "toxic"
    if isinstance(chart.therapy.before, Known) or chart.last_order is not None:
        return "taking"
    return "unsure"


def advice_facts(chart: Chart, knowledge: Knowledge, scale: Scale) -> dict[str, Fact]:
    """The scaled dose, the starting dose, the cohort's risk, and the signs of toxicity on record."""
    day = chart.evaluation_date
    facts: dict[str, Fact] = {
        "start_dose": Measure(knowledge.figure(scale.start, day), MG_PER_DAY),
        "risk": Measure(knowledge.figure(scale.risk, day), "%"),
        "high_dose": Measure(knowledge.figure("renal.moderate_high.dose", day), MG_PER_DAY),
        "onset_days": Measure(knowledge.figure("renal.risk.onset", day), DAYS),
    }
    if chart.therapy.total is not None:
        remains = chart.therapy.total.value * (1 - knowledge.figure(scale.reduction, day))
        facts["scaled"] = Measure(Fraction(int(remains)), MG_PER_DAY)  # no source is exact to the decimal
    return facts | sign_facts(chart, knowledge)


def sign_facts(chart: Chart, knowledge: Knowledge) -> dict[str, Fact]:
    """The signs of toxicity on record: new ones, else those without a date."""
    signs = recent_toxicity(chart, knowledge) or undated_toxicity(chart)
    return {"signs": tuple(sign.name for sign in signs)} if signs else {}


def advice_notes(chart: Chart, knowledge: Knowledge) -> tuple[str, ...]:
    """The scaled dose where D is known, and signs of toxicity that have no date."""
    notes: list[str] = []
    now = situation(chart, knowledge)
    if chart.therapy.total is not None and now in ("taking", "unsure"):
        notes.append("renal_scaled")
    if now in ("taking", "unsure") and undated_toxicity(chart):
        notes.append("toxicity_undated")
    return tuple(notes)


def stable(chart: Chart) -> bool:
    """Whether the patient is known to take baclofen already and the signing does not raise its dose."""
    match chart.therapy.before:
        case Known():
            return not chart.therapy.is_start_or_increase
        case Absent() | Unknown():
            return False
