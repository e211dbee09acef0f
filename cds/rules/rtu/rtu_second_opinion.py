"""From 120 mg/day for alcohol use disorder in France: a colleague's second opinion.

Fires at exactly 120, from 2014-03-17 on without end. A second or collegial opinion on record (valid 12 months, applied when the chart
is built) makes it info. RtuCollegialOpinion and RtuDoseCeiling stand instead where they fire. Not covered: opinions kept outside the EHR.
"""

from __future__ import annotations

from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.rules._common import MG_PER_DAY
from cds.rules.finding import Finding, Indicator, Measure, Silent
from cds.rules.rtu._programme import answer, dose_on_ladder, opinion_valid, programme_notes
from cds.rules.silence import dose_below

RULE = "RtuSecondOpinion"


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    """The finding, or why there is none."""
    total = dose_on_ladder(chart, knowledge)
    if isinstance(total, Silent):
        return total
    rung = knowledge.figure("rtu.second_opinion", chart.evaluation_date)
    if total.value < rung:
        return dose_below(total, rung)
    either = chart.programme.opinions.first(lambda opinion: opinion.kind in ("second", "collegial"))
    found = answer(either, Indicator.WARNING, opinion_valid(chart, knowledge))
    return Finding(
        RULE,
        found.indicator,
        found.message,
        values={"dailyDose": Measure(total.value, MG_PER_DAY), "maximum": Measure(rung, MG_PER_DAY)},
        facts=found.facts,
        notes=programme_notes(chart),
    )
