"""Intrathecal baclofen together with epidural or intrathecal morphine: hypotension and dyspnoea were reported.

Checked from both sides: intrathecal baclofen ordered beside such morphine, and such morphine ordered for a patient on intrathecal baclofen.
Silent for morphine by any other route and where its route is not written; CnsDepressant counts it as an opioid. A pump alone does not fire:
it may be the morphine's own. Not covered: other opioids into the spinal canal, of which the source says nothing.
"""

from __future__ import annotations

from cds.chart.model import Chart, OtherDrug
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules._interaction import names
from cds.rules.finding import Finding, Indicator, Silent
from cds.rules.intrathecal._pump import gets_intrathecal, intrathecal_dose, not_intrathecal
from cds.rules.silence import not_sent

RULE = "IntrathecalMorphine"

CLASSES: tuple[str, ...] = ("morphine",)
NEURAXIAL = frozenset({"epidural", "intrathecal"})
MORPHINE = Phrase("Epidural or intrathecal morphine")

_NO_MORPHINE = Silent(Phrase("No current morphine on file, and none being ordered."))
_OTHER_ROUTE = Phrase("Neither epidural nor intrathecal by what is written: {drugs}.")
_NEITHER_ORDERED = Silent(Phrase("Neither intrathecal baclofen nor epidural or intrathecal morphine is being ordered."))


def check(chart: Chart, _knowledge: Knowledge) -> Finding | Silent:
    """The two together, one of them being ordered."""
    if not gets_intrathecal(chart):
        return not_intrathecal(chart)
    taken = chart.taking(*CLASSES)
    morphine = tuple(drug for drug in taken if drug.route in NEURAXIAL)
    if not (chart.therapy.checked_intrathecal or any(drug.draft for drug in morphine)):
        return _NEITHER_ORDERED
    if not morphine:
        return _no_morphine(chart, taken)
    return Finding(RULE, Indicator.WARNING, "together", values={"drugs": names(morphine)} | intrathecal_dose(chart))


def _no_morphine(chart: Chart, taken: tuple[OtherDrug, ...]) -> Silent:
    if chart.drugs.missing is not None:
        return not_sent(MORPHINE, chart.drugs.missing)
    return Silent(_OTHER_ROUTE, {"drugs": names(taken)}) if taken else _NO_MORPHINE
