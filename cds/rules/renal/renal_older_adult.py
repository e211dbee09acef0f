"""Age 65 and over with an eGFR below 60: the Beers criteria say avoid.

Stands beside the rule of the band (or RenalDialysis) on one card; RenalAcute stands instead. Fires at exactly 65 and not at an eGFR of
exactly 60. An incomplete birth date fires where either end is old enough, and says so. Not covered: the criteria's hospice exemption.
"""

from __future__ import annotations

from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.rules._common import may_be_at_least
from cds.rules.finding import Finding, Indicator, Silent
from cds.rules.renal._kidneys import (
    age_value,
    egfr_not_below,
    impaired,
    kidney_facts,
    kidney_notes,
    kidney_values,
    no_egfr,
    usable_egfr,
)
from cds.rules.silence import NOTHING_BY_MOUTH, not_older

RULE = "RenalOlderAdult"


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    """The finding, or why there is none."""
    if not chart.therapy.checked_oral:
        return NOTHING_BY_MOUTH
    older = knowledge.figure("older_adult.age", chart.evaluation_date)
    if not may_be_at_least(chart.age, older):
        return not_older(chart.age, older)
    egfr = usable_egfr(chart)
    if egfr is None:
        return no_egfr(chart)
    if not impaired(egfr, chart, knowledge):
        return egfr_not_below(egfr, knowledge.figure("renal.moderate", chart.evaluation_date))
    return Finding(
        RULE,
        Indicator.WARNING,
        "avoid",
        values=kidney_values(chart) | age_value(chart),
        facts=kidney_facts(chart),
        notes=kidney_notes(chart, age=True),
    )
