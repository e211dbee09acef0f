"""Intrathecal baclofen together with an oral antispasmodic: baclofen, tizanidine, dantrolene or diazepam.

Fires for an intrathecal order, and from the other side: such a drug ordered for a patient with a pump. A drug whose route is not written
counts as oral. Oral baclofen that goes on beside the pump counts, drafted or on file, reported where no order for it is there.

Silent for an oral baclofen order that is a taper to zero: that is the advice followed. So is stopping it in the same signing. Silent, too, where
the signing stops the infusion: oral baclofen then bridges it. Not covered: other sedatives, which CnsDepressant counts.
"""

from __future__ import annotations

from cds.chart.model import Chart, OtherDrug
from cds.chart.orders import Order
from cds.knowledge import Knowledge
from cds.rules._interaction import names
from cds.rules.finding import Finding, Indicator
from cds.rules.intrathecal._pump import gets_intrathecal, has_pump, intrathecal_dose

RULE = "IntrathecalWithOral"

CLASSES: tuple[str, ...] = ("oral_antispasmodic",)
BY_MOUTH = frozenset({"oral", "unknown"})


def check(chart: Chart, _knowledge: Knowledge) -> Finding | None:
    """The finding, or None."""
    drugs = tuple(drug for drug in chart.taking(*CLASSES) if drug.route in BY_MOUTH)
    baclofen = [order for order in _oral_baclofen(chart) if not (order.falling and order.ends_at_zero)]
    if not _meet(chart, drugs, baclofen):
        return None
    found = tuple(dict.fromkeys(order.product.name for order in baclofen)) + names(drugs)
    return Finding(RULE, Indicator.WARNING, "together", values={"drugs": found} | intrathecal_dose(chart))


def _oral_baclofen(chart: Chart) -> tuple[Order, ...]:
    return chart.therapy.oral + tuple(
        order for order in chart.intrathecal.reported_oral if order not in chart.therapy.oral
    )


def _meet(chart: Chart, drugs: tuple[OtherDrug, ...], baclofen: list[Order]) -> bool:
    """Whether one side is being ordered and the other is there."""
    if chart.therapy.checked_intrathecal:
        return bool(drugs or baclofen)
    stopped = any(stop.order.intrathecal for stop in chart.therapy.stops)
    if stopped or not (gets_intrathecal(chart) or has_pump(chart)):
        return False
    return any(drug.draft for drug in drugs) or any(order in chart.therapy.checked for order in baclofen)
