"""RestartAfterGap: after more than 2 days without supply baclofen is restarted at 90 % or more of the earlier dose, above 15 mg/day.

Silent at exactly 2 days, below 90 %, and at 15 mg/day. With withdrawal symptoms on record RestartWithdrawal speaks instead.

Not covered: a gap that no supply data show.
"""

from __future__ import annotations

from fractions import Fraction

from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.rules._common import DAYS, MG_PER_DAY, first_phase_total, notes
from cds.rules._withdrawal import tolerance_lost
from cds.rules.finding import Finding, Indicator, Measure

RULE = "RestartAfterGap"


def check(chart: Chart, knowledge: Knowledge) -> Finding | None:
    """The restarted dose against the dose before the gap."""
    on = chart.evaluation_date
    gap = tolerance_lost(chart, knowledge)
    if not chart.therapy.checked_oral or gap is None or gap.dose is None:
        return None
    restart = first_phase_total(chart.therapy.checked_oral).value
    if restart <= knowledge.figure("restart.dose", on):
        return None
    if restart < gap.dose * knowledge.figure("restart.fraction", on):
        return None
    return Finding(
        RULE,
        Indicator.WARNING,
        "full_dose",
        {
            "gap": Measure(Fraction(gap.days), DAYS),
            "dailyDose": Measure(restart, MG_PER_DAY),
            "start": Measure(chart.regime.start, MG_PER_DAY),
        },
        {"earlier": Measure(gap.dose, MG_PER_DAY), "limit": Measure(knowledge.figure("restart.gap", on), DAYS)},
        notes(chart),
    )
