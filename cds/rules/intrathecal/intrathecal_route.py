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
from cds.rules.finding import Finding, Indicator, Silent
from cds.rules.silence import NOTHING_ORDERED

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
RIGHT: dict[Route, Phrase] = {
    "intrathecal": Phrase("intrathecally"),
    "unknown": Phrase("by a route that is not written"),
}

ROUTES = PARENTERAL | OTHERWISE | RIGHT

_NONE_WRONG = Phrase(
    "No injection is ordered by another route than the intrathecal one, and no baclofen into a vein, a muscle, "
    "under the skin or into the epidural space. Ordered: {routes}."
)


def check(chart: Chart, _knowledge: Knowledge) -> Finding | Silent:
    """The finding about the first such order."""
    if not chart.therapy.checked:
        return NOTHING_ORDERED
    for order in chart.therapy.checked:
        route = _wrong_route(order)
        if route is not None:
            return Finding(RULE, Indicator.CRITICAL, "wrong_route", facts={"route": route})
    ordered = (ROUTES[order.plan.route] for order in chart.therapy.checked)
    return Silent(_NONE_WRONG, {"routes": tuple(dict.fromkeys(ordered))})


def _wrong_route(order: Order) -> Phrase | None:
    found = PARENTERAL.get(order.plan.route)
    if found is None and order.product.form == "injection":
        return OTHERWISE.get(order.plan.route)
    return found
