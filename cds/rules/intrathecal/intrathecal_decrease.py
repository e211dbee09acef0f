"""A decrease of the pump's dose by more than 20 % in one step, which risks withdrawal.

Every step of a sequence is looked at; exactly 20 % is silent. Not covered: a larger decrease for overdose or toxicity, which the record does
not show as a reason of a new dose; the text names it.
"""

from __future__ import annotations

from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules._common import PERCENT, UG_PER_DAY
from cds.rules.finding import Finding, Indicator, Measure, Silent
from cds.rules.intrathecal._pump import no_change

RULE = "IntrathecalDecrease"

_RAISED = Phrase("The 24-hour dose is not lowered: {before}, then {after}.")
_SMALL = Phrase("{before}, then {after}: {fall} less, not above {limit}.")


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    """The finding about the largest fall."""
    if not chart.intrathecal.steps:
        return no_change(chart)
    largest = min(chart.intrathecal.steps, key=lambda step: step.percent)
    before, after = Measure(largest.before, UG_PER_DAY), Measure(largest.after, UG_PER_DAY)
    if largest.percent >= 0:
        return Silent(_RAISED, {"before": before, "after": after})
    limit = knowledge.figure("intrathecal.decrease", chart.evaluation_date)
    fall, allowed = Measure(-largest.percent, PERCENT), Measure(limit, PERCENT)
    if -largest.percent <= limit:
        return Silent(_SMALL, {"before": before, "after": after, "fall": fall, "limit": allowed})
    return Finding(
        RULE,
        Indicator.WARNING,
        "too_large",
        values={
            "dailyDose": after,
            "change": Measure(largest.percent, PERCENT),
            "step": allowed,
        },
        facts={"before": before, "fall": fall},
    )
