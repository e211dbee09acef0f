"""What the two registration rules share: when they speak, and how a registration reads."""

from __future__ import annotations

from cds.chart.model import Absent, Chart, Known, Reading, Unknown
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules.finding import Finding, Indicator, Silent
from cds.rules.rtu._programme import unconcerned
from cds.rules.silence import not_in_period

_OFF = Silent(Phrase("CDS_RTU_REGISTRATION is off."))
_IDENTIFIER = Phrase("An identifier shows the registration, of the system {system}.")
_REGISTERED = Phrase("Registered: {registry} says so.")


def unregistered(rule: str, registered: Reading[str], chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    """The finding of a registration rule, or why there is none."""
    elsewhere = unconcerned(chart)
    if elsewhere is not None:
        return elsewhere
    programme = knowledge.period("rtu.programme")
    running = programme.contains(chart.evaluation_date)
    if chart.registration_policy == "off":
        return _OFF
    if chart.registration_policy == "by-date" and not running:
        return not_in_period(programme, chart.evaluation_date)
    notes: tuple[str, ...] = ()
    if not running:
        ended = programme.end is not None and chart.evaluation_date > programme.end
        notes = ("portal_closed",) if ended else ("rtu_not_begun",)
    asked = {"registry": chart.programme.asked}
    match registered:
        case Known(Phrase() as registry):
            return Silent(_REGISTERED, {"registry": registry})
        case Known(system):
            return Silent(_IDENTIFIER, {"system": system})
        case Absent():
            return Finding(rule, Indicator.INFO, "not_registered", facts=asked, notes=notes)
        case Unknown(because):
            return Finding(rule, Indicator.INFO, "unknown", facts={**asked, "because": because}, notes=notes)
