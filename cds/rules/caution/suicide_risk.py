"""SuicideRisk: bipolar disorder, severe depression, suicidal thoughts or an attempt on the active problem list, and baclofen is ordered.

A warning, critical above the high dose (D > 80 mg/day). D that cannot be told is a warning; D that is a lower bound says so. Not covered:
depression that is not recorded as severe, and episodes that are over.
"""

from __future__ import annotations

from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules._common import dose_facts, dose_values, notes
from cds.rules._conditions import in_force, labels, not_active, on_record
from cds.rules.caution._dose import high_dose
from cds.rules.finding import Finding, Indicator, Silent
from cds.rules.silence import NOTHING_ORDERED

RULE = "SuicideRisk"
WHAT = Phrase("Bipolar disorder, severe depression, suicidal thoughts or an attempt")


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    """The conditions on record with the daily dose."""
    if not chart.therapy.checked:
        return NOTHING_ORDERED
    recorded = on_record(chart, "bipolar", "depression_severe", "suicidality", past=True)
    found = in_force(recorded)
    if not found:
        return not_active(chart, WHAT, recorded)
    high = high_dose(chart, knowledge)
    return Finding(
        RULE,
        Indicator.CRITICAL if high else Indicator.WARNING,
        "high_dose" if high else "on_record",
        values=dose_values(chart),
        facts={"conditions": labels(found)} | dose_facts(chart),
        notes=notes(chart, dose=chart.therapy.total),
    )
