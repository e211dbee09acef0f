"""WheatAllergy: a wheat allergy is on record, and a baclofen tablet is ordered in France.

Lioresal and its generics contain wheat starch, Baclocur does not. A product that cannot be told fires, too, and says that it depends on the
product. Not covered: coeliac disease, for which the amount in a tablet is no danger; other excipients; other countries.
"""

from __future__ import annotations

from cds.chart.model import Chart
from cds.chart.orders import Order
from cds.knowledge import Knowledge
from cds.pharmacology.product import Product
from cds.phrases import Phrase
from cds.rules._conditions import allergic_to, labels, no_allergy
from cds.rules.finding import Finding, Indicator, Silent
from cds.rules.silence import NOTHING_BY_MOUTH, abroad

RULE = "WheatAllergy"
WHAT = Phrase("Wheat allergy")

_NO_WHEAT = Phrase("No tablet that may contain wheat is being ordered: {products}.")


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    """The allergy on record with the tablets."""
    elsewhere = abroad(chart)
    if elsewhere is not None:
        return elsewhere
    found = allergic_to(chart, "wheat_allergy")
    if not found:
        return no_allergy(chart, WHAT)
    ordered = chart.therapy.checked_oral
    if not ordered:
        return NOTHING_BY_MOUTH
    tablets = [order for order in ordered if _may_contain_wheat(order, knowledge)]
    if not tablets:
        return Silent(_NO_WHEAT, {"products": tuple(dict.fromkeys(order.product.name for order in ordered))})
    containing = [order for order in tablets if _is(order.product, "tablet_with_wheat_starch", knowledge)]
    products = tuple(dict.fromkeys(order.product.name for order in containing or tablets))
    message = "contains" if containing else "depends"
    return Finding(RULE, Indicator.WARNING, message, facts={"allergies": labels(found), "products": products})


def _may_contain_wheat(order: Order, knowledge: Knowledge) -> bool:
    return order.product.form in ("tablet", "unknown") and not _is(order.product, "tablet_without_wheat", knowledge)


def _is(product: Product, kind: str, knowledge: Knowledge) -> bool:
    """Whether the product is of a value set: by its French code, by its name only without one."""
    tablets = knowledge.value_set(kind)
    return tablets.matches(product.name) if product.cis is None else tablets.contains("cis", product.cis)
