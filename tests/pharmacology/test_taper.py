from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds.pharmacology.taper import TaperLimits, divide, plan_taper

LIMITS = TaperLimits(step=Fraction(15), interval=2, length=14)
SHORT = TaperLimits(step=Fraction(15), interval=2, length=7)


def plan(dose: float, unit: float, *, intakes: int = 3, limits: TaperLimits = LIMITS, target: float = 0):
    return plan_taper(
        Fraction(str(dose)), unit=Fraction(str(unit)), intakes=intakes, limits=limits, target=Fraction(target)
    )


def doses(steps) -> list[float]:
    return [float(step.daily_dose) for step in steps]


def test_80_mg_in_half_tablets_of_10_mg_falls_by_10_every_2_days():
    steps = plan(80, 5)
    assert doses(steps) == [70, 60, 50, 40, 30, 20, 10]
    assert {step.days for step in steps} == {2}


def test_60_mg_is_spread_over_two_weeks():
    steps = plan(60, 5)
    assert doses(steps) == [50, 40, 30, 20, 10]
    assert {step.days for step in steps} == {3}


def test_a_high_dose_takes_the_largest_step_and_longer():
    steps = plan(300, 5)
    assert doses(steps)[:3] == [285, 270, 255]
    assert sum(step.days for step in steps) == 38


def test_a_small_dose_falls_by_the_smallest_amount():
    steps = plan(15, 5)
    assert doses(steps) == [10, 5]
    assert {step.days for step in steps} == {7}


@pytest.mark.parametrize(("unit", "possible"), [(14.5, True), (15, True), (15.5, False), (20, False)])
def test_half_a_tablet_may_not_be_more_than_a_step(unit, possible):
    assert (plan(unit * 4, unit) is not None) is possible


@pytest.mark.parametrize(("dose", "possible"), [(5, False), (5.5, True), (10, True)])
def test_nothing_lies_between_the_smallest_amount_and_zero(dose, possible):
    """At the smallest amount itself there is no lower level; a little above it there is."""
    assert (plan(dose, 5) is not None) is possible


def test_a_dose_that_is_no_multiple_comes_down_to_one_first():
    steps = plan(62.5, 5, limits=SHORT)
    assert all((step.daily_dose / 5).denominator == 1 for step in steps)
    assert Fraction("62.5") - steps[0].daily_dose <= 15


def test_a_reduction_to_a_target_keeps_its_last_level():
    steps = plan(60, 5, target=30)
    assert doses(steps)[-1] == 30
    assert steps[-1].days is None
    assert all(step.days == 2 for step in steps[:-1])


def test_the_larger_intakes_come_last():
    assert divide(Fraction(50), Fraction(5), 3) == (15, 15, 20)
    assert divide(Fraction(5), Fraction(5), 3) == (5,)


@pytest.mark.parametrize(
    ("dose", "unit", "intakes", "target"), [(0, 5, 3, 0), (60, 0, 3, 0), (60, 5, 0, 0), (60, 5, 3, 60), (60, 5, 3, 7)]
)
def test_what_cannot_be_meant_is_refused(dose, unit, intakes, target):
    with pytest.raises(ValueError, match="must be"):
        plan(dose, unit, intakes=intakes, target=target)


@pytest.mark.parametrize(("step", "interval", "length"), [(0, 2, 7), (15, 0, 7), (15, 2, -1)])
def test_limits_must_be_limits(step, interval, length):
    with pytest.raises(ValueError, match="above zero"):
        TaperLimits(Fraction(step), interval, length)


@pytest.mark.parametrize("dose", [Fraction(7), Fraction(0)])
def test_only_whole_units_are_divided(dose):
    with pytest.raises(ValueError, match="multiple"):
        divide(dose, Fraction(5), 3)


@given(
    tenths=st.integers(1, 4000),
    unit=st.sampled_from([Fraction(1), Fraction("2.5"), Fraction(5), Fraction("7.5"), Fraction(10), Fraction(15)]),
    intakes=st.integers(1, 6),
    interval=st.integers(1, 14),
    length=st.integers(0, 60),
)
def test_every_plan_keeps_to_its_limits(tenths, unit, intakes, interval, length):
    dose, limits = Fraction(tenths, 10), TaperLimits(Fraction(15), interval, length)
    steps = plan_taper(dose, unit=unit, intakes=intakes, limits=limits)
    if steps is None:
        assert dose <= unit
        assert length
        return
    levels = [dose, *(step.daily_dose for step in steps), Fraction(0)]
    assert all(0 < before - after <= 15 for before, after in pairwise(levels))
    assert all(step.days is not None and step.days >= interval for step in steps)
    assert sum(step.days or 0 for step in steps) >= (length if steps else 0)
    for step in steps:
        assert sum(step.intakes) == step.daily_dose
        assert len(step.intakes) <= intakes
        assert all(intake > 0 and (intake / unit).denominator == 1 for intake in step.intakes)
        assert max(step.intakes) - min(step.intakes) <= unit
