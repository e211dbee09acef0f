"""The oral dose of a child per kilogram, where the labels give such figures (United Kingdom, France).

Fires above 2 mg/kg a day, and at a start above 0.3 mg/kg a day; not at the figures. Of a sequence the first phase is the start. A weight
older than 90 days is not used: PediatricWeightUnknown speaks then.

Deliberately not covered: other countries, whose labels give children no figure per kilogram, and the lower end of the usual range.
"""

from __future__ import annotations

from fractions import Fraction

from cds.chart.model import Chart
from cds.chart.orders import Total
from cds.knowledge import Knowledge
from cds.rules._common import KG, MG_PER_DAY, first_phase_total, may_be_below, notes
from cds.rules._maximum import BRITISH_OR_FRENCH
from cds.rules.age._weight import fresh_weight
from cds.rules.finding import Finding, Indicator, Measure

RULE = "PediatricWeightDose"

MG_PER_KG_PER_DAY = "mg/kg/d"


def check(chart: Chart, knowledge: Knowledge) -> Finding | None:
    """Warn above the label's dose per kilogram, or above its start per kilogram."""
    on = chart.evaluation_date
    total = chart.therapy.total
    if not chart.therapy.checked_oral or total is None:
        return None  # nothing by mouth is being ordered, or no amount can be told
    if chart.jurisdiction.code not in BRITISH_OR_FRENCH:
        return None  # labels elsewhere give no figure per kilogram
    if not may_be_below(chart.age, knowledge.figure("age.adult", on)):
        return None  # an adult, or the age cannot be told (AgeUnknown)
    weight = fresh_weight(chart, knowledge)
    if weight is None:
        return None  # PediatricWeightUnknown
    most = knowledge.figure("pediatric.mg_per_kg", on)
    if total.value > most * weight.kg:
        return _finding(chart, total, weight.kg, "above_maximum", {"maximum": Measure(most, MG_PER_KG_PER_DAY)})
    if not chart.therapy.is_start:
        return None  # within the daily figure, and no start (or not known to be one)
    first = first_phase_total(chart.therapy.oral)
    start = knowledge.figure("pediatric.start_mg_per_kg", on)
    if first.value <= start * weight.kg:
        return None  # within the starting dose
    return _finding(chart, first, weight.kg, "above_start", {"start": Measure(start, MG_PER_KG_PER_DAY)})


def _finding(chart: Chart, dose: Total, kg: Fraction, message: str, limit: dict[str, Measure]) -> Finding:
    values = {
        "dailyDose": Measure(dose.value, MG_PER_DAY),
        "dosePerWeight": Measure(dose.value / kg, MG_PER_KG_PER_DAY),
        "weight": Measure(kg, KG),
        **limit,
    }
    return Finding(RULE, Indicator.WARNING, message, values, notes=notes(chart, dose=dose, age=True))
