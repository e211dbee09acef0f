"""A child's weight, as far as it may be used: at most so many days old."""

from __future__ import annotations

from cds.chart.model import Absent, Chart, Known, Unknown, Weight
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules._common import DAYS, KG
from cds.rules.finding import Measure, Silent

_ELSEWHERE = Phrase("Only the British and French labels say so; jurisdiction: {jurisdiction}.")
_NO_WEIGHT = Silent(Phrase("No weight is on file, which PediatricWeightUnknown says."))
_STALE = Phrase("The weight of {date}, {weight}, is older than {freshness}, which PediatricWeightUnknown says.")
_UNKNOWN = Phrase("The weight cannot be told: {because}. PediatricWeightUnknown says so.")


def fresh_weight(chart: Chart, knowledge: Knowledge) -> Weight | None:
    """The weight on file if it is young enough; None where there is none, it is too old or it cannot be told."""
    match chart.weight:
        case Known(weight):
            limit = knowledge.figure("pediatric.weight_age_days", chart.evaluation_date)
            return weight if (chart.evaluation_date - weight.on).days <= limit else None
        case Absent() | Unknown():
            return None


def no_fresh_weight(chart: Chart, knowledge: Knowledge) -> Silent:
    """Why a child's weight may not be used."""
    match chart.weight:
        case Known(weight):
            freshness = Measure(knowledge.figure("pediatric.weight_age_days", chart.evaluation_date), DAYS)
            return Silent(_STALE, {"date": weight.on, "weight": Measure(weight.kg, KG), "freshness": freshness})
        case Absent():
            return _NO_WEIGHT
        case Unknown(because):
            return Silent(_UNKNOWN, {"because": because})


def elsewhere(jurisdiction: str) -> Silent:
    """Where the labels name neither a weight nor a dose per kilogram for children."""
    return Silent(_ELSEWHERE, {"jurisdiction": jurisdiction})
