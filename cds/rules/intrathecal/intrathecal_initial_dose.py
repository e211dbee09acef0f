"""A first 24-hour dose that does not follow from the effective test dose.

The first dose is twice the effective test dose where the response lasted 8 h at the most, and the test dose itself where it lasted longer.
Critical above that, info below; 5 % either way is rounding and silent, exactly 5 % too. The effective test dose is the last one with a
response.

Silent where an earlier infusion is on file, where the orders are not all known, and where no effective test dose is on record: there is
then nothing to compare with. Another finding about the same dose says so in a note, and a missing list stands on ChecksIncomplete.
Not covered: a response that was still going on when it was last looked at, before 8 h.
"""

from __future__ import annotations

from fractions import Fraction

from cds.chart.intrathecal import TestBolus
from cds.chart.model import Absent, Chart, Known, Unknown
from cds.knowledge import Knowledge
from cds.rules._common import UG, UG_PER_DAY
from cds.rules.finding import Finding, Indicator, Measure
from cds.rules.intrathecal._pump import HOURS

RULE = "IntrathecalInitialDose"


def check(chart: Chart, knowledge: Knowledge) -> Finding | None:
    """The finding, or None."""
    pump = chart.intrathecal
    ordered = [daily for infusion in pump.infusions if (daily := infusion.first_daily) is not None]
    if not pump.begins or not ordered:
        return None  # not a first dose, or it cannot be told
    match pump.effective_test_dose:
        case Known(dose):
            return _compared(max(ordered), dose, chart, knowledge)
        case Absent() | Unknown():
            return None  # nothing to compare with


def _compared(daily: Fraction, dose: TestBolus, chart: Chart, knowledge: Knowledge) -> Finding | None:
    on = chart.evaluation_date
    limit = knowledge.figure("intrathecal.initial.long_response", on)
    long = dose.response.value.outlasts(limit) if isinstance(dose.response, Known) else None
    if long is None or not isinstance(dose.response, Known):
        return None  # whether the response went on for longer is not known
    factor = knowledge.figure(f"intrathecal.initial.factor_{'long' if long else 'short'}", on)
    expected = dose.amount * factor
    slack = expected * knowledge.figure("intrathecal.initial.tolerance", on) / 100
    if abs(daily - expected) <= slack:
        return None  # as the label has it, but for rounding
    above = daily > expected
    return Finding(
        RULE,
        Indicator.CRITICAL if above else Indicator.INFO,
        "above" if above else "below",
        values={"dailyDose": Measure(daily, UG_PER_DAY), "start": Measure(expected, UG_PER_DAY)},
        facts={
            "test_dose": Measure(dose.amount, UG),
            "lasted": Measure(dose.response.value.hours, HOURS),
            "limit": Measure(limit, HOURS),
            "factor": factor,
        },
    )
