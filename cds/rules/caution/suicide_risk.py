"""SuicideRisk: bipolar disorder, severe depression, suicidal thoughts or an attempt on the active problem list, and baclofen is ordered.

A warning, critical above the high dose (D > 80 mg/day). D that cannot be told is a warning; D that is a lower bound says so. Not covered:
depression that is not recorded as severe, and episodes that are over.
"""

from __future__ import annotations

from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.rules._common import dose_facts, dose_values, notes
from cds.rules._conditions import labels, on_record
from cds.rules.caution._dose import high_dose
from cds.rules.finding import Finding, Indicator

RULE = "SuicideRisk"


def check(chart: Chart, knowledge: Knowledge) -> Finding | None:
    """The conditions on record with the daily dose; a list that was not sent is said by ChecksIncomplete."""
    found = on_record(chart, "bipolar", "depression_severe", "suicidality")
    if not (chart.therapy.checked and found):
        return None
    high = high_dose(chart, knowledge)
    return Finding(
        RULE,
        Indicator.CRITICAL if high else Indicator.WARNING,
        "high_dose" if high else "on_record",
        values=dose_values(chart),
        facts={"conditions": labels(found)} | dose_facts(chart),
        notes=notes(chart, dose=chart.therapy.total),
    )
