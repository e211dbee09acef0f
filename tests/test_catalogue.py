from datetime import date
from fractions import Fraction

import pytest
from rich.console import Console

from cds._catalogue import _worded, print_rule, print_rules
from cds.knowledge import Parameter, load_knowledge


@pytest.fixture(scope="module")
def knowledge():
    return load_knowledge()


def printed(show, *arguments):
    console = Console(width=200)
    with console.capture() as capture:
        shown = show(*arguments, console)
    return shown, capture.get()


def test_the_list_has_every_rule_in_order(knowledge):
    _, text = printed(print_rules, knowledge)
    ids = [rule.id for rule in sorted(knowledge.rules, key=lambda rule: rule.position)]
    assert ids
    positions = [text.index(f"\n{rule_id} ") for rule_id in ids]
    assert positions == sorted(positions)


def test_one_rule_shows_texts_figures_and_sources(knowledge):
    for rule in knowledge.rules:
        shown, text = printed(print_rule, knowledge, rule.id.upper())
        assert shown
        assert text.startswith(f"{rule.id}: {rule.title}\n")
        for message in rule.texts.values():
            assert message.summary in text
        for parameter in rule.parameters:
            assert f"  {parameter} = " in text
        for reference in rule.references:
            assert knowledge.reference(reference).label in text


def test_an_unknown_rule_shows_nothing(knowledge):
    assert printed(print_rule, knowledge, "NoSuchRule") == (False, "")


@pytest.mark.parametrize(
    ("value", "unit", "start", "end", "expected"),
    [
        (Fraction(80), "mg/d", None, None, "a.b = 80 mg/d [x, y]"),
        (Fraction("0.413"), "1", date(2009, 1, 1), None, "a.b = 0.413 from 2009-01-01 [x, y]"),
        (Fraction(1, 3), "1", None, date(2020, 12, 13), "a.b = 1/3 until 2020-12-13 [x, y]"),
    ],
)
def test_figures_are_worded_exactly(value, unit, start, end, expected):
    parameter = Parameter("a.b", value, unit, ("x", "y"), "source", date(2026, 1, 1), start, end)
    assert _worded(parameter) == expected
