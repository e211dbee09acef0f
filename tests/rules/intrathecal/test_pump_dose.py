"""Increase, decrease, range and the rise over refills."""

from fractions import Fraction

import pytest

from cds.chart.model import AgeRange
from cds.chart.reading import Absent, Known, Listing
from cds.rules.dose import unit_mismatch
from cds.rules.finding import Measure
from cds.rules.intrathecal import (
    intrathecal_daily_range,
    intrathecal_decrease,
    intrathecal_increment,
    intrathecal_sudden_increase,
)
from tests.rules.intrathecal.pump_cases import NOT_SENT, at, bolus, given, infusion, pumped, step
from tests.rules.said import level, said

SPINAL, CEREBRAL = Known("spinal"), Known("cerebral")


class TestIncrement:
    @pytest.mark.parametrize(
        ("origin", "age", "refill", "after", "expected"),
        [
            (SPINAL, 40, False, 130, None),
            (SPINAL, 40, False, 130.1, ("warning", "too_large")),
            (SPINAL, 40, False, 140, ("warning", "too_large")),
            (SPINAL, 40, False, 140.1, ("critical", "far_too_large")),
            (CEREBRAL, 40, False, 115, None),
            (CEREBRAL, 40, False, 115.1, ("warning", "too_large")),
            (CEREBRAL, 40, False, 140.1, ("critical", "far_too_large")),
            (SPINAL, 17, False, 115.1, ("warning", "too_large")),
            (SPINAL, 17, False, 115, None),
            (SPINAL, 18, False, 130, None),
            (SPINAL, AgeRange(17, 18), False, 115.1, ("warning", "too_large")),
            (SPINAL, None, False, 130, None),
            (Absent(), 40, False, 115, None),
            (NOT_SENT, 40, False, 115.1, ("warning", "too_large")),
            (SPINAL, 40, True, 140, None),
            (SPINAL, 40, True, 140.1, ("warning", "refill_too_large")),
            (SPINAL, 17, True, 140, None),
            (CEREBRAL, 40, True, 120, None),
            (CEREBRAL, 40, True, 120.1, ("warning", "refill_too_large")),
            (Absent(), 40, True, 120.1, ("warning", "refill_too_large")),
            (SPINAL, 40, True, 300, ("warning", "refill_too_large")),
        ],
    )
    def test_size(self, origin, age, refill, after, expected):
        patient = pumped(infusion(after), age=age, origin=origin, steps=(step(100, after, refill=refill),))
        assert level(said(intrathecal_increment, patient)) == expected

    @pytest.mark.parametrize(
        ("hours", "exact", "refill", "expected"),
        [
            (Fraction(1439, 60), True, False, ("warning", "too_early")),
            (24, True, False, None),
            (23, False, False, ("warning", "same_day")),
            (None, False, False, None),
            (1, True, True, None),
        ],
    )
    def test_pace(self, hours, exact, refill, expected):
        one = step(100, 110, hours, exact=exact, refill=refill)
        assert level(said(intrathecal_increment, pumped(infusion(110), steps=(one,)))) == expected

    def test_size_comes_before_pace(self):
        patient = pumped(infusion(135), steps=(step(100, 135, 1),))
        assert level(said(intrathecal_increment, patient)) == ("warning", "too_large")

    def test_the_worst_step_of_a_sequence(self):
        patient = pumped(infusion(200), steps=(step(100, 135), step(135, 200)))
        assert level(said(intrathecal_increment, patient)) == ("critical", "far_too_large")

    def test_an_unknown_origin_is_said_where_it_decides(self):
        adult = pumped(infusion(120), origin=Absent(), steps=(step(100, 120),))
        child = pumped(infusion(120), age=12, origin=Absent(), steps=(step(100, 120),))
        assert said(intrathecal_increment, adult).notes == ("it_origin_unknown",)
        assert said(intrathecal_increment, child).notes == ()

    def test_its_figures(self):
        finding = said(intrathecal_increment, pumped(infusion(150), steps=(step(100, 150, 48),)))
        assert finding.values == {
            "dailyDose": Measure(Fraction(150), "ug/d"),
            "change": Measure(Fraction(50), "%"),
            "step": Measure(Fraction(30), "%"),
            "interval": Measure(Fraction(48), "h"),
        }

    def test_a_decrease_is_none(self):
        assert said(intrathecal_increment, pumped(infusion(50), steps=(step(100, 50, 1),))) is None


@pytest.mark.parametrize(("after", "fires"), [(80, False), (79.9, True), (99, False), (150, False)])
@pytest.mark.parametrize("refill", [True, False])
def test_decrease(after, fires, refill):
    patient = pumped(infusion(after), steps=(step(100, after, refill=refill),))
    assert level(said(intrathecal_decrease, patient)) == (("warning", "too_large") if fires else None)


def test_no_decrease_without_a_dose_before():
    assert said(intrathecal_decrease, pumped(infusion(10))) is None


class TestDailyRange:
    @pytest.mark.parametrize(
        ("origin", "age", "daily", "expected"),
        [
            (SPINAL, 40, 11.9, ("warning", "below")),
            (SPINAL, 40, 12, None),
            (SPINAL, 40, 999.9, None),
            (SPINAL, 40, 1000, ("info", "limited")),
            (SPINAL, 40, 2003, ("info", "limited")),
            (SPINAL, 40, 2003.1, ("critical", "far_above")),
            (CEREBRAL, 40, 21.9, ("warning", "below")),
            (CEREBRAL, 40, 22, None),
            (CEREBRAL, 40, 1000, None),
            (CEREBRAL, 40, 1000.1, ("info", "limited")),
            (CEREBRAL, 40, 1400, ("info", "limited")),
            (CEREBRAL, 40, 1400.1, ("critical", "far_above")),
            (Absent(), 40, 21.9, ("warning", "below")),
            (Absent(), 40, 1000, ("info", "limited")),
            (NOT_SENT, 40, 1400.1, ("critical", "far_above")),
            (SPINAL, 11, 23.9, ("warning", "below")),
            (SPINAL, 11, 24, None),
            (SPINAL, 11, 1199, ("info", "limited")),
            (SPINAL, 11, 1199.1, ("warning", "above")),
            (SPINAL, 11, 2003.1, ("critical", "far_above")),
            (CEREBRAL, 11, 1400.1, ("critical", "far_above")),
            (SPINAL, 12, 1199.1, ("info", "limited")),
            (SPINAL, AgeRange(11, 12), 1199.1, ("warning", "above")),
            (SPINAL, 40, 11_999, ("critical", "far_above")),
            (SPINAL, 40, 12_000, None),
        ],
    )
    def test_range(self, origin, age, daily, expected):
        assert level(said(intrathecal_daily_range, pumped(infusion(daily), age=age, origin=origin))) == expected

    @pytest.mark.parametrize("daily", [2004, 11_999.9, 12_000, 500_000])
    def test_a_dose_too_high_is_said_once(self, daily):
        patient = pumped(infusion(daily))
        by_range = said(intrathecal_daily_range, patient)
        by_unit = said(unit_mismatch, patient)
        assert (by_range is None) != (by_unit is None)

    @pytest.mark.parametrize(("daily", "fires"), [(400, False), (400.1, True)])
    def test_more_than_twice_the_dose_before(self, daily, fires):
        patient = pumped(infusion(daily), earlier=Listing((infusion(200, at=at(days=9)),)))
        assert level(said(intrathecal_daily_range, patient)) == (("critical", "jump") if fires else None)

    def test_a_bolus_is_no_daily_dose(self):
        assert said(intrathecal_daily_range, pumped(bolus(5000))) is None

    def test_a_first_dose_without_a_test_dose_is_said(self):
        alone = said(intrathecal_daily_range, pumped(infusion(1500)))
        compared = said(
            intrathecal_daily_range, pumped(infusion(1500), test_doses=Listing((given(50, at(days=9), 4),)))
        )
        assert (alone.notes, compared.notes) == (("it_not_compared",), ())

    def test_an_incomplete_birth_date_is_said(self):
        finding = said(intrathecal_daily_range, pumped(infusion(1300), age=AgeRange(11, 12)))
        assert "partial_birth_date" in finding.notes


def refills(*doses, status="completed"):
    """Infusions on file that were refills, the newest first."""
    return tuple(infusion(dose, refill=True, status=status, at=at(days=30 * n)) for n, dose in enumerate(doses, 1))


class TestSuddenIncrease:
    @pytest.mark.parametrize(("daily", "fires"), [(140, False), (140.1, True)])
    @pytest.mark.parametrize("status", ["active", "completed"])
    def test_over_the_last_three_refills(self, daily, fires, status):
        patient = pumped(infusion(daily), earlier=Listing(refills(130, 110, 100, status=status)))
        assert level(said(intrathecal_sudden_increase, patient)) == (("warning", "rise") if fires else None)

    def test_what_is_no_refill_is_passed_over(self):
        titration = infusion(50, at=at(days=3))
        mixed = (titration, *refills(130, 110), infusion(20, refill=True, status="stopped"), *refills(100))
        finding = said(intrathecal_sudden_increase, pumped(infusion(150), earlier=Listing(mixed)))
        assert finding.facts["before"] == Measure(Fraction(100), "ug/d")

    @pytest.mark.parametrize("doses", [(130, 100), (), (130, 110, None)])
    def test_silent_with_fewer_or_unreadable_refills(self, doses):
        assert said(intrathecal_sudden_increase, pumped(infusion(900), earlier=Listing(refills(*doses)))) is None

    def test_silent_for_a_bolus(self):
        assert said(intrathecal_sudden_increase, pumped(bolus(100), earlier=Listing(refills(3, 2, 1)))) is None
