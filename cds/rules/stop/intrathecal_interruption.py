"""IntrathecalInterruption: the pump's supply is past its end, or ends within 7 days.

Critical where the predicted day lies before today; a warning from that day back to 7 days before it. Rests on the newest prediction of
the pump. Silent without one (nothing then says how full the pump is), and where the record shows that the patient has no pump.

Not covered: an alarm, a stalled motor or an exhausted battery; a refill since the prediction was made.
"""

from __future__ import annotations

from fractions import Fraction

from cds.chart.model import Absent, Chart, Hook, Known
from cds.knowledge import Knowledge
from cds.rules._common import DAYS
from cds.rules.finding import Finding, Indicator, Measure

RULE = "IntrathecalInterruption"
HOOKS: frozenset[Hook] = frozenset({"patient-view", "encounter-start"})


def check(chart: Chart, knowledge: Knowledge) -> Finding | None:
    """Days left by the pump's prediction."""
    empty = chart.intrathecal.predicted_empty
    if not isinstance(empty, Known) or isinstance(chart.intrathecal.pump, Absent):
        return None
    left = (empty.value - chart.today).days
    if left < 0:
        values = {"gap": Measure(Fraction(-left), DAYS)}
        return Finding(RULE, Indicator.CRITICAL, "past", values, {"on": empty.value})
    if left > knowledge.figure("pump.supply_low", chart.today):
        return None
    return Finding(
        RULE,
        Indicator.WARNING,
        "today" if left == 0 else "soon",
        {"days": Measure(Fraction(left), DAYS)},
        {"on": empty.value},
    )
