"""Which increases break the label's step rule, for the two rules that divide that question between them."""

from __future__ import annotations

from cds.chart.model import Chart
from cds.chart.orders import DoseStep
from cds.phrases import Phrase
from cds.rules._withdrawal import withdrawal_on_record
from cds.rules.finding import Silent

_RESUMES = Phrase("Withdrawal symptoms on record call for the earlier dose: {symptoms}.")


def too_large(step: DoseStep, chart: Chart) -> bool:
    """Whether the dose rises by more than the regime's step."""
    return step.change > chart.regime.step


def too_soon(step: DoseStep, chart: Chart) -> bool:
    """Whether the dose before is known to have been in effect for less than the regime's interval."""
    return step.days is not None and step.days < chart.regime.interval_days


def offending(chart: Chart) -> DoseStep | None:
    """The first increase that is too large or too soon."""
    return next((step for step in chart.therapy.increases if too_large(step, chart) or too_soon(step, chart)), None)


def resumes_for_withdrawal(chart: Chart) -> bool:
    """Whether withdrawal symptoms in a gap or a taper call for the earlier dose: RestartWithdrawal speaks."""
    return withdrawal_on_record(chart) is not None


def resumed(chart: Chart) -> Silent | None:
    """The silence of a rule of titration where RestartWithdrawal speaks."""
    symptoms = withdrawal_on_record(chart)
    return None if symptoms is None else Silent(_RESUMES, {"symptoms": symptoms})
