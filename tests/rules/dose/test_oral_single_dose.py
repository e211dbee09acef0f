from datetime import date

import pytest

from cds.rules.dose import oral_single_dose as rule
from cds.rules.finding import Measure
from tests.charts import at_least, chart, order, phase, therapy
from tests.rules.said import level, said


def doses(single, times=1, **changes):
    return chart(therapy=therapy(order(phase(single, times)), before=single * times), **changes)


INFO = ("info", "above_usual")


@pytest.mark.parametrize(
    ("single", "times", "expected"),
    [
        (19.9, 4, None),
        (20, 4, None),
        (20.1, 3, INFO),
        (25, 3, INFO),
        (40, 2, INFO),  # exactly 80 mg/day
        (40.1, 2, None),  # above 80 mg/day OralDailyMaximum speaks
        (149.9, 1, None),
        (150, 1, ("warning", "warning")),
        (199.9, 1, ("warning", "warning")),
        (200, 1, ("critical", "critical")),
        (200.1, 1, ("critical", "critical")),
    ],
)
def test_boundaries_under_the_us_label(single, times, expected):
    assert level(said(rule, doses(single, times))) == expected


@pytest.mark.parametrize(
    ("where", "informs"),
    [
        ({"jurisdiction": "US"}, True),
        ({"jurisdiction": "DE"}, True),
        ({"jurisdiction": "FR"}, True),
        ({"jurisdiction": "FR", "setting": "inpatient"}, False),
        ({"jurisdiction": "UK"}, False),
        ({"jurisdiction": "FR", "indications": frozenset({"alcohol"}), "on": date(2015, 1, 1)}, False),
        ({"jurisdiction": "FR", "indications": frozenset({"alcohol"}), "on": date(2018, 1, 1)}, True),
        ({"jurisdiction": "FR", "indications": frozenset({"alcohol"})}, True),
    ],
)
def test_the_info_is_for_regimes_that_warn_at_80_or_below(where, informs):
    assert level(said(rule, doses(25, 3, **where))) == (INFO if informs else None)
    assert level(said(rule, doses(150, **where))) == ("warning", "warning")
    assert level(said(rule, doses(200, **where))) == ("critical", "critical")


def test_a_lower_bound_does_not_prove_a_day_within_the_label():
    assert said(rule, chart(therapy=at_least(therapy(order(phase(25, 3)), before=75)))) is None
    poisoning = said(rule, chart(therapy=at_least(therapy(order(phase(200)), before=75))))
    assert level(poisoning) == ("critical", "critical")
    assert poisoning.notes == ("at_least",)


def test_the_largest_dose_of_all_orders_counts():
    patient = chart(therapy=therapy(order(phase(5, 3)), order(phase(25, 1)), before=40))
    assert said(rule, patient).values["singleDose"] == Measure(25, "mg")


def test_a_single_dose_is_judged_though_the_day_cannot_be_told():
    unlimited = order(phase(200, as_needed=True))
    finding = said(rule, chart(therapy=therapy(unlimited)))
    assert level(finding) == ("critical", "critical")
    assert "dailyDose" not in finding.values
    assert said(rule, chart(therapy=therapy(order(phase(25, as_needed=True))))) is None


def test_is_silent_without_an_oral_order_or_a_single_dose():
    assert said(rule, chart()) is None
    assert said(rule, chart(therapy=therapy(order()))) is None


def test_the_info_says_what_was_assumed_of_the_regime_and_the_poisoning_does_not():
    assert said(rule, doses(25, 3, indications=frozenset())).notes == ("indication_unknown",)
    assert said(rule, doses(200, indications=frozenset())).notes == ()
