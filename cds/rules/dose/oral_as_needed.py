"""Oral baclofen as needed: how much a day the order allows.

Fires where no daily limit can be told, neither written nor from the interval, and where the order's own limit is above the highest
daily dose for the patient. Only the as-needed part is judged here; with everything else of the day it counts in OralDailyMaximum.

Deliberately not covered: as-needed use beside a scheduled dose is no duplicate, and no rule asks for its frequency.
"""

from __future__ import annotations

from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules._common import MG, MG_PER_DAY, notes
from cds.rules._maximum import daily_maximum
from cds.rules.finding import Finding, Indicator, Measure, Silent
from cds.rules.silence import NOTHING_BY_MOUTH, not_above

RULE = "OralAsNeeded"

_SCHEDULED = Silent(Phrase("Nothing by mouth is ordered as needed."))
_UNREAD = Silent(Phrase("Whether a dose by mouth is ordered as needed cannot be told: a dosage cannot be read."))


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    """Warn of an as-needed order without a daily limit, or with one above the maximum."""
    orders = [order for order in chart.therapy.checked_oral if order.plan.as_needed]
    if not orders:
        return _none_as_needed(chart)
    for order in orders:
        if order.plan.as_needed_maximum is not None:
            continue
        single = order.plan.as_needed_dose
        if single is None:
            return Finding(RULE, Indicator.WARNING, "limit_not_computable", notes=notes(chart))
        values = {"singleDose": Measure(single.high, MG)}
        return Finding(RULE, Indicator.WARNING, "no_limit", values, notes=notes(chart))
    limit = max(order.plan.as_needed_maximum for order in orders if order.plan.as_needed_maximum is not None)
    maximum = daily_maximum(chart, knowledge)
    if limit <= maximum:
        return not_above(limit, maximum, MG_PER_DAY)
    return Finding(
        rule=RULE,
        indicator=Indicator.WARNING,
        message="limit_too_high",
        values={"dailyDose": Measure(limit, MG_PER_DAY), "maximum": Measure(maximum, MG_PER_DAY)},
        notes=notes(chart, regime=True),
        references=chart.regime.references,
    )


def _none_as_needed(chart: Chart) -> Silent:
    orders = chart.therapy.checked_oral
    if not orders:
        return NOTHING_BY_MOUTH
    return _SCHEDULED if all(order.plan.phases for order in orders) else _UNREAD
