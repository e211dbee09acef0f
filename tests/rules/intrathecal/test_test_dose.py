from fractions import Fraction

import pytest

from cds.chart.model import AgeRange
from cds.chart.reading import Listing
from cds.rules.finding import Measure
from cds.rules.intrathecal import intrathecal_test_dose as rule
from tests.rules.intrathecal.pump_cases import NOT_SENT, at, bolus, given, infusion, pumped, some_time
from tests.rules.said import level, said


def before(*doses, missing=None):
    return {"test_doses": Listing(doses, missing)}


YESTERDAY = at(days=1)


@pytest.mark.parametrize(
    ("amount", "expected"),
    [(99.9, None), (100, None), (100.1, ("critical", "too_much")), (50_000, ("critical", "too_much"))],
)
def test_the_largest(amount, expected):
    earlier = before(given(75, at(days=2), 0)) if amount == 100 else before(missing=NOT_SENT)
    assert level(said(rule, pumped(bolus(amount), **earlier))) == expected


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (at(hours=23, minutes=59), ("critical", "too_early")),
        (at(hours=24), None),
        (at(hours=24, minutes=1), None),
        (some_time(0), ("critical", "same_day")),
        (some_time(1), None),
    ],
)
def test_the_interval_to_the_minute(last, expected):
    assert level(said(rule, pumped(bolus(75), **before(given(50, last, 0))))) == expected


def test_the_interval_is_said_in_hours_and_minutes():
    finding = said(rule, pumped(bolus(75), **before(given(50, at(hours=23, minutes=59), 0))))
    assert finding.values["interval"] == Measure(Fraction(1439, 60), "h")
    assert finding.facts["after"] == "23 h 59 min"


def test_the_interval_counts_from_the_last_dose_of_a_partial_list():
    doses = before(given(25, at(days=9)), given(50, at(hours=3)), missing=NOT_SENT)
    assert level(said(rule, pumped(bolus(75), **doses))) == ("critical", "too_early")


def test_a_dose_that_was_given_later_does_not_count():
    assert said(rule, pumped(bolus(50, at(days=2)), **before(given(75, YESTERDAY, 0)))) is None


@pytest.mark.parametrize(("hours", "expected"), [(12, ("critical", "too_early")), (24, None)])
def test_two_doses_of_one_signing(hours, expected):
    assert level(said(rule, pumped(bolus(50, at(hours=hours)), bolus(75)))) == expected


def test_the_same_dose_twice_at_the_same_time():
    assert level(said(rule, pumped(bolus(50), bolus(50)))) == ("critical", "too_early")


def test_a_dose_in_the_cart_comes_before():
    assert level(said(rule, pumped(bolus(75), in_cart=(bolus(50, at(hours=3)),)))) == ("critical", "too_early")


@pytest.mark.parametrize(
    ("concentration", "expected"),
    [(50, None), (49.9, ("critical", "wrong_ampoule")), (500, ("critical", "wrong_ampoule")), (None, None)],
)
def test_the_ampoule(concentration, expected):
    assert level(said(rule, pumped(bolus(50, concentration=concentration)))) == expected


def test_one_finding_says_all_that_is_wrong():
    finding = said(rule, pumped(bolus(150, concentration=500), **before(given(50, at(hours=1), 0))))
    assert level(finding) == ("critical", "too_much")
    assert finding.notes == ("it_interval_too", "it_concentration_too")
    finding = said(rule, pumped(bolus(75, concentration=500), **before(given(50, at(hours=1), 0))))
    assert (level(finding), finding.notes) == (("critical", "too_early"), ("it_concentration_too",))


@pytest.mark.parametrize(
    ("last", "amount", "expected"),
    [
        (None, 50, None),
        (None, 75, "not_first"),
        (None, 100, "not_first"),
        (None, 60, "not_first"),
        (25, 50, None),
        (25, 75, "out_of_order"),
        (50, 75, None),
        (50, 50, "out_of_order"),
        (50, 100, "out_of_order"),
        (75, 100, None),
        (75, 50, "out_of_order"),
        (100, 100, "no_candidate"),
        (100, 50, "no_candidate"),
    ],
)
@pytest.mark.parametrize("response", [0, None])
def test_the_order_without_a_response(last, amount, expected, response):
    doses = () if last is None else (given(last, YESTERDAY, response),)
    finding = said(rule, pumped(bolus(amount), **before(*doses)))
    assert level(finding) == (None if expected is None else ("warning", expected))


@pytest.mark.parametrize(
    ("last", "amount", "fires"),
    [
        (50, 50, False),
        (50, 75, False),
        (50, 100, True),
        (75, 50, False),
        (75, 100, False),
        (100, 100, False),
        (50, 60, True),
    ],
)
def test_after_a_response_only_a_rung_passed_over_is_out_of_order(last, amount, fires):
    finding = said(rule, pumped(bolus(amount), **before(given(last, YESTERDAY, 4))))
    assert level(finding) == (("warning", "out_of_order") if fires else None)


@pytest.mark.parametrize(
    ("age", "fires"),
    [(3, False), (4, True), (40, True), (AgeRange(3, 4), True), (AgeRange(2, 3), False), (None, False)],
)
def test_25_may_come_first_in_a_small_child(age, fires):
    assert level(said(rule, pumped(bolus(25), age=age))) == (("warning", "not_first") if fires else None)


def test_the_order_is_left_alone_where_earlier_doses_are_not_all_known():
    assert said(rule, pumped(bolus(100), **before(missing=NOT_SENT))) is None


def test_an_infusion_is_no_test_dose():
    assert said(rule, pumped(infusion(2500))) is None
