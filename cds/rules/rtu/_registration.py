"""What the two registration rules share: when they speak, and how a registration reads."""

from __future__ import annotations

from cds.chart.model import Absent, Chart, Known, Reading, Unknown
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules.finding import Finding, Indicator
from cds.rules.rtu._programme import concerns

ASKED = Phrase("the EHR's own record")
"""The registry that was asked."""


def unregistered(rule: str, registered: Reading[str], chart: Chart, knowledge: Knowledge) -> Finding | None:
    """The finding of a registration rule, or None."""
    if not concerns(chart):
        return None
    programme = knowledge.period("rtu.programme")
    running = programme.contains(chart.evaluation_date)
    if chart.registration_policy == "off":
        return None
    if chart.registration_policy == "by-date" and not running:
        return None
    notes: tuple[str, ...] = ()
    if not running:
        ended = programme.end is not None and chart.evaluation_date > programme.end
        notes = ("portal_closed",) if ended else ("rtu_not_begun",)
    match registered:
        case Known():
            return None
        case Absent():
            return Finding(rule, Indicator.INFO, "not_registered", facts={"registry": ASKED}, notes=notes)
        case Unknown(because):
            return Finding(rule, Indicator.INFO, "unknown", facts={"registry": ASKED, "because": because}, notes=notes)
