"""Two or more oral baclofen orders that would run at the same time and are not one regimen.

One regimen are the orders of one group, an as-needed order beside a scheduled one, and a renewal; the chart leaves these out. The
order on file may be meant to be replaced: the text says how to say so.

Deliberately not covered: an order on file that the list sent does not hold (ChecksIncomplete), and oral beside intrathecal baclofen
(IntrathecalWithOral).
"""

from __future__ import annotations

from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules._common import MG_PER_DAY, notes
from cds.rules.finding import Finding, Indicator, Measure, Silent, Value
from cds.rules.silence import NOTHING_BY_MOUTH

RULE = "DuplicateOrders"

_AS_NEEDED = Silent(Phrase("Only doses as needed are ordered by mouth; they may run beside scheduled ones."))
_LIST_NOT_WHOLE = Phrase("Whether another order by mouth is on file cannot be told: {because}.")
_RENEWED = Silent(Phrase("The order on file is taken for renewed: the same product at the same daily dose."))
_ONLY_ONE = Silent(Phrase("No other order by mouth runs after this signing."))
_ONE_REGIMEN = Phrase("The {count} orders by mouth are one regimen: one group, or as needed beside a scheduled one.")


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:  # noqa: ARG001 - no figure is compared
    """Warn of concurrent oral orders."""
    therapy = chart.therapy
    if not therapy.checked_oral:
        return NOTHING_BY_MOUTH
    if not therapy.duplicates:
        return _no_duplicates(chart)
    values: dict[str, Value] = {"drugs": tuple(order.product.name for order in therapy.duplicates)}
    facts = {"count": len(therapy.duplicates)}
    if therapy.total is None:
        return Finding(RULE, Indicator.WARNING, "dose_unknown", values, facts, notes(chart))
    values["dailyDose"] = Measure(therapy.total.value, MG_PER_DAY)
    return Finding(RULE, Indicator.WARNING, "concurrent", values, facts, notes(chart, dose=therapy.total))


def _no_duplicates(chart: Chart) -> Silent:
    therapy = chart.therapy
    if not any(order.scheduled for order in therapy.checked_oral):
        return _AS_NEEDED
    because = next((part.because for part in chart.missing if part.topic == "medications"), None)
    if because is not None:
        return Silent(_LIST_NOT_WHOLE, {"because": because})
    if len(therapy.oral) > 1:
        return Silent(_ONE_REGIMEN, {"count": len(therapy.oral)})
    return _RENEWED if therapy.renewals else _ONLY_ONE
