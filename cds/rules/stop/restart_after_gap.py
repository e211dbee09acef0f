"""RestartAfterGap: after more than 2 days without supply baclofen is restarted at 90 % or more of the earlier dose, above 15 mg/day.

Silent at exactly 2 days, below 90 %, and at 15 mg/day. With withdrawal symptoms on record RestartWithdrawal speaks instead.

Not covered: a gap that no supply data show.
"""

from __future__ import annotations

from fractions import Fraction

from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules._common import DAYS, MG_PER_DAY, PERCENT, first_phase_total, notes
from cds.rules._withdrawal import tolerance_kept, tolerance_lost
from cds.rules.finding import Fact, Finding, Indicator, Measure, Silent
from cds.rules.silence import NOTHING_BY_MOUTH

RULE = "RestartAfterGap"

_DOSE_UNKNOWN = Silent(Phrase("The dose before the gap in supply cannot be told."))
_LOW = Phrase("{restart} at the restart: not above {limit}.")
_REDUCED = Phrase(
    "{restart} at the restart: below {limit}, which is {share} of the {earlier} before the gap in supply."
)
_PARTLY = Phrase("Of the dose at the restart no more than {restart} can be told: not above {limit}.")


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    """The restarted dose against the dose before the gap."""
    on = chart.evaluation_date
    gap = tolerance_lost(chart, knowledge)
    if not chart.therapy.checked_oral:
        return NOTHING_BY_MOUTH
    if gap is None:
        return tolerance_kept(chart, knowledge)
    if gap.dose is None:
        return _DOSE_UNKNOWN
    total = first_phase_total(chart.therapy.checked_oral)
    restart = total.value
    least, share = knowledge.figure("restart.dose", on), knowledge.figure("restart.fraction", on)
    line = gap.dose * share
    if restart <= least or restart < line:
        facts: dict[str, Fact] = {
            "restart": Measure(restart, MG_PER_DAY),
            "limit": Measure(max(least, line), MG_PER_DAY),
        }
        if total.at_least:
            return Silent(_PARTLY, facts)
        if restart <= least:
            return Silent(_LOW, facts | {"limit": Measure(least, MG_PER_DAY)})
        earlier = {"share": Measure(share * 100, PERCENT), "earlier": Measure(gap.dose, MG_PER_DAY)}
        return Silent(_REDUCED, facts | earlier)
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
