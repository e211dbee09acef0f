"""From 2020-12-14: a French product authorised for spasticity only, ordered for alcohol use disorder.

Baclocur and Baclofène Zentiva (CIS 64073783) are authorised. A product known only by an international code, or by name, cannot be judged
and is left alone. Not covered: supply shortages, reimbursement.
"""

from __future__ import annotations

from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.pharmacology.product import Product
from cds.phrases import Phrase
from cds.rules.finding import Finding, Indicator, Silent
from cds.rules.rtu._programme import outside

RULE = "FrAlcoholProduct"

_AUTHORISED = Phrase("Authorised for alcohol use disorder: {products}.")
_NOT_JUDGED = Phrase("Without a French product code its authorisation cannot be judged: {products}.")


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    """The finding, or why there is none."""
    elsewhere = outside(chart, knowledge, "fr_alcohol_product")
    if elsewhere is not None:
        return elsewhere
    products = tuple(order.product.name for order in chart.therapy.checked_oral if _spasticity_only(order.product))
    if not products:
        return _not_unauthorised(chart)
    return Finding(RULE, Indicator.INFO, "unauthorised", facts={"products": products})


def _not_unauthorised(chart: Chart) -> Silent:
    products = [order.product for order in chart.therapy.checked_oral]
    unjudged = tuple(product.name for product in products if not product.authorised_for_alcohol)
    if unjudged:
        return Silent(_NOT_JUDGED, {"products": unjudged})
    return Silent(_AUTHORISED, {"products": tuple(product.name for product in products)})


def _spasticity_only(product: Product) -> bool:
    return product.jurisdiction == "FR" and product.cis is not None and not product.authorised_for_alcohol
