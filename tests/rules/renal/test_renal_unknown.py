from datetime import date
from fractions import Fraction

import pytest

from cds.chart.model import AgeRange, Egfr, ImplausibleCreatinine, LaterResult
from cds.chart.reading import Absent
from cds.rules.finding import Indicator, Measure
from cds.rules.renal import renal_unknown
from tests.charts import KNOWLEDGE, TODAY, at_least, changed, chart
from tests.rules.renal.kidney_cases import NOT_SENT, acute, dialysis, going_on, kidneys, pump, raised, start, unclear
from tests.rules.said import asked
from tests.speaking import card_of

check = asked(renal_unknown.check)

NEXT_DAY = date(2026, 6, 2)
LATER = LaterResult(NEXT_DAY, Egfr(Fraction(20), NEXT_DAY))
STALE = Egfr(Fraction("59.99"), date(2025, 3, 1))


def test_silent_where_the_egfr_is_known():
    assert check(chart(therapy=going_on(30), egfr=95), KNOWLEDGE) is None


def test_silent_for_an_intrathecal_order():
    assert check(chart(therapy=pump(), egfr=None), KNOWLEDGE) is None


@pytest.mark.parametrize(
    "more",
    [
        {"dialysis": dialysis()},
        {"acute": acute()},
        {"implausible": (ImplausibleCreatinine(Fraction(150), "mg/dL", TODAY),)},
    ],
)
def test_silent_beside_rules_that_have_more_to_say(more):
    assert check(chart(therapy=going_on(30), kidneys=kidneys(egfr=Absent(), **more)), KNOWLEDGE) is None


@pytest.mark.parametrize(
    ("function", "message", "said"),
    [
        (kidneys(egfr=Absent()), "none", "12 months (3 months for older adults"),
        (kidneys(egfr=Absent(), stale=STALE), "stale", "59.9 mL/min/1.73 m² of 1 March 2025"),
        (kidneys(egfr=Absent(), stale=STALE, unreadable=("eGFR 55 in mL/min",)), "unreadable", "eGFR 55 in mL/min"),
        (kidneys(egfr=NOT_SENT, unreadable=("eGFR 55 in mL/min",)), "unreadable", "eGFR 55 in mL/min"),
        (kidneys(egfr=Absent(), later=LATER), "later", "Judge by eGFR 20 of 2 June 2026 before"),
        (kidneys(egfr=Absent(), stale=STALE, later=LATER), "later", "up to the day of the order, 1 June 2026"),
        (kidneys(egfr=Absent(), later=LaterResult(NEXT_DAY)), "later", "Judge by a result of 2 June 2026 before"),
        (kidneys(egfr=NOT_SENT, later=LATER), "unknown", "later than 1 June 2026: eGFR 20 of 2 June 2026"),
        (kidneys(egfr=NOT_SENT), "unknown", "because the EHR sent no laboratory results"),
    ],
)
def test_says_why(function, message, said):
    on = chart(therapy=going_on(30), kidneys=function)
    finding = check(on, KNOWLEDGE)
    assert finding is not None
    assert (finding.indicator, finding.message) == (Indicator.INFO, message)
    assert said in card_of(finding, on).detail


@pytest.mark.parametrize(
    ("age", "signing", "indicator"),
    [
        (65, start(20), Indicator.WARNING),
        (64, start(20), Indicator.INFO),
        (65, start(19.9), Indicator.INFO),
        (65, start(20.1), Indicator.WARNING),
        (70, going_on(30), Indicator.INFO),
        (70, raised(20, 30), Indicator.INFO),
        (70, unclear(30), Indicator.INFO),
        (None, start(30), Indicator.INFO),
        (70, changed(start(30), total=None), Indicator.INFO),
        (70, at_least(start(20)), Indicator.WARNING),
        (AgeRange(64, 65), start(20), Indicator.WARNING),
    ],
)
def test_a_warning_at_a_start_of_20_mg_from_65(age, signing, indicator):
    on = chart(age=age, therapy=signing, egfr=None)
    finding = check(on, KNOWLEDGE)
    assert finding is not None
    assert finding.indicator == indicator
    assert ("renal_unknown_start" in finding.notes) == (indicator == Indicator.WARNING)
    assert ("age" in finding.values) == (indicator == Indicator.WARNING)
    card_of(finding, on)


def test_warning_says_an_incomplete_birth_date():
    finding = check(chart(age=AgeRange(64, 65), therapy=start(20), egfr=None), KNOWLEDGE)
    assert finding is not None
    assert finding.values["age"] == Measure(65, "a")
    assert "partial_birth_date" in finding.notes
