"""Figures, orders and templates in words."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from cds.cards.escaping import markdown, plain
from cds.cards.wording import NOT_KNOWN, fill, measure, number, order_line, placeholders
from cds.pharmacology.dose import Span
from cds.rules.finding import Measure
from tests.charts import order, phase


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(120), "120"),
        (Fraction("7.5"), "7.5"),
        (Fraction(20, 3), "6.67"),
        (Fraction("59.646"), "59.65"),
        (Fraction(100), "100"),
    ],
)
def test_figures(value: Fraction, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(
    ("figure", "text"),
    [
        (Measure(Fraction(80), "mg/d"), "80 mg/day"),
        (Measure(Fraction(1), "d"), "1 day"),
        (Measure(Fraction(2), "d"), "2 days"),
        (Measure(Fraction(22), "mL/min/{1.73_m2}"), "22 mL/min/1.73 m²"),
        (Measure(Fraction("1.23"), "%"), "1.23 %"),
        (Measure(Fraction(3), "bogus"), "3 bogus"),
    ],
)
def test_measures(figure: Measure, text: str) -> None:
    assert measure(figure) == text


def test_orders() -> None:
    assert order_line(order(phase(30, 4))) == "baclofen 30 mg 4×/day = 120 mg/day"
    assert order_line(order(phase(10, as_needed=True, limit=30))) == "baclofen 10 mg as needed, at most 30 mg/day"
    assert order_line(order(phase(10, as_needed=True))) == "baclofen 10 mg as needed, no daily limit"
    assert order_line(order(phase(5, 3, days=3), phase(10, 3, days=3))) == "baclofen 15 → 30 mg/day, 3 days each"
    assert order_line(order()) == "baclofen, dose unknown"


def test_a_range_shows_its_high_end() -> None:
    ranged = phase(20, 3)
    span = Span(Fraction(20), Fraction(30))
    wide = type(ranged)(per_dose=span, doses_per_day=Span.of(3), daily=span.scaled(3), dosing_day=span.scaled(3))
    assert order_line(order(wide)) == "baclofen 20–30 mg 3×/day = up to 90 mg/day"


def test_templates() -> None:
    facts = {"a": Measure(Fraction(5), "mg"), "b": "<b>", "c": date(2026, 6, 1), "d": ("x", "y"), "e": 3}
    assert fill("{a} {b} {c} {d} {e}", facts, markdown) == "5 mg &lt;b&gt; 2026-06-01 x, y 3"
    assert placeholders("{a} and {b}") == {"a", "b"}
    assert fill("{missing}", facts, plain) == NOT_KNOWN
    with pytest.raises(ValueError, match="plain name"):
        fill("{a.value}", facts, plain)


def test_a_list_that_begins_a_line_becomes_a_markdown_list() -> None:
    assert fill("Missing:\n\n{parts}", {"parts": ("one {x}", "two")}, markdown) == "Missing:\n\n- one \\{x\\}\n- two"
