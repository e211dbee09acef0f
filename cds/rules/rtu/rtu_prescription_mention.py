"""While the programme ran (2014-03-17 to 2020-12-13) the prescription had to carry "Prescription sous RTU".

Silent where any ordered baclofen says "RTU" in a note or dosage text. Not covered: wording on a printed form that the EHR adds itself.
"""

from __future__ import annotations

from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules.finding import Finding, Indicator, Silent
from cds.rules.rtu._programme import outside

RULE = "RtuPrescriptionMention"

_MENTIONED = Silent(Phrase("A note or a dosage text of an order says RTU."))


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    """The finding, or why there is none."""
    elsewhere = outside(chart, knowledge, "rtu.prescription_mention")
    if elsewhere is not None:
        return elsewhere
    if any(order.mentions_rtu for order in chart.therapy.checked_oral):
        return _MENTIONED
    return Finding(RULE, Indicator.INFO, "missing")
