"""PsychiatricDisorder: psychosis, schizophrenia or a confusional state is on the active problem list of a patient for whom baclofen is ordered.

Not covered: bipolar disorder, depression and suicidality, which are another caution; past episodes.
"""

from __future__ import annotations

from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules._conditions import in_force, not_active, on_record
from cds.rules.finding import Finding, Indicator, Silent
from cds.rules.silence import NOTHING_ORDERED

RULE = "PsychiatricDisorder"
WHAT = Phrase("Psychosis, schizophrenia or a confusional state")


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:  # noqa: ARG001 - the contract names no figure
    """The condition on record, the first of several."""
    if not chart.therapy.checked:
        return NOTHING_ORDERED
    recorded = on_record(chart, "schizophrenia_psychosis", "confusional_state", past=True)
    active = in_force(recorded)
    if not active:
        return not_active(chart, WHAT, recorded)
    return Finding(RULE, Indicator.WARNING, "on_record", facts={"condition": active[0].name})
