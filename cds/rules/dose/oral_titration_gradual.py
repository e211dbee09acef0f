"""An increase that the label's step allows, in a patient whom the same label tells to titrate more gradually.

Fires at a step of 15 mg/day and more at age 65 and over, or with an active psychiatric or brain disorder, on the problem list or as
the reason of the order. Not where OralTitrationStep or RestartWithdrawal fires.

The labels say "more gradually" without a figure, so this is an info and names none. Deliberately not covered: multiple sclerosis and
alcohol use disorder, for which the label's own step was written.
"""

from __future__ import annotations

from fractions import Fraction

from cds.chart.model import Absent, Chart, Known, Unknown
from cds.knowledge import Knowledge
from cds.phrases import Phrase
from cds.rules._common import MG_PER_DAY, YEARS, may_be_at_least, notes
from cds.rules.dose._titration import offending, resumed
from cds.rules.finding import Fact, Finding, Indicator, Measure, Silent, Value
from cds.rules.silence import NOTHING_BY_MOUTH, age_unknown_because, no_increase, years

RULE = "OralTitrationGradual"

DISORDER = "psychiatric_or_brain_disorder"

_BY_CODE = Phrase("a psychiatric or brain disorder")  # a code alone
_SMALLER = Phrase("Largest known increase {change}: below {full}.")
_OFFENDING = Phrase("The increase to {after} is too large or too soon, which OralTitrationStep says.")
_YOUNGER = Phrase("{age}: not {older} or older. No psychiatric or brain disorder is active on the problem list.")
_YOUNGER_UNLISTED = Phrase(
    "{age}: not {older} or older. Whether a psychiatric or brain disorder is on record cannot be told: {because}."
)
_AGELESS = Phrase(
    "No psychiatric or brain disorder is active on the problem list. Whether the patient is {older} or older cannot be told: "
    "{age_because}."
)
_AGELESS_UNLISTED = Phrase(
    "Whether the patient is {older} or older cannot be told: {age_because}. Nor can a psychiatric or brain disorder: "
    "{because}."
)


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    """Inform of a full step in an older patient or one with a brain or psychiatric disorder."""
    if not chart.therapy.checked_oral:
        return NOTHING_BY_MOUTH
    on = chart.evaluation_date
    full = knowledge.figure("dose.gradual_step", on)
    step = next((step for step in chart.therapy.increases if step.change >= full), None)
    if step is None:
        return _smaller(chart, full)
    elsewhere = resumed(chart)
    if elsewhere is not None:
        return elsewhere
    broken = offending(chart)
    if broken is not None:
        return Silent(_OFFENDING, {"after": Measure(broken.after, MG_PER_DAY)})
    values: dict[str, Value] = {
        "dailyDose": Measure(step.after, MG_PER_DAY),
        "change": Measure(step.change, MG_PER_DAY),
    }
    facts = {"before": Measure(step.before, MG_PER_DAY)}
    disorder = _disorder(chart)
    if disorder is not None:
        return Finding(RULE, Indicator.INFO, "disorder", values, {**facts, "disorder": disorder}, notes(chart))
    older = knowledge.figure("older_adult.age", on)
    if not may_be_at_least(chart.age, older):
        return _neither(chart, older)
    if isinstance(chart.age, Known):
        values["age"] = Measure(Fraction(chart.age.value.high), YEARS)
    return Finding(RULE, Indicator.INFO, "age", values, facts, notes(chart, age=True))


def _disorder(chart: Chart) -> str | None:
    """The disorder in the EHR's words: the reason of the order, else the problem list's."""
    if chart.indication.among(DISORDER):
        return chart.indication.naming(DISORDER) or _BY_CODE
    problem = chart.active(DISORDER)
    return problem.value.name or _BY_CODE if isinstance(problem, Known) else None


def _smaller(chart: Chart, full: Fraction) -> Silent:
    changes = [step.change for step in chart.therapy.increases]
    if not changes:
        return no_increase(chart)
    return Silent(_SMALLER, {"change": Measure(max(changes), MG_PER_DAY), "full": Measure(full, MG_PER_DAY)})


def _neither(chart: Chart, older: Fraction) -> Silent:
    """Neither old enough nor with such a disorder, or that cannot be told."""
    facts: dict[str, Fact] = {"older": Measure(older, YEARS)}
    disorder = chart.active(DISORDER)
    unlisted = isinstance(disorder, Unknown)
    if isinstance(disorder, Unknown):
        facts["because"] = disorder.because
    match chart.age:
        case Known(age):
            return Silent(_YOUNGER_UNLISTED if unlisted else _YOUNGER, facts | {"age": years(age)})
        case Absent() | Unknown() as untold:
            facts["age_because"] = age_unknown_because(untold)
            return Silent(_AGELESS_UNLISTED if unlisted else _AGELESS, facts)
