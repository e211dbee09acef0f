"""The first oral dose of a patient who has had no baclofen, against the regime's starting dose.

Fires above the figure, not at it. Of a sequence the first phase counts; several orders signed together count together; as needed
counts at its highest. A start has to be proven: where a list that could show earlier baclofen is missing, the rule does not run
and ChecksIncomplete says so.

Deliberately not covered: a restart after a gap (RestartAfterGap) and the starting dose per kilogram of a child (PediatricWeightDose).
"""

from __future__ import annotations

from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.rules._common import MG_PER_DAY, first_phase_total, notes
from cds.rules.finding import Finding, Indicator, Measure, Silent
from cds.rules.silence import NOTHING_BY_MOUTH, dose_not_above, no_start

RULE = "OralStartingDose"


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:  # noqa: ARG001 - the figure stands in the regime
    """Warn where a start is above the regime's starting dose."""
    if not chart.therapy.checked_oral:
        return NOTHING_BY_MOUTH
    if not chart.therapy.is_start:
        return no_start(chart.therapy)
    first = first_phase_total(chart.therapy.oral)
    if first.value <= chart.regime.start:
        return dose_not_above(first, chart.regime.start)
    return Finding(
        rule=RULE,
        indicator=Indicator.WARNING,
        message="above_start",
        values={"dailyDose": Measure(first.value, MG_PER_DAY), "start": Measure(chart.regime.start, MG_PER_DAY)},
        notes=notes(chart, regime=True, dose=first),
        references=chart.regime.references,
    )
