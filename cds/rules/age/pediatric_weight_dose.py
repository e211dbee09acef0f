"""The oral dose of a child per kilogram, where the labels give such figures (United Kingdom, France).

Fires above 2 mg/kg a day, and at a start above 0.3 mg/kg a day; not at the figures. Of a sequence the first phase is the start. A weight
older than 90 days is not used: PediatricWeightUnknown speaks then.

Deliberately not covered: other countries, whose labels give children no figure per kilogram, and the lower end of the usual range.
"""

from __future__ import annotations

from fractions import Fraction

from cds.chart.model import Chart, Unknown
from cds.chart.orders import Total
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules._common import KG, MG_PER_DAY, first_phase_total, may_be_below, notes
from cds.rules._maximum import BRITISH_OR_FRENCH
from cds.rules.age._weight import elsewhere, fresh_weight, no_fresh_weight
from cds.rules.finding import Fact, Finding, Indicator, Measure, Silent
from cds.rules.silence import NO_AMOUNT, NOTHING_BY_MOUTH, not_younger

RULE = "PediatricWeightDose"

MG_PER_KG_PER_DAY = "mg/kg/d"

_WITHIN = Phrase("{dose} for {weight}: not above {limit}. {start}")
_AT_LEAST_WITHIN = Phrase("What can be told of the dose, {dose} for {weight}, is not above {limit}. {start}")
_START_WITHIN = Phrase("A start with {dose} for {weight}: not above {limit}.")
_AT_LEAST_START_WITHIN = Phrase("What can be told of a start, {dose} for {weight}, is not above {limit}.")
_NO_START = Phrase("This is no start.")
_START_UNKNOWN = Phrase("Whether this is a start cannot be told.")


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    """Warn above the label's dose per kilogram, or above its start per kilogram."""
    on = chart.evaluation_date
    total = chart.therapy.total
    if not chart.therapy.checked_oral:
        return NOTHING_BY_MOUTH
    if total is None:
        return NO_AMOUNT
    if chart.jurisdiction.code not in BRITISH_OR_FRENCH:
        return elsewhere(chart.jurisdiction.code)
    adult = knowledge.figure("age.adult", on)
    if not may_be_below(chart.age, adult):
        return not_younger(chart.age, adult)
    weight = fresh_weight(chart, knowledge)
    if weight is None:
        return no_fresh_weight(chart, knowledge)
    most = knowledge.figure("pediatric.mg_per_kg", on)
    if total.value > most * weight.kg:
        return _finding(chart, total, weight.kg, "above_maximum", {"maximum": Measure(most, MG_PER_KG_PER_DAY)})
    if not chart.therapy.is_start:
        facts = _compared(total, weight.kg, most)
        facts["start"] = _START_UNKNOWN if isinstance(chart.therapy.starts, Unknown) else _NO_START
        return Silent(_AT_LEAST_WITHIN if total.at_least else _WITHIN, facts)
    first = first_phase_total(chart.therapy.oral)
    start = knowledge.figure("pediatric.start_mg_per_kg", on)
    if first.value <= start * weight.kg:
        why = _AT_LEAST_START_WITHIN if first.at_least else _START_WITHIN
        return Silent(why, _compared(first, weight.kg, start))
    return _finding(chart, first, weight.kg, "above_start", {"start": Measure(start, MG_PER_KG_PER_DAY)})


def _finding(chart: Chart, dose: Total, kg: Fraction, message: str, limit: dict[str, Measure]) -> Finding:
    values = {
        "dailyDose": Measure(dose.value, MG_PER_DAY),
        "dosePerWeight": Measure(dose.value / kg, MG_PER_KG_PER_DAY),
        "weight": Measure(kg, KG),
        **limit,
    }
    return Finding(RULE, Indicator.WARNING, message, values, notes=notes(chart, dose=dose, age=True))


def _compared(dose: Total, kg: Fraction, limit: Fraction) -> dict[str, Fact]:
    return {
        "dose": Measure(dose.value, MG_PER_DAY),
        "weight": Measure(kg, KG),
        "limit": Measure(limit, MG_PER_KG_PER_DAY),
    }
