"""A 24-hour dose more than 40 % above that of three refills ago: pump or catheter may have failed.

The three newest earlier infusions that were refills are looked at, active or completed, and the dose ordered now is compared with the oldest
of them. Exactly 40 % is silent, and so are fewer than three refills on file: a single large step is the business of IntrathecalIncrement.
"""

from __future__ import annotations

from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules._common import PERCENT, UG_PER_DAY
from cds.rules.finding import Finding, Indicator, Measure, Silent
from cds.rules.intrathecal._pump import DOSE_UNKNOWN, highest_daily, no_infusion

RULE = "IntrathecalSuddenIncrease"

FILLED = frozenset({"active", "completed"})

_FEW = Phrase("Earlier refills on file: {refills}, fewer than {count}.")
_FEW_KNOWN = Phrase(
    "Earlier refills that are known: {refills}, fewer than {count}; there may be more, because {because}."
)
_REFILL_UNKNOWN = Phrase("The 24-hour dose {count} refills ago cannot be told, or was 0.")
_WITHIN = Phrase("{daily}; {count} refills ago {before}. Rise of {rise}: not above {limit}.")
_NO_RISE = Phrase("{daily}; {count} refills ago {before}. That is no rise.")


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    """The dose that is ordered against that of the third refill back."""
    on, pump = chart.evaluation_date, chart.intrathecal
    if not pump.infusions:
        return no_infusion(chart)
    daily = highest_daily(pump.infusions)
    count = int(knowledge.figure("intrathecal.sudden.refills", on))
    refills = [one for one in pump.earlier.entries if one.refill and one.order.status in FILLED][:count]
    if daily is None:
        return DOSE_UNKNOWN
    if len(refills) < count:
        few = {"refills": len(refills), "count": count}
        missing = pump.earlier.missing
        return Silent(_FEW, few) if missing is None else Silent(_FEW_KNOWN, few | {"because": missing.because})
    oldest = refills[-1].daily
    if not oldest:
        return Silent(_REFILL_UNKNOWN, {"count": count})
    rise = (daily - oldest) / oldest * 100
    limit = knowledge.figure("intrathecal.sudden.increase", on)
    if rise <= limit:
        return Silent(
            _WITHIN if rise > 0 else _NO_RISE,
            {
                "daily": Measure(daily, UG_PER_DAY),
                "count": count,
                "before": Measure(oldest, UG_PER_DAY),
                "rise": Measure(rise, PERCENT),
                "limit": Measure(limit, PERCENT),
            },
        )
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
