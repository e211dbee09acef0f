"""An increase that the label's step allows, in a patient whom the same label tells to titrate more gradually.

Fires at a step of 15 mg/day and more at age 65 and over, or with an active psychiatric or brain disorder, on the problem list or as
the reason of the order. Not where OralTitrationStep or RestartWithdrawal fires.

The labels say "more gradually" without a figure, so this is an info and names none. Deliberately not covered: multiple sclerosis and
alcohol use disorder, for which the label's own step was written.
"""

from __future__ import annotations

from fractions import Fraction

from cds.chart.model import Chart, Known
from cds.knowledge import Knowledge
from cds.rules._common import MG_PER_DAY, YEARS, may_be_at_least, notes
from cds.rules.dose._titration import offending, resumes_for_withdrawal
from cds.rules.finding import Finding, Indicator, Measure, Value

RULE = "OralTitrationGradual"

DISORDER = "psychiatric_or_brain_disorder"


def check(chart: Chart, knowledge: Knowledge) -> Finding | None:
    """Inform of a full step in an older patient or one with a brain or psychiatric disorder."""
    if not chart.therapy.checked_oral:
        return None  # nothing by mouth is being ordered
    on = chart.evaluation_date
    full = knowledge.figure("dose.gradual_step", on)
    step = next((step for step in chart.therapy.increases if step.change >= full), None)
    if step is None:
        return None  # only smaller steps
    if offending(chart) is not None or resumes_for_withdrawal(chart):
        return None  # OralTitrationStep or RestartWithdrawal speaks
    values: dict[str, Value] = {
        "dailyDose": Measure(step.after, MG_PER_DAY),
        "change": Measure(step.change, MG_PER_DAY),
    }
    facts = {"before": Measure(step.before, MG_PER_DAY)}
    disorder = _disorder(chart)
    if disorder is not None:
        return Finding(RULE, Indicator.INFO, "disorder", values, {**facts, "disorder": disorder}, notes(chart))
    if not may_be_at_least(chart.age, knowledge.figure("older_adult.age", on)):
        return None  # younger, or the age cannot be told, and no such disorder on record
    if isinstance(chart.age, Known):
        values["age"] = Measure(Fraction(chart.age.value.high), YEARS)
    return Finding(RULE, Indicator.INFO, "age", values, facts, notes(chart, age=True))


def _disorder(chart: Chart) -> str | None:
    """The disorder in the EHR's words: the reason of the order, else the problem list's."""
    if DISORDER in chart.indication.reasons:
        return ", ".join(chart.indication.labels)
    problem = chart.active(DISORDER)
    return problem.value.name if isinstance(problem, Known) else None
