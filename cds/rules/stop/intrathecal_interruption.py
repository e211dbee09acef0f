"""IntrathecalInterruption: the pump's supply is past its end, or ends within 7 days.

Critical where the predicted day lies before today; a warning from that day back to 7 days before it. Rests on the newest prediction of
the pump. Silent without one (nothing then says how full the pump is), and where the record shows that the patient has no pump.

Not covered: an alarm, a stalled motor or an exhausted battery; a refill since the prediction was made.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from cds.chart.model import Absent, Chart, Hook, Known, Unknown
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules._common import DAYS
from cds.rules.finding import Finding, Indicator, Measure, Silent
from cds.rules.silence import cannot_be_told

RULE = "IntrathecalInterruption"
HOOKS: frozenset[Hook] = frozenset({"patient-view", "encounter-start"})
PREDICTION = Phrase("Day on which the pump's supply ends")

_NO_PUMP = Silent(Phrase("No intrathecal pump is on record."))
_NO_PREDICTION = Silent(Phrase("No reading on file predicts when the pump's supply ends."))
_ENOUGH = Phrase("The pump's supply ends on {on}, in {left}: more than {limit}.")


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    """Days left by the pump's prediction."""
    if isinstance(chart.intrathecal.pump, Absent):
        return _NO_PUMP
    match chart.intrathecal.predicted_empty:
        case Known(end):
            return _days_left(end, chart, knowledge)
        case Absent():
            return _NO_PREDICTION
        case Unknown() as unknown:
            return cannot_be_told(PREDICTION, unknown)


def _days_left(end: date, chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    left = (end - chart.today).days
    if left < 0:
        values = {"gap": Measure(Fraction(-left), DAYS)}
        return Finding(RULE, Indicator.CRITICAL, "past", values, {"on": end})
    limit = knowledge.figure("pump.supply_low", chart.today)
    if left > limit:
        return Silent(_ENOUGH, {"on": end, "left": Measure(Fraction(left), DAYS), "limit": Measure(limit, DAYS)})
    return Finding(
        RULE,
        Indicator.WARNING,
        "today" if left == 0 else "soon",
        {"days": Measure(Fraction(left), DAYS)},
        {"on": end},
    )
