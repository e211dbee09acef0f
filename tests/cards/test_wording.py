"""Facts, orders and templates in words of either language."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from cds.cards.escaping import markdown, plain
from cds.cards.wording import NOT_KNOWN, Worded, fill, order_line
from cds.language import catalogue
from cds.pharmacology.dose import Span
from cds.phrases import Phrase
from cds.rules.finding import Measure
from tests.charts import order, phase

ENGLISH, FRENCH = catalogue("en"), catalogue("fr", strict=True)

ORDERS = [
    (order(phase(30, 4)), "baclofen 30 mg 4×/day = 120 mg/day", "baclofène 30 mg 4×/jour = 120 mg/jour"),
    (
        order(phase(10, as_needed=True, limit=30)),
        "baclofen 10 mg as needed, at most 30 mg/day",
        "baclofène 10 mg à la demande, au plus 30 mg/jour",
    ),
    (
        order(phase(10, as_needed=True)),
        "baclofen 10 mg as needed, no daily limit",
        "baclofène 10 mg à la demande, sans maximum par jour",
    ),
    (
        order(phase(5, 3, days=3), phase(10, 3, days=3)),
        "baclofen 15 → 30 mg/day, 3 days each",
        "baclofène 15 → 30 mg/jour, par paliers de 3 jours",
    ),
    (order(), "baclofen, dose unknown", "baclofène, dose inconnue"),
]


@pytest.mark.parametrize(("written", "english", "french"), ORDERS)
def test_orders(written, english, french) -> None:
    assert order_line(written, ENGLISH) == english
    assert order_line(written, FRENCH).replace("\xa0", " ") == french


def test_a_figure_never_parts_from_its_unit_in_french() -> None:
    assert "120\xa0mg/jour" in order_line(order(phase(30, 4)), FRENCH)


def test_a_range_shows_its_high_end() -> None:
    ranged = phase(20, 3)
    wide_span = Span(Fraction(20), Fraction(30))
    wide = type(ranged)(
        per_dose=wide_span, doses_per_day=Span.of(3), daily=wide_span.scaled(3), dosing_day=wide_span.scaled(3)
    )
    assert order_line(order(wide), ENGLISH) == "baclofen 20–30 mg 3×/day = up to 90 mg/day"


def test_templates() -> None:
    facts = {"a": Measure(Fraction(5), "mg"), "b": "<b>", "c": date(2026, 6, 1), "d": ("x", "y"), "e": 3}
    assert fill("{a} {b} {c} {d} {e}", facts, markdown, ENGLISH) == "5 mg &lt;b&gt; 1 June 2026 x, y 3"
    assert fill("{missing}", facts, plain, ENGLISH) == NOT_KNOWN
    with pytest.raises(ValueError, match="plain name"):
        fill("{a.value}", facts, plain, ENGLISH)


def test_a_list_that_begins_a_line_becomes_a_markdown_list() -> None:
    facts = {"parts": ("one {x}", "two")}
    assert fill("Missing:\n\n{parts}", facts, markdown, ENGLISH) == "Missing:\n\n- one \\{x\\}\n- two"
    assert fill("Missing: {parts}", {"parts": ("a", "b")}, markdown, ENGLISH) == "Missing: a, b"


def test_words_of_ours_are_translated_and_words_of_the_ehr_escaped() -> None:
    because = Phrase("{place} could not be read", place="dose_1*")
    assert fill("{because}", {"because": because}, markdown, ENGLISH) == "dose\\_1\\* could not be read"
    note = "On the problem list: {condition}."
    french = "Sur la liste des problèmes\xa0: dose\\_1\\*\xa0: lecture impossible."
    assert fill(note, {"condition": because}, markdown, FRENCH) == french


def test_what_is_worded_already_stays() -> None:
    assert (
        fill("{daily}", {"daily": Worded("au moins 60\xa0mg/jour *")}, markdown, ENGLISH) == "au moins 60\xa0mg/jour *"
    )
