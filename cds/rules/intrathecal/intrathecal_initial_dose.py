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
from cds.phrases import Phrase
from cds.rules._common import HOURS, PERCENT, UG, UG_PER_DAY
from cds.rules.finding import Fact, Finding, Indicator, Measure, Silent, Value
from cds.rules.intrathecal._pump import BEFORE, DOSE_UNKNOWN, no_infusion
from cds.rules.silence import cannot_be_told

RULE = "IntrathecalInitialDose"
TEST_DOSE = Phrase("Test dose with a response")

_NOT_FIRST = Silent(Phrase("Not a first 24-hour dose: an earlier infusion is on file."))
_NO_TEST_DOSE = Silent(Phrase("No test dose with a response is on record."))
_OPEN = Phrase(
    "The response to {test_dose} is recorded as {comparator} {lasted}: whether longer than {limit} is not known."
)
_SHORT = Phrase(
    "{dailyDose}: within {tolerance} of {start}, {factor} × the test dose of {test_dose}, "
    "whose response lasted {lasted}, not longer than {limit}."
)
_LONG = Phrase(
    "{dailyDose}: within {tolerance} of {start}, {factor} × the test dose of {test_dose}, "
    "whose response lasted {lasted}, longer than {limit}."
)


def check(chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    """The first dose against the one that follows from the test dose."""
    pump = chart.intrathecal
    if not pump.infusions:
        return no_infusion(chart)
    if not pump.begins:
        missing = pump.earlier.missing
        return _NOT_FIRST if pump.earlier.entries or missing is None else cannot_be_told(BEFORE, missing)
    ordered = [daily for infusion in pump.infusions if (daily := infusion.first_daily) is not None]
    if not ordered:
        return DOSE_UNKNOWN
    match pump.effective_test_dose:
        case Known(dose):
            return _compared(max(ordered), dose, chart, knowledge)
        case Absent():
            return _NO_TEST_DOSE
        case Unknown() as unknown:
            return cannot_be_told(TEST_DOSE, unknown)


def _compared(daily: Fraction, dose: TestBolus, chart: Chart, knowledge: Knowledge) -> Finding | Silent:
    on = chart.evaluation_date
    limit = knowledge.figure("intrathecal.initial.long_response", on)
    if not isinstance(dose.response, Known):
        return _NO_TEST_DOSE
    response = dose.response.value
    facts: dict[str, Fact] = {
        "test_dose": Measure(dose.amount, UG),
        "lasted": Measure(response.hours, HOURS),
        "limit": Measure(limit, HOURS),
    }
    long = response.outlasts(limit)
    if long is None:
        return Silent(_OPEN, facts | {"comparator": response.comparator or ""})
    factor = knowledge.figure(f"intrathecal.initial.factor_{'long' if long else 'short'}", on)
    expected = dose.amount * factor
    tolerance = knowledge.figure("intrathecal.initial.tolerance", on)
    facts["factor"] = factor
    values: dict[str, Value] = {"dailyDose": Measure(daily, UG_PER_DAY), "start": Measure(expected, UG_PER_DAY)}
    if abs(daily - expected) <= expected * tolerance / 100:
        return Silent(_LONG if long else _SHORT, facts | values | {"tolerance": Measure(tolerance, PERCENT)})
    above = daily > expected
    return Finding(
        RULE,
        Indicator.CRITICAL if above else Indicator.INFO,
        "above" if above else "below",
        values,
        facts,
    )
