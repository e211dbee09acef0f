from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds.pharmacology.dose import DosePhase, DosePlan, Problem, Span

_FRACTIONS = st.fractions(0, 1000)
_SPANS = st.builds(lambda a, b: Span(min(a, b), max(a, b)), _FRACTIONS, _FRACTIONS)


@given(_SPANS, _SPANS, _SPANS)
def test_addition_has_no_order(one, other, third):
    assert one + other == other + one
    assert (one + other) + third == one + (other + third)


@given(_SPANS, _SPANS, st.fractions(0, 100))
def test_scaling_distributes_over_addition(one, other, factor):
    assert (one + other).scaled(factor) == one.scaled(factor) + other.scaled(factor)


@given(_SPANS, _SPANS)
def test_a_hull_holds_both(one, other):
    hull = one.hull(other)
    assert hull.low <= min(one.low, other.low)
    assert hull.high >= max(one.high, other.high)


def test_three_thirds_are_one():
    assert Span.of(Fraction(1, 3)).scaled(3) == Span.of(1)


@pytest.mark.parametrize(
    ("phase", "peak"),
    [
        (DosePhase(dosing_day=Span.of(30)), 30),
        (DosePhase(), None),
        (DosePhase(scheduled=False, as_needed=True, as_needed_maximum=Fraction(40)), 40),
        (DosePhase(scheduled=False, as_needed=True), None),
        (DosePhase(dosing_day=Span.of(30), as_needed=True, as_needed_maximum=Fraction(10)), 40),
        (DosePhase(dosing_day=Span.of(30), as_needed=True), None),
        (DosePhase(as_needed=True, as_needed_maximum=Fraction(10)), None),
        (DosePhase(dosing_day=Span.of(0)), 0),
    ],
)
def test_peak(phase, peak):
    assert phase.peak == peak


def test_a_plan_spans_its_phases():
    plan = DosePlan(
        phases=(
            DosePhase(daily=Span.of(15), per_dose=Span.of(5)),
            DosePhase(),
            DosePhase(daily=Span.of(30), per_dose=Span.of(10)),
        )
    )
    assert (plan.daily, plan.per_dose) == (Span(Fraction(15), Fraction(30)), Span(Fraction(5), Fraction(10)))
    assert DosePlan().daily is None


def test_one_phase_without_limit_makes_the_plan_unlimited():
    limited = DosePhase(scheduled=False, as_needed=True, as_needed_maximum=Fraction(40))
    assert DosePlan(phases=(limited, DosePhase())).as_needed_maximum == 40
    assert DosePlan(phases=(limited, DosePhase(scheduled=False, as_needed=True))).as_needed_maximum is None


def test_problems_are_found_by_code():
    plan = DosePlan(problems=(Problem("no-timing", "x"),))
    assert plan.has_problem("no-strength", "no-timing")
    assert not plan.has_problem("no-strength")
