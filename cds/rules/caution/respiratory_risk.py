"""RespiratoryRisk: sleep apnoea or a respiratory disease is on the active problem list of a patient for whom baclofen is ordered.

Info; a warning with an opioid, taken or drafted, and above the high dose (D > 80 mg/day). An opioid ordered for such a patient who takes
baclofen is checked, too. Not covered: acute infections of the airways, and how severe the disease is.
"""

from __future__ import annotations

from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules._common import dose_facts, dose_values, notes
from cds.rules._conditions import in_force, labels, not_active, on_record
from cds.rules._interaction import apart, beside_baclofen, names
from cds.rules.caution._dose import high_dose
from cds.rules.finding import Finding, Indicator, Silent, Value

RULE = "RespiratoryRisk"
CLASSES = ("opioid",)
WHAT = Phrase("Sleep apnoea or respiratory disease")
OPIOID = Phrase("Opioid")


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    """The conditions on record with what makes them weigh more."""
    opioids = beside_baclofen(chart, *CLASSES)
    if not (chart.therapy.checked or opioids):
        return apart(chart, OPIOID, *CLASSES)
    recorded = on_record(chart, "sleep_apnoea", "respiratory_disease", past=True)
    found = in_force(recorded)
    if not found:
        return not_active(chart, WHAT, recorded)
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
