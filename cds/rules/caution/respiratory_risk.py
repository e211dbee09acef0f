"""RespiratoryRisk: sleep apnoea or a respiratory disease is on the active problem list of a patient for whom baclofen is ordered.

Info; a warning with an opioid, taken or drafted, and above the high dose (D > 80 mg/day). An opioid ordered for such a patient who takes
baclofen is checked, too. Not covered: acute infections of the airways, and how severe the disease is.
"""

from __future__ import annotations

from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.rules._common import dose_facts, dose_values, notes
from cds.rules._conditions import labels, on_record
from cds.rules._interaction import beside_baclofen, names
from cds.rules.caution._dose import high_dose
from cds.rules.finding import Finding, Indicator, Value

RULE = "RespiratoryRisk"
CLASSES = ("opioid",)


def check(chart: Chart, knowledge: Knowledge) -> Finding | None:
    """The conditions on record with what makes them weigh more; a list that was not sent is said by ChecksIncomplete."""
    opioids = beside_baclofen(chart, *CLASSES)
    found = on_record(chart, "sleep_apnoea", "respiratory_disease")
    if not (found and (chart.therapy.checked or opioids)):
        return None
    message = "opioid" if opioids else "high_dose" if high_dose(chart, knowledge) else "on_record"
    drugs: dict[str, Value] = {"drugs": names(opioids)} if opioids else {}
    return Finding(
        RULE,
        Indicator.INFO if message == "on_record" else Indicator.WARNING,
        message,
        values=dose_values(chart) | drugs,
        facts={"conditions": labels(found)} | dose_facts(chart),
        notes=notes(chart, dose=chart.therapy.total),
    )
