"""Above 300 mg/day for alcohol use disorder in France: outside the programme, and strongly advised against since.

300 itself is allowed. From 2014-03-17 on without end; it stands instead of the rungs below. No opinion on record lowers it.
Not covered: a dose that cannot be told, which DoseNotComputable answers.
"""

from __future__ import annotations

from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.rules._common import MG_PER_DAY
from cds.rules.finding import Finding, Indicator, Measure, Silent
from cds.rules.rtu._programme import dose_on_ladder, programme_notes
from cds.rules.silence import dose_not_above

RULE = "RtuDoseCeiling"


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    """The finding, or why there is none."""
    total = dose_on_ladder(chart, knowledge)
    if isinstance(total, Silent):
        return total
    ceiling = knowledge.figure("rtu.ceiling", chart.evaluation_date)
    if total.value <= ceiling:
        return dose_not_above(total, ceiling)
    running = knowledge.period("rtu.programme").contains(chart.evaluation_date)
    return Finding(
        RULE,
        Indicator.CRITICAL,
        "programme" if running else "after",
        values={"dailyDose": Measure(total.value, MG_PER_DAY), "maximum": Measure(ceiling, MG_PER_DAY)},
        notes=programme_notes(chart),
    )
