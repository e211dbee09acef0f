"""At patient-view a kidney card stands only where something is new since the last order: what was so then was said when it was signed."""

from __future__ import annotations

from cds.chart.model import Chart, Known
from cds.knowledge import Knowledge
from cds.rules.finding import Fact


def oral_in_question(chart: Chart) -> bool:
    """Whether baclofen by mouth is what the call is about: ordered in it, or on file with the day of its last order when the record is opened."""
    if chart.hook == "patient-view":
        return chart.last_order is not None
    return bool(chart.therapy.checked_oral)


def dialysed_then(chart: Chart) -> bool:
    """Whether dialysis was on file on the day of the last order; at a hook with orders that is never asked."""
    return chart.last_order is not None and isinstance(chart.last_order.kidneys.dialysis, Known)


def severe_then(chart: Chart, knowledge: Knowledge) -> bool:
    """Whether the eGFR on file on that day, fresh or not, was severe already, or dialysis stood for it."""
    last = chart.last_order
    if last is None:
        return False
    egfr = last.kidneys.egfr.value if isinstance(last.kidneys.egfr, Known) else last.kidneys.stale
    return dialysed_then(chart) or (egfr is not None and egfr.below(knowledge.figure("renal.severe", last.on)))


def last_order_facts(chart: Chart) -> dict[str, Fact]:
    """The day of the last order, for the note below."""
    return {} if chart.last_order is None else {"last_order": chart.last_order.on}


def last_order_notes(chart: Chart) -> tuple[str, ...]:
    """That this is new since the last order."""
    return () if chart.last_order is None else ("new_since_order",)
