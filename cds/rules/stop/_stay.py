"""What the rules of admission and discharge say of the baclofen taken at home."""

from __future__ import annotations

from cds.chart.model import Absent, Chart, Known, Listing, Unknown
from cds.chart.orders import Order
from cds.phrases import Phrase
from cds.rules._common import MG_PER_DAY
from cds.rules.finding import Finding, Indicator, Measure, Silent, Value
from cds.rules.silence import not_sent

HOME = Phrase("Baclofen taken at home")

_NONE_AT_HOME = Silent(Phrase("No scheduled baclofen by mouth is taken at home."))
_UNDECIDED = Phrase("Nothing tells whether this order is for home or belongs to the stay: {orders}.")


def not_missing(chart: Chart, what: Phrase, carried_on: Phrase, orders: Listing[Order]) -> Silent | None:
    """Why no home medication is missing among the orders of one kind; None where it is missing.

    Args:
        chart: the patient.
        what: these orders in words.
        carried_on: says of `{orders}` that they are there.
        orders: the orders that should carry it on.
    """
    stay = chart.stay
    if stay.undecided:
        return Silent(_UNDECIDED, {"orders": products(stay.undecided)})
    if not stay.home:
        missing = chart.drugs.missing or orders.missing
        return _NONE_AT_HOME if missing is None else not_sent(HOME, missing)
    if orders.entries:
        return Silent(carried_on, {"orders": products(orders.entries)})
    return None if orders.missing is None else not_sent(what, orders.missing)


def products(orders: tuple[Order, ...]) -> tuple[str, ...]:
    """What is ordered, each product once."""
    return tuple(dict.fromkeys(order.product.name for order in orders))


def omission(chart: Chart, rule: str, indicator: Indicator, message: str) -> Finding:
    """Home baclofen that is missing where it should be ordered: its dose, or the same said without one."""
    values: dict[str, Value] = {}
    match chart.stay.home_dose:
        case Known(dose):
            values["dailyDose"] = Measure(dose, MG_PER_DAY)
        case Absent() | Unknown():
            message = f"{message}_dose_unknown"
    return Finding(rule, indicator, message, values)
