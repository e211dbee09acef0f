"""Signs of baclofen toxicity on record."""

from __future__ import annotations

from cds.chart.model import Chart, Problem
from cds.knowledge import Knowledge


def recent_toxicity(chart: Chart, knowledge: Knowledge) -> tuple[Problem, ...]:
    """Active signs of toxicity that began within the last days."""
    window = knowledge.figure("renal.toxicity_signs.days", chart.evaluation_date)
    return tuple(
        sign
        for sign in _signs(chart)
        if sign.onset is not None and 0 <= (chart.evaluation_date - sign.onset).days <= window
    )


def undated_toxicity(chart: Chart) -> tuple[Problem, ...]:
    """Active conditions that would be signs of toxicity if they are new, which nothing tells; epilepsy is taken for old."""
    return tuple(sign for sign in _signs(chart) if sign.onset is None and "epilepsy" not in sign.kinds)


def _signs(chart: Chart) -> tuple[Problem, ...]:
    return chart.problems.every(lambda problem: problem.active and "toxicity_signs" in problem.kinds)
