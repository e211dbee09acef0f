from fractions import Fraction

import pytest

from cds.chart.model import AgeRange, Egfr, Known, Problem, Unknown
from cds.rules.dose import oral_doses_per_day as rule
from tests.charts import TODAY, at_least, changed, chart, order, phase, therapy
from tests.rules.said import level, said

FEW = ("info", "too_few")
MANY = ("info", "too_many")


def doses(single, times, **changes):
    return chart(therapy=therapy(order(phase(single, times)), before=single * times), **changes)


@pytest.mark.parametrize(("times", "expected"), [(1, FEW), (2, None), (3, None), (4, None), (5, MANY), (6, MANY)])
def test_two_to_four_doses_a_day(times, expected):
    assert level(said(rule, doses(15, times))) == expected


@pytest.mark.parametrize(("single", "expected"), [(9.9, None), (10, None), (10.1, FEW)])
def test_a_small_daily_dose_may_be_taken_once(single, expected):
    assert level(said(rule, doses(single, 1))) == expected


def test_a_lower_bound_is_no_small_dose():
    finding = said(rule, chart(therapy=at_least(therapy(order(phase(10, 1)), before=10))))
    assert finding.notes == ("at_least",)


@pytest.mark.parametrize(("egfr", "expected"), [(59.9, None), (60, FEW), (60.1, FEW), (None, FEW)])
def test_failing_kidneys_are_a_reason(egfr, expected):
    assert level(said(rule, doses(15, 1, egfr=egfr))) == expected


def test_kidneys_with_a_comparator_and_unknown_ones():
    patient = doses(15, 1)

    def with_egfr(reading):
        kidneys = type(patient.kidneys)(egfr=reading, dialysis=patient.kidneys.dialysis)
        return changed(patient, kidneys=kidneys)

    assert said(rule, with_egfr(Known(Egfr(Fraction(60), TODAY, comparator="<")))) is None
    assert said(rule, with_egfr(Known(Egfr(Fraction(60), TODAY, comparator=">")))) is not None
    assert said(rule, with_egfr(Unknown("no laboratory results were sent"))) is not None


def test_dialysis_is_a_reason():
    patient = doses(15, 1)
    dialysis = Known(Problem("Dialysis", frozenset({"dialysis"})))
    kidneys = type(patient.kidneys)(egfr=patient.kidneys.egfr, dialysis=dialysis)
    assert said(rule, changed(patient, kidneys=kidneys)) is None


@pytest.mark.parametrize(
    ("age", "expected"), [(17, None), (18, FEW), (AgeRange(16, 17), None), (AgeRange(17, 18), FEW), (None, FEW)]
)
def test_children_are_dosed_by_weight(age, expected):
    assert level(said(rule, doses(15, 1, age=age))) == expected


def test_a_taper_is_a_passing_schedule():
    falling = order(phase(20, 1, days=7), phase(15, 1, days=7))
    assert said(rule, chart(therapy=therapy(falling, before=30))) is None
    down = therapy(order(phase(15, 1)), before=30)
    assert level(said(rule, chart(therapy=down))) == FEW  # a single lower dose is no taper
    ending = therapy(order(phase(15, 1, days=7)), before=30, reaches_zero=True)
    assert said(rule, chart(therapy=ending)) is None


def test_as_needed_doses_are_not_counted():
    assert said(rule, chart(therapy=therapy(order(phase(15, 6, as_needed=True, limit=90))))) is None
    beside = therapy(order(phase(15, 3)), order(phase(5, as_needed=True, limit=5)), before=45)
    assert said(rule, chart(therapy=beside)) is None


def test_several_orders_may_be_too_few_only_together():
    two = therapy(order(phase(15, 1)), order(phase(5, 1)), before=20)
    assert said(rule, chart(therapy=two)) is None
    many = therapy(order(phase(5, 6)), order(phase(5, 1)), before=35)
    assert level(said(rule, chart(therapy=many))) == MANY


def test_what_cannot_be_counted_is_not_judged():
    assert said(rule, chart()) is None
    uncounted = phase(15, 1)
    uncounted = type(uncounted)(daily=uncounted.daily, dosing_day=uncounted.dosing_day, per_dose=uncounted.per_dose)
    assert said(rule, chart(therapy=therapy(order(uncounted), before=15))) is None
    assert said(rule, chart(therapy=therapy(order(phase(15, 1)), order(uncounted), before=30))) is None


def test_too_many_though_the_amount_cannot_be_told():
    counted = phase(15, 6)
    counted = type(counted)(doses_per_day=counted.doses_per_day)
    finding = said(rule, chart(therapy=therapy(order(counted))))
    assert level(finding) == MANY
    assert finding.values == {}
