"""A child's weight, as far as it may be used: at most so many days old."""

from __future__ import annotations

from cds.chart.model import Absent, Chart, Known, Unknown, Weight
from cds.knowledge import Knowledge


def fresh_weight(chart: Chart, knowledge: Knowledge) -> Weight | None:
    """The weight on file if it is young enough; None where there is none, it is too old or it cannot be told."""
    match chart.weight:
        case Known(weight):
            limit = knowledge.figure("pediatric.weight_age_days", chart.evaluation_date)
            return weight if (chart.evaluation_date - weight.on).days <= limit else None
        case Absent() | Unknown():
            return None
