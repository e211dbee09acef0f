"""An active infection when an intrathecal pump is implanted.

Fires where the implantation is ordered in this signing, together with intrathecal baclofen or for a patient on baclofen, and an infection is
active on the problem list, by its code or its words. Silent for an infusion without an implantation and for an infection that is over.
Not covered: infections that stand only in results, such as a positive culture.
"""

from __future__ import annotations

from cds.chart.model import Absent, Chart, Known, Unknown
from cds.knowledge import Knowledge
from cds.rules.finding import Finding, Indicator
from cds.rules.intrathecal._pump import gets_intrathecal

RULE = "IntrathecalInfection"

SERVICES: tuple[str, ...] = ("pump_implantation",)


def check(chart: Chart, _knowledge: Knowledge) -> Finding | None:
    """The finding, or None."""
    if not chart.ordering(*SERVICES) or not (gets_intrathecal(chart) or chart.therapy.taken):
        return None
    match chart.active("infection_active"):
        case Known(infection):
            return Finding(RULE, Indicator.CRITICAL, "active", facts={"infection": infection.name})
        case Absent() | Unknown():
            return None  # none on record; a missing problem list stands on ChecksIncomplete
