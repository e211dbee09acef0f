from fractions import Fraction

import pytest

from cds.chart.intrathecal import Response, TestBolus
from cds.chart.reading import Absent, Known, Listing
from cds.rules.finding import Measure
from cds.rules.intrathecal import intrathecal_initial_dose as rule
from tests.rules.intrathecal.pump_cases import NOT_SENT, at, given, infusion, pumped
from tests.rules.said import level, said


def after(*doses, missing=None):
    return {"test_doses": Listing(doses, missing)}


def answered(hours, comparator):
    return TestBolus(Fraction(50), at(days=9), Known(Response(Fraction(hours), comparator)))


@pytest.mark.parametrize(
    ("response", "daily", "expected"),
    [
        (8, 94.9, ("info", "below")),
        (8, 95, None),
        (8, 100, None),
        (8, 105, None),
        (8, 105.1, ("critical", "above")),
        (8.1, 47.4, ("info", "below")),
        (8.1, 47.5, None),
        (8.1, 50, None),
        (8.1, 52.5, None),
        (8.1, 52.6, ("critical", "above")),
        (8.1, 100, ("critical", "above")),
        (0.5, 100, None),
    ],
)
def test_twice_or_once_the_effective_dose(response, daily, expected):
    assert level(said(rule, pumped(infusion(daily), **after(given(50, at(days=9), response))))) == expected


def test_the_last_dose_with_a_response_is_the_effective_one():
    doses = after(given(50, at(days=9), 3), given(75, at(days=8), 3), given(100, at(days=7), 0))
    assert said(rule, pumped(infusion(150), **doses)) is None
    finding = said(rule, pumped(infusion(200), **doses))
    assert finding.values["start"] == Measure(Fraction(150), "ug/d")


@pytest.mark.parametrize(
    ("hours", "comparator", "expected"),
    [
        (8, ">", ("critical", "above")),
        (7, ">", None),
        (9, ">=", ("critical", "above")),
        (8, ">=", None),
        (8, "<", None),
    ],
)
def test_a_response_that_was_not_seen_to_its_end(hours, comparator, expected):
    assert level(said(rule, pumped(infusion(100), **after(answered(hours, comparator))))) == expected
    if expected is None and comparator != "<":
        assert said(rule, pumped(infusion(400), **after(answered(hours, comparator)))) is None


@pytest.mark.parametrize(
    "earlier",
    [Listing((infusion(100, at=at(days=3)),)), Listing(missing=NOT_SENT)],
    ids=["an infusion on file", "orders not all known"],
)
def test_silent_where_it_is_not_known_to_be_the_first(earlier):
    assert said(rule, pumped(infusion(400), earlier=earlier, **after(given(50, at(days=9), 4)))) is None


@pytest.mark.parametrize(
    "doses",
    [
        after(),
        after(given(50, at(days=9), 0)),
        after(missing=NOT_SENT),
        after(TestBolus(Fraction(50), at(days=9), NOT_SENT)),
        after(TestBolus(Fraction(50), at(days=9), Absent())),
    ],
)
def test_silent_without_an_effective_test_dose(doses):
    assert said(rule, pumped(infusion(400), **doses)) is None


def test_silent_for_a_dose_that_cannot_be_told():
    assert said(rule, pumped(infusion(None), **after(given(50, at(days=9), 4)))) is None
