"""The daily dose from which the cautions about mood and breathing weigh more."""

from __future__ import annotations

from cds.chart.model import Chart
from cds.knowledge import Knowledge


def high_dose(chart: Chart, knowledge: Knowledge) -> bool:
    """Whether D is known to be above it; a lower bound above it is enough, and a dose that cannot be told is not."""
    total = chart.therapy.total
    return total is not None and total.value > knowledge.figure("caution.high_dose", chart.evaluation_date)
