"""Intrathecal baclofen together with an oral antispasmodic: baclofen, tizanidine, dantrolene or diazepam.

Fires for an intrathecal order, and from the other side: such a drug ordered for a patient with a pump. A drug whose route is not written
counts as oral. Oral baclofen that goes on beside the pump counts, drafted or on file, reported where no order for it is there.

Silent for an oral baclofen order that is a taper to zero: that is the advice followed. So is stopping it in the same signing. Silent, too, where
the signing stops the infusion: oral baclofen then bridges it. Not covered: other sedatives, which CnsDepressant counts.
"""

from __future__ import annotations

from cds.chart.model import Chart, OtherDrug, Unknown
from cds.chart.orders import Order
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules._interaction import names
from cds.rules.finding import Finding, Indicator, Silent
from cds.rules.intrathecal._pump import ON_FILE, PUMP, gets_intrathecal, has_pump, intrathecal_dose
from cds.rules.silence import cannot_be_told, not_sent

RULE = "IntrathecalWithOral"

CLASSES: tuple[str, ...] = ("oral_antispasmodic",)
BY_MOUTH = frozenset({"oral", "unknown"})
BY_MOUTH_TOO = Phrase("Baclofen or another antispasmodic by mouth")

_NEITHER_SIDE = Silent(Phrase("No intrathecal baclofen runs or is being ordered, and no pump is on record."))
_NOTHING_BY_MOUTH = Silent(Phrase("No baclofen and no other antispasmodic is taken or ordered by mouth."))
_NOT_BY_MOUTH = Phrase("Not by mouth: {drugs}.")
_TAPERED = Silent(Phrase("The baclofen by mouth is a taper to zero."))
_BRIDGED = Silent(Phrase("Intrathecal baclofen is stopped in this signing, and what is taken by mouth bridges it."))
_NEITHER_ORDERED = Silent(
    Phrase("Neither intrathecal baclofen nor an antispasmodic to be taken by mouth is being ordered.")
)


def check(chart: Chart, _knowledge: Knowledge) -> Finding | Silent:
    """The two together, one of them being ordered."""
    drugs = tuple(drug for drug in chart.taking(*CLASSES) if drug.route in BY_MOUTH)
    baclofen = [order for order in _oral_baclofen(chart) if not (order.falling and order.ends_at_zero)]
    silent = _apart(chart, drugs, baclofen)
    if silent is not None:
        return silent
    found = tuple(dict.fromkeys(order.product.name for order in baclofen)) + names(drugs)
    return Finding(RULE, Indicator.WARNING, "together", values={"drugs": found} | intrathecal_dose(chart))


def _oral_baclofen(chart: Chart) -> tuple[Order, ...]:
    return chart.therapy.oral + tuple(
        order for order in chart.intrathecal.reported_oral if order not in chart.therapy.oral
    )


def _apart(chart: Chart, drugs: tuple[OtherDrug, ...], baclofen: list[Order]) -> Silent | None:
    """Why the two do not meet; None where one side is being ordered and the other is there."""
    if chart.therapy.checked_intrathecal:
        return None if drugs or baclofen else _nothing_by_mouth(chart)
    if any(stop.order.intrathecal for stop in chart.therapy.stops):
        return _BRIDGED if drugs or _oral_baclofen(chart) else _nothing_by_mouth(chart)
    if not (gets_intrathecal(chart) or has_pump(chart)):
        return _no_pump(chart)
    if any(drug.draft for drug in drugs) or any(order in chart.therapy.checked for order in baclofen):
        return None
    if chart.therapy.checked_oral:
        return _TAPERED
    others = tuple(drug for drug in chart.taking(*CLASSES) if drug.draft)
    return Silent(_NOT_BY_MOUTH, {"drugs": names(others)}) if others else _NEITHER_ORDERED


def _no_pump(chart: Chart) -> Silent:
    if isinstance(chart.intrathecal.pump, Unknown):
        return cannot_be_told(PUMP, chart.intrathecal.pump)
    return _NEITHER_SIDE if chart.drugs.missing is None else not_sent(ON_FILE, chart.drugs.missing)


def _nothing_by_mouth(chart: Chart) -> Silent:
    if chart.drugs.missing is not None:
        return not_sent(BY_MOUTH_TOO, chart.drugs.missing)
    if _oral_baclofen(chart):
        return _TAPERED
    others = chart.taking(*CLASSES)
    return Silent(_NOT_BY_MOUTH, {"drugs": names(others)}) if others else _NOTHING_BY_MOUTH
