"""Oral baclofen for a child without a weight that can be used.

Fires under 18 where no weight of the last 90 days is on file: none at all, an older one, or a record that was not sent. Children are
dosed by weight in every country, even where the label gives no figure.

Deliberately not covered: intrathecal doses, which do not go by weight.
"""

from __future__ import annotations

from fractions import Fraction

from cds.chart.model import Absent, Chart, Known, Reading, Unknown, Weight
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules._common import DAYS, KG, may_be_below, notes
from cds.rules.age._weight import fresh_weight
from cds.rules.finding import Fact, Finding, Indicator, Measure, Silent, Value
from cds.rules.silence import NOTHING_BY_MOUTH, not_younger

RULE = "PediatricWeightUnknown"

_FRESH = Phrase("The weight of {date}, {weight}, is {days} old: not older than {freshness}.")


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    """Warn of a child without a fresh weight."""
    on = chart.evaluation_date
    if not chart.therapy.checked_oral:
        return NOTHING_BY_MOUTH
    adult = knowledge.figure("age.adult", on)
    if not may_be_below(chart.age, adult):
        return not_younger(chart.age, adult)
    freshness = Measure(knowledge.figure("pediatric.weight_age_days", on), DAYS)
    fresh = fresh_weight(chart, knowledge)
    if fresh is not None:
        days = Measure(Fraction((on - fresh.on).days), DAYS)
        weighed: dict[str, Fact] = {
            "date": fresh.on,
            "weight": Measure(fresh.kg, KG),
            "days": days,
            "freshness": freshness,
        }
        return Silent(_FRESH, weighed)
    message, values, facts = _why(chart.weight)
    facts["freshness"] = freshness
    return Finding(RULE, Indicator.WARNING, message, values, facts, notes(chart, age=True))


def _why(reading: Reading[Weight]) -> tuple[str, dict[str, Value], dict[str, Fact]]:
    match reading:
        case Known(weight):
            return "stale", {"weight": Measure(weight.kg, KG)}, {"weighed": weight.on}
        case Absent():
            return "none", {}, {}
        case Unknown(because):
            return "unknown", {}, {"because": because}
