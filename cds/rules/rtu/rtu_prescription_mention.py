"""While the programme ran (2014-03-17 to 2020-12-13) the prescription had to carry "Prescription sous RTU".

Silent where any ordered baclofen says "RTU" in a note or dosage text. Not covered: wording on a printed form that the EHR adds itself.
"""

from __future__ import annotations

from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.rules.finding import Finding, Indicator
from cds.rules.rtu._programme import concerns

RULE = "RtuPrescriptionMention"


def check(chart: Chart, knowledge: Knowledge) -> Finding | None:
    """The finding, or None."""
    if not concerns(chart) or not knowledge.period("rtu.prescription_mention").contains(chart.evaluation_date):
        return None
    if any(order.mentions_rtu for order in chart.therapy.checked_oral):
        return None
    return Finding(RULE, Indicator.INFO, "missing")
