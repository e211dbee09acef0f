"""RestartWithdrawal: withdrawal symptoms are on record, with onset in a gap of supply or during a running taper.

Resume the earlier dose under supervision; the limits of a titration step do not apply. Symptoms without a date count; those that began
before the gap or the taper do not.

Not covered: symptoms without a recorded gap or taper.
"""

from __future__ import annotations

from fractions import Fraction

from cds.chart.model import Chart
from cds.knowledge import Knowledge
from cds.rules._common import DAYS, MG_PER_DAY, notes
from cds.rules._withdrawal import gap_with_withdrawal, withdrawal_on_record
from cds.rules.finding import Fact, Finding, Indicator, Measure, Value

RULE = "RestartWithdrawal"


def check(chart: Chart, knowledge: Knowledge) -> Finding | None:  # noqa: ARG001 - no figure: the contract names none
    """Symptoms in the gap, else during the taper."""
    symptoms = withdrawal_on_record(chart)
    if not chart.therapy.checked_oral or symptoms is None:
        return None
    gap = gap_with_withdrawal(chart)
    values: dict[str, Value] = {}
    facts: dict[str, Fact] = {"symptoms": symptoms}
    if gap is not None:
        values["gap"] = Measure(Fraction(gap.days), DAYS)
        dose, message = gap.dose, "gap"
    else:
        dose, message = None, "taper"  # the phase in force is the reduced dose, not the one to go back to
    if dose is None:
        return Finding(RULE, Indicator.WARNING, f"{message}_dose_unknown", values, facts, notes(chart))
    facts["earlier"] = Measure(dose, MG_PER_DAY)
    return Finding(RULE, Indicator.WARNING, message, values, facts, notes(chart))
