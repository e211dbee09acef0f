"""Time on baclofen: exposure, and gaps in supply."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from cds.chart.build.tapers import withdrawal_since
from cds.chart.model import Problem
from cds.chart.orders import Gap, Order
from cds.chart.reading import Absent, Known, Listing, Reading, Unknown
from cds.phrases import Phrase

if TYPE_CHECKING:
    from cds.chart.build.therapy import Histories


def first_day(order: Order, histories: Histories) -> date | None:
    """The first day of continuous baclofen that leads to an order, through earlier orders that join with no longer a pause."""
    by_reference = {earlier.reference: earlier for earlier in histories.orders}
    seen: set[str] = set()
    first = order.authored or order.start
    current: Order | None = order
    while current is not None and current.reference not in seen and first is not None:
        seen.add(current.reference)
        earlier = by_reference.get(current.prior or "")
        if earlier is None or earlier.authored is None:
            break
        if earlier.end is not None and first - earlier.end > timedelta(days=histories.longest_pause):
            break
        first = min(first, earlier.authored)
        current = earlier
    return first


def exposure_days(orders: list[Order], histories: Histories, on: date) -> Reading[int]:
    """Days of continuous baclofen up to a day; 0 where the orders only begin after it."""
    if not orders:
        return histories.current_missing or Absent()
    days = [first_day(order, histories) for order in orders]
    known = [day for day in days if day is not None]
    if not known:
        return Unknown(Phrase("the orders on file carry no date"))
    return Known(max(0, (on - min(known)).days))


def gap_before(
    replaced: list[Order], histories: Histories, problems: Listing[Problem], before: Reading[Fraction], on: date
) -> Reading[Gap]:
    """Days without supply of the orders that the drafts replace."""
    if not replaced:
        return histories.current_missing or Absent()
    ends = [histories.supply[order.reference].on for order in replaced if order.reference in histories.supply]
    if not ends:
        return histories.dispenses_missing or Unknown(Phrase("no supply is on file for the order before"))
    since = max(ends)
    days = (on - since).days
    if days <= 0:
        return Absent()
    dose = before.value if isinstance(before, Known) else None
    return Known(Gap(days, since, dose, withdrawal_since(problems, since)))
