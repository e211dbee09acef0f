"""At patient-view a kidney card stands only where something is new since the last order: what was so then was said when it was signed."""

from __future__ import annotations

from cds.chart.model import Chart, Known
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules.finding import Fact, Silent
from cds.rules.renal._kidneys import egfr_facts
from cds.rules.silence import NOTHING_BY_MOUTH

_NO_LAST_ORDER = Silent(Phrase("No running order of baclofen by mouth is on file."))
_UNDATED_ORDER = Silent(
    Phrase("The baclofen by mouth that runs on file is undated, so what is new since its order cannot be told.")
)
_LIST_NOT_WHOLE = Phrase("Whether baclofen by mouth is on file cannot be told: {because}.")
_DIALYSED_THEN = Phrase("Dialysis was on file already at the last order, of {last}.")
_UNDATED = Phrase("Dialysis without a date counts as known at the last order, of {last}.")
_SEVERE_THEN = Phrase("eGFR {egfr} of {date}, below {limit}, was on file already at the last order, of {last}.")


def oral_in_question(chart: Chart) -> bool:
    """Whether baclofen by mouth is what the call is about: ordered in it, or on file with the day of its last order when the record is opened."""
    if chart.hook == "patient-view":
        return chart.last_order is not None
    return bool(chart.therapy.checked_oral)


def not_in_question(chart: Chart) -> Silent:
    """The silence where baclofen by mouth is not what the call is about."""
    if chart.hook != "patient-view":
        return NOTHING_BY_MOUTH
    if any(order.oral for order in chart.therapy.taken):
        return _UNDATED_ORDER
    because = next((part.because for part in chart.missing if part.topic == "medications"), None)
    return _NO_LAST_ORDER if because is None else Silent(_LIST_NOT_WHOLE, {"because": because})


def dialysed_then(chart: Chart) -> Silent | None:
    """The silence where dialysis was on file on the day of the last order; at a hook with orders that is never asked."""
    last = chart.last_order
    if last is None or not isinstance(last.kidneys.dialysis, Known):
        return None
    why = _UNDATED if last.kidneys.dialysis.value.since is None else _DIALYSED_THEN
    return Silent(why, {"last": last.on})


def severe_then(chart: Chart, knowledge: Knowledge) -> Silent | None:
    """The silence where the eGFR on file on that day, fresh or not, was severe already, or dialysis stood for it."""
    last, dialysed = chart.last_order, dialysed_then(chart)
    if last is None or dialysed is not None:
        return dialysed
    egfr = last.kidneys.egfr.value if isinstance(last.kidneys.egfr, Known) else last.kidneys.stale
    line = knowledge.figure("renal.severe", last.on)
    if egfr is None or not egfr.below(line):
        return None
    return Silent(_SEVERE_THEN, egfr_facts(egfr, line) | {"last": last.on})


def last_order_facts(chart: Chart) -> dict[str, Fact]:
    """The day of the last order, for the note below."""
    return {} if chart.last_order is None else {"last_order": chart.last_order.on}


def last_order_notes(chart: Chart) -> tuple[str, ...]:
    """That this is new since the last order."""
    return () if chart.last_order is None else ("new_since_order",)
