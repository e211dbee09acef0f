"""Baclofen injection ordered by a route it is not made for.

Fires for any baclofen ordered into a vein, a muscle, under the skin or into the epidural space, and for an injection product with any other
route on the order that is not intrathecal. Silent where no route is written: an injection is then taken for intrathecal. Not covered: the
wrong port of a pump, which no order shows.
"""

from __future__ import annotations

from cds.chart.model import Chart
from cds.chart.orders import Order
from cds.knowledge import Knowledge
from cds.pharmacology.dose import Route
from cds.phrases import Phrase
from cds.rules.finding import Finding, Indicator

RULE = "IntrathecalRoute"

PARENTERAL: dict[Route, Phrase] = {
    "intravenous": Phrase("intravenously"),
    "intramuscular": Phrase("intramuscularly"),
    "subcutaneous": Phrase("subcutaneously"),
    "epidural": Phrase("epidurally"),
}
OTHERWISE: dict[Route, Phrase] = {
    "oral": Phrase("by mouth"),
    "topical": Phrase("on the skin"),
    "other": Phrase("by another route"),
}


def check(chart: Chart, _knowledge: Knowledge) -> Finding | None:
    """The finding about the first such order, or None."""
    for order in chart.therapy.checked:
        route = _wrong_route(order)
        if route is not None:
            return Finding(RULE, Indicator.CRITICAL, "wrong_route", facts={"route": route})
    return None


def _wrong_route(order: Order) -> Phrase | None:
    found = PARENTERAL.get(order.plan.route)
    if found is None and order.product.form == "injection":
        return OTHERWISE.get(order.plan.route)
    return found
