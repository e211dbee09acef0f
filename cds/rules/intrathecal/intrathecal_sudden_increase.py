"""A 24-hour dose more than 40 % above that of three refills ago: pump or catheter may have failed.

The three newest earlier infusions that were refills are looked at, active or completed, and the dose ordered now is compared with the oldest
of them. Exactly 40 % is silent, and so are fewer than three refills on file: a single large step is the business of IntrathecalIncrement.
"""

from __future__ import annotations

from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.rules._common import UG_PER_DAY
from cds.rules.finding import Finding, Indicator, Measure
from cds.rules.intrathecal._pump import PERCENT, highest_daily

RULE = "IntrathecalSuddenIncrease"

FILLED = frozenset({"active", "completed"})


def check(chart: Chart, knowledge: Knowledge) -> Finding | None:
    """The finding, or None."""
    on, pump = chart.evaluation_date, chart.intrathecal
    daily = highest_daily(pump.infusions)
    count = int(knowledge.figure("intrathecal.sudden.refills", on))
    refills = [one for one in pump.earlier.entries if one.refill and one.order.status in FILLED][:count]
    if daily is None or len(refills) < count:
        return None  # no dose can be told, or the refills do not reach back so far
    oldest = refills[-1].daily
    if not oldest:
        return None  # the dose of that refill cannot be told
    rise = (daily - oldest) / oldest * 100
    limit = knowledge.figure("intrathecal.sudden.increase", on)
    if rise <= limit:
        return None
    return Finding(
        RULE,
        Indicator.WARNING,
        "rise",
        values={
            "dailyDose": Measure(daily, UG_PER_DAY),
            "change": Measure(rise, PERCENT),
            "step": Measure(limit, PERCENT),
        },
        facts={"before": Measure(oldest, UG_PER_DAY), "refills": count},
    )
