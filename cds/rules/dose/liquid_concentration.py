"""A liquid whose mg and mL cannot be brought together.

Fires where a volume is ordered and no concentration is known (1, 2, 5 and 10 mg/mL are in use, so 5 mL may be 5 or 50 mg), and where
mg and mL of one dose do not say the same; the daily dose then counts the higher one, and where that is above the highest daily dose for
the patient the finding is critical.

Deliberately not covered: tablets and mg that disagree, and intrathecal solutions (IntrathecalConcentration).
"""

from __future__ import annotations

from cds.chart.model import Chart
from cds.chart.orders import Order
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules._common import MG_PER_DAY, notes
from cds.rules._maximum import daily_maximum
from cds.rules.finding import Finding, Indicator, Measure, Silent, Value
from cds.rules.silence import NOTHING_BY_MOUTH

RULE = "LiquidConcentration"

_NO_LIQUID = Silent(Phrase("No liquid by mouth is ordered, as far as the products tell."))
_PLAIN = Silent(
    Phrase("Every volume ordered by mouth has a concentration, and mg and mL agree where both are written.")
)


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    """Warn of a volume without a concentration or of mg and mL that disagree; critical above the maximum."""
    orders = chart.therapy.checked_oral
    disagree = any(order.plan.has_problem("amounts-disagree") and _liquid(order) for order in orders)
    if not disagree and not any(order.plan.has_problem("no-concentration") for order in orders):
        return _PLAIN if any(_liquid(order) for order in orders) else _NO_LIQUID if orders else NOTHING_BY_MOUTH
    message = "amounts_disagree" if disagree else "no_concentration"
    total = chart.therapy.total
    if total is None:
        return Finding(RULE, Indicator.WARNING, message, notes=notes(chart))  # not one amount of the day can be told
    values: dict[str, Value] = {"dailyDose": Measure(total.value, MG_PER_DAY)}
    maximum = daily_maximum(chart, knowledge)
    if total.value <= maximum:
        return Finding(RULE, Indicator.WARNING, message, values, notes=notes(chart, dose=total))
    values["maximum"] = Measure(maximum, MG_PER_DAY)
    return Finding(
        rule=RULE,
        indicator=Indicator.CRITICAL,
        message=f"{message}_above_maximum",
        values=values,
        notes=notes(chart, regime=True, dose=total),
    )


def _liquid(order: Order) -> bool:
    return order.plan.by_volume or order.product.form == "liquid" or order.product.concentration_mg_per_ml is not None
