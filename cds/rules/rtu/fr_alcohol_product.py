"""From 2020-12-14: a French product authorised for spasticity only, ordered for alcohol use disorder.

Baclocur and Baclofène Zentiva (CIS 64073783) are authorised. A product known only by an international code, or by name, cannot be judged
and is left alone. Not covered: supply shortages, reimbursement.
"""

from __future__ import annotations

from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.pharmacology.product import Product
from cds.rules.finding import Finding, Indicator
from cds.rules.rtu._programme import concerns

RULE = "FrAlcoholProduct"


def check(chart: Chart, knowledge: Knowledge) -> Finding | None:
    """The finding, or None."""
    if not concerns(chart) or not knowledge.period("fr_alcohol_product").contains(chart.evaluation_date):
        return None
    products = tuple(order.product.name for order in chart.therapy.checked_oral if _spasticity_only(order.product))
    if not products:
        return None
    return Finding(RULE, Indicator.INFO, "unauthorised", facts={"products": products})


def _spasticity_only(product: Product) -> bool:
    return product.jurisdiction == "FR" and product.cis is not None and not product.authorised_for_alcohol
