"""Oral baclofen for a child without a weight that can be used.

Fires under 18 where no weight of the last 90 days is on file: none at all, an older one, or a record that was not sent. Children are
dosed by weight in every country, even where the label gives no figure.

Deliberately not covered: intrathecal doses, which do not go by weight.
"""

from __future__ import annotations

from cds.chart.model import Absent, Chart, Known, Reading, Unknown, Weight
from cds.knowledge import Knowledge
from cds.rules._common import DAYS, KG, may_be_below, notes
from cds.rules.age._weight import fresh_weight
from cds.rules.finding import Fact, Finding, Indicator, Measure, Value

RULE = "PediatricWeightUnknown"


def check(chart: Chart, knowledge: Knowledge) -> Finding | None:
    """Warn of a child without a fresh weight."""
    on = chart.evaluation_date
    if not chart.therapy.checked_oral:
        return None  # nothing by mouth is being ordered
    if not may_be_below(chart.age, knowledge.figure("age.adult", on)):
        return None  # an adult, or the age cannot be told (AgeUnknown)
    if fresh_weight(chart, knowledge) is not None:
        return None  # the weight can be used
    message, values, facts = _why(chart.weight)
    facts["freshness"] = Measure(knowledge.figure("pediatric.weight_age_days", on), DAYS)
    return Finding(RULE, Indicator.WARNING, message, values, facts, notes(chart, age=True))


def _why(reading: Reading[Weight]) -> tuple[str, dict[str, Value], dict[str, Fact]]:
    match reading:
        case Known(weight):
            return "stale", {"weight": Measure(weight.kg, KG)}, {"weighed": weight.on}
        case Absent():
            return "none", {}, {}
        case Unknown(because):
            return "unknown", {}, {"because": because}
