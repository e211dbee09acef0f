"""An increase of the oral dose against the regime's largest step and shortest interval.

Fires above the step and under the interval, not at them; every increase of a sequence is looked at and the first that breaks the
rule is named. How long the dose before was in effect is not always on record: then only the step is judged, and the text says so.

Not where RestartWithdrawal fires (the earlier dose is then resumed on purpose), and a start is no step. Deliberately not covered:
the weekly steps of the paediatric labels.
"""

from __future__ import annotations

from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules._common import DAYS, MG_PER_DAY, notes
from cds.rules.dose._titration import offending, resumed, too_large, too_soon
from cds.rules.finding import Fact, Finding, Indicator, Measure, Silent
from cds.rules.silence import NOTHING_BY_MOUTH, no_increase

RULE = "OralTitrationStep"

_WITHIN = Phrase(
    "Largest known increase {change}: not above {step}. Shortest known interval {days}: not below {interval}."
)
_UNDATED = Phrase(
    "Largest known increase {change}: not above {step}. How long the dose before was in effect is not on record."
)
_PARTLY_DATED = Phrase(
    "Largest known increase {change}: not above {step}. Shortest known interval {days}: not below {interval}; another one "
    "cannot be told."
)


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:  # noqa: ARG001 - the figures stand in the regime
    """Warn at the first increase that is too large or too soon."""
    if not chart.therapy.checked_oral:
        return NOTHING_BY_MOUTH
    step = offending(chart)
    if step is None:
        return _within(chart)
    elsewhere = resumed(chart)
    if elsewhere is not None:
        return elsewhere
    values = {
        "dailyDose": Measure(step.after, MG_PER_DAY),
        "change": Measure(step.change, MG_PER_DAY),
        "step": Measure(chart.regime.step, MG_PER_DAY),
        "interval": Measure(chart.regime.interval_days, DAYS),
    }
    if step.days is not None:
        values["days"] = Measure(step.days, DAYS)
    if too_large(step, chart) and too_soon(step, chart):
        message = "both"
    elif too_soon(step, chart):
        message = "too_soon"
    else:
        message = "too_large" if step.days is not None else "interval_unknown"
    facts = {"before": Measure(step.before, MG_PER_DAY)}
    return Finding(
        RULE, Indicator.WARNING, message, values, facts, notes(chart, regime=True), references=chart.regime.references
    )


def _within(chart: Chart) -> Silent:
    steps = chart.therapy.increases
    if not steps:
        return no_increase(chart)
    facts: dict[str, Fact] = {
        "change": Measure(max(step.change for step in steps), MG_PER_DAY),
        "step": Measure(chart.regime.step, MG_PER_DAY),
    }
    days = [step.days for step in steps if step.days is not None]
    if not days:
        return Silent(_UNDATED, facts)
    facts |= {"days": Measure(min(days), DAYS), "interval": Measure(chart.regime.interval_days, DAYS)}
    return Silent(_WITHIN if len(days) == len(steps) else _PARTLY_DATED, facts)
