"""An active infection when an intrathecal pump is implanted.

Fires where the implantation is ordered in this signing, together with intrathecal baclofen or for a patient on baclofen, and an infection is
active on the problem list, by its code or its words. Silent for an infusion without an implantation and for an infection that is over.
Not covered: infections that stand only in results, such as a positive culture.
"""

from __future__ import annotations

from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules._conditions import in_force, not_active, on_record
from cds.rules._interaction import BACLOFEN_ON_FILE
from cds.rules.finding import Finding, Indicator, Silent
from cds.rules.intrathecal._pump import gets_intrathecal
from cds.rules.silence import cannot_be_told

RULE = "IntrathecalInfection"

SERVICES: tuple[str, ...] = ("pump_implantation",)
INFECTION = Phrase("Active infection")

_NO_IMPLANTATION = Silent(Phrase("No implantation of an intrathecal pump is being ordered."))
_NO_BACLOFEN = Silent(Phrase("No baclofen is on file, and no intrathecal baclofen is being ordered."))


def check(chart: Chart, _knowledge: Knowledge) -> Finding | Silent:
    """The infection on record, the first of several."""
    if not chart.ordering(*SERVICES):
        return _NO_IMPLANTATION
    if not (gets_intrathecal(chart) or chart.therapy.taken):
        missing = chart.drugs.missing
        return _NO_BACLOFEN if missing is None else cannot_be_told(BACLOFEN_ON_FILE, missing)
    recorded = on_record(chart, "infection_active", past=True)
    active = in_force(recorded)
    if not active:
        return not_active(chart, INFECTION, recorded)
    return Finding(RULE, Indicator.CRITICAL, "active", facts={"infection": active[0].name})
