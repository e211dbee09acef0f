"""Intrathecal baclofen together with epidural or intrathecal morphine: hypotension and dyspnoea were reported.

Checked from both sides: intrathecal baclofen ordered beside such morphine, and such morphine ordered for a patient on intrathecal baclofen.
Silent for morphine by any other route and where its route is not written; CnsDepressant counts it as an opioid. A pump alone does not fire:
it may be the morphine's own. Not covered: other opioids into the spinal canal, of which the source says nothing.
"""

from __future__ import annotations

from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.rules._interaction import names
from cds.rules.finding import Finding, Indicator
from cds.rules.intrathecal._pump import gets_intrathecal, intrathecal_dose

RULE = "IntrathecalMorphine"

CLASSES: tuple[str, ...] = ("morphine",)
NEURAXIAL = frozenset({"epidural", "intrathecal"})


def check(chart: Chart, _knowledge: Knowledge) -> Finding | None:
    """The finding, or None."""
    morphine = tuple(drug for drug in chart.taking(*CLASSES) if drug.route in NEURAXIAL)
    ordered = chart.therapy.checked_intrathecal or any(drug.draft for drug in morphine)
    if not morphine or not ordered or not gets_intrathecal(chart):
        return None
    return Finding(RULE, Indicator.WARNING, "together", values={"drugs": names(morphine)} | intrathecal_dose(chart))
