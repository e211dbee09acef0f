"""WheatAllergy: a wheat allergy is on record, and a baclofen tablet is ordered in France.

Lioresal and its generics contain wheat starch, Baclocur does not. A product that cannot be told fires, too, and says that it depends on the
product. Not covered: coeliac disease, for which the amount in a tablet is no danger; other excipients; other countries.
"""

from __future__ import annotations

from cds.chart.model import Chart
from cds.chart.orders import Order
from cds.knowledge import Knowledge
from cds.pharmacology.product import Product
from cds.rules._conditions import allergic_to, labels
from cds.rules.finding import Finding, Indicator

RULE = "WheatAllergy"


def check(chart: Chart, knowledge: Knowledge) -> Finding | None:
    """The allergy on record with the tablets; a list that was not sent is said by ChecksIncomplete."""
    found = allergic_to(chart, "wheat_allergy")
    if chart.jurisdiction.code != "FR" or not found:
        return None
    tablets = [order for order in chart.therapy.checked_oral if _may_contain_wheat(order, knowledge)]
    if not tablets:
        return None
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
