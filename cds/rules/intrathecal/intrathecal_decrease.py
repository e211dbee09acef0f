"""A decrease of the pump's dose by more than 20 % in one step, which risks withdrawal.

Every step of a sequence is looked at; exactly 20 % is silent. Not covered: a larger decrease for overdose or toxicity, which the record does
not show as a reason of a new dose; the text names it.
"""

from __future__ import annotations

from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.rules._common import UG_PER_DAY
from cds.rules.finding import Finding, Indicator, Measure
from cds.rules.intrathecal._pump import PERCENT

RULE = "IntrathecalDecrease"


def check(chart: Chart, knowledge: Knowledge) -> Finding | None:
    """The finding about the largest fall, or None."""
    falls = [step for step in chart.intrathecal.steps if step.percent < 0]
    if not falls:
        return None
    largest = min(falls, key=lambda step: step.percent)
    limit = knowledge.figure("intrathecal.decrease", chart.evaluation_date)
    if -largest.percent <= limit:
        return None
    return Finding(
        RULE,
        Indicator.WARNING,
        "too_large",
        values={
            "dailyDose": Measure(largest.after, UG_PER_DAY),
            "change": Measure(largest.percent, PERCENT),
            "step": Measure(limit, PERCENT),
        },
        facts={"before": Measure(largest.before, UG_PER_DAY), "fall": Measure(-largest.percent, PERCENT)},
    )
