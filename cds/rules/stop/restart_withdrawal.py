"""RestartWithdrawal: withdrawal symptoms are on record, with onset in a gap of supply or during a running taper.

Resume the earlier dose under supervision; the limits of a titration step do not apply.

Not covered: symptoms without a recorded gap or taper.
"""

from __future__ import annotations

from fractions import Fraction

from cds.chart.model import Chart, Known
from cds.knowledge import Knowledge
from cds.rules._common import DAYS, MG_PER_DAY, notes
from cds.rules.finding import Fact, Finding, Indicator, Measure, Value

RULE = "RestartWithdrawal"


def check(chart: Chart, knowledge: Knowledge) -> Finding | None:  # noqa: ARG001 - no figure: the contract names none
    """Symptoms in the gap, else during the taper."""
    if not chart.therapy.checked_oral:
        return None
    gap = chart.therapy.gap
    values: dict[str, Value] = {}
    facts: dict[str, Fact] = {}
    if isinstance(gap, Known) and gap.value.withdrawal is not None:
        values["gap"] = Measure(Fraction(gap.value.days), DAYS)
        facts["symptoms"] = gap.value.withdrawal
        dose, message = gap.value.dose, "gap"
    elif chart.therapy.running_taper and isinstance(symptom := chart.active("baclofen_withdrawal"), Known):
        facts["symptoms"] = symptom.value.name
        dose, message = None, "taper"  # the phase in force is the reduced dose, not the one to go back to
    else:
        return None
    if dose is None:
        return Finding(RULE, Indicator.WARNING, f"{message}_dose_unknown", values, facts, notes(chart))
    facts["earlier"] = Measure(dose, MG_PER_DAY)
    return Finding(RULE, Indicator.WARNING, message, values, facts, notes(chart))
