"""Whatever is typed is read, or refused by the name of its field."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cds.knowledge import load_knowledge
from cds.playground import choices
from cds.playground.examination import play
from cds.playground.form import PHASES, Form, decode, encode
from cds.settings import load_settings

KNOWLEDGE = load_knowledge()
SETTINGS = load_settings({})
TODAY = date(2026, 11, 25)
FIELDS = tuple(Form.__struct_fields__)

OPTIONS = sorted(
    {
        *choices.HOOKS,
        *choices.CHANGES,
        *choices.products(KNOWLEDGE),
        *choices.OWN_PRODUCTS,
        *choices.ROUTES,
        *choices.SIGS,
        *choices.DOSE_UNITS,
        *choices.INDICATIONS,
        *choices.COUNTRIES,
        *choices.SETTINGS,
        *choices.CONDITIONS,
        *choices.DRUGS,
        *choices.SERVICES,
        *choices.BEFORE,
        *choices.OPINIONS,
        *choices.LISTS,
        "yes",
        "no",
        "unknown",
    }
)
NUMBERS = ["0", "1", "2.5", "12,5", "0.01", "100000", "-1", "1e9", "٣", "x", ""]
DAYS = ["2026-11-25", "1900-01-01", "2100-12-31", "2024-02-29", "2026-02-30", "20261125"]
DOSING = [
    "[]",
    "{}",
    "[{}]",
    "1",
    "null",
    '[{"text": "10 mg three times a day"}]',
    '[{"doseAndRate": [{"doseQuantity": {"value": 1e999, "code": "mg"}}]}]',
    "[" * 5000,
    '{"a": ' * 90 + "1" + "}" * 90,
    "[null, 3]",
]
values = st.one_of(
    st.sampled_from(OPTIONS),
    st.sampled_from(NUMBERS),
    st.sampled_from(DAYS),
    st.sampled_from(DOSING),
    st.text(max_size=40),
)
forms = st.dictionaries(st.sampled_from(FIELDS), st.lists(values, max_size=4), max_size=15)


def field(name, *typed):
    """The value of one field, and what is said against it."""
    decoded = decode({name: list(typed)}, TODAY, KNOWLEDGE)
    return getattr(decoded.form, name), [(error.field, error.why.template) for error in decoded.errors]


@given(forms)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_form_is_played_or_its_fields_are_named(typed):
    result = play(typed, KNOWLEDGE, SETTINGS, TODAY)
    assert {name for name, _ in result.errors} <= set(FIELDS)
    assert all(why and "{" not in why for _, why in result.errors)
    assert result.typed.keys() == set(FIELDS)
    if result.examination is None:
        assert result.errors
    elif result.examination.concerned:
        assert len(result.examination.verdicts) == len(KNOWLEDGE.rules)


@given(forms)
@settings(max_examples=150, deadline=None)
def test_what_was_read_is_written_as_it_was_read(typed):
    form = decode(typed, TODAY, KNOWLEDGE).form
    assert decode(encode(form, KNOWLEDGE), date(2000, 1, 1), KNOWLEDGE) == decode(
        encode(form, KNOWLEDGE), TODAY, KNOWLEDGE
    )
    assert decode(encode(form, KNOWLEDGE), TODAY, KNOWLEDGE).form == form


def test_a_form_without_fields_is_todays():
    decoded = decode({}, TODAY, KNOWLEDGE)
    assert (decoded.form, decoded.errors) == (Form(day=TODAY), ())


@pytest.mark.parametrize(
    ("typed", "value"),
    [("0.1", Decimal("0.1")), ("500", 500), ("62,5", Decimal("62.5")), (" 70 ", 70), ("", None)],
)
def test_a_number(typed, value):
    assert field("weight", typed) == (value, [])


@pytest.mark.parametrize("typed", ["0.09", "500.1", "-3"])
def test_a_number_out_of_bounds(typed):
    assert field("weight", typed) == (None, [("weight", "Out of bounds: from {low} to {high}.")])


@pytest.mark.parametrize("typed", ["sixty", "1e2", "--3", "1.2.3", "٣", "1234567890", "0x10", "NaN"])
def test_no_number(typed):
    assert field("weight", typed) == (None, [("weight", "This is not a number; write it in digits, such as 12.5.")])


def test_whole_numbers():
    assert field("supply", "30") == (30, [])
    assert field("supply", "30.0") == (30, [])
    assert field("supply", "30.5") == (None, [("supply", "A whole number is needed here.")])


@pytest.mark.parametrize("typed", ["2026-02-30", "2026-2-3", "25/11/2026", "2026-W01-1", "tomorrow"])
def test_no_day(typed):
    assert field("born", typed)[1][0][1].startswith("This is not a day of the calendar")


def test_days_within_bounds():
    assert field("born", "1900-01-01") == (date(1900, 1, 1), [])
    assert field("born", "1899-12-31")[1] == [("born", "Out of bounds: from {low} to {high}.")]


def test_rows_of_phases_keep_their_places():
    assert field("dose", "10", "", "5", "") == ((10, None, 5), [])
    assert field("dose", *["1"] * PHASES)[1] == []
    assert field("dose", *["1"] * (PHASES + 1))[1] == [("dose", "At most {count} rows can be read.")]


def test_choices():
    assert field("country", "FR") == ("FR", [])
    assert field("country", "XX") == ("none", [("country", "This is not one of the options.")])
    assert field("country", "FR", "DE")[1] == [("country", "This was sent more than once.")]
    assert field("drugs", "morphine", "lithium", "morphine") == (("morphine", "lithium"), [])
    assert field("drugs", *["morphine"] * 51)[1] == [("drugs", "Too many are chosen.")]
    assert field("dialysis", "yes") == (True, [])
    assert field("dialysis", "on")[1] == [("dialysis", "This is not one of the options.")]


def test_words():
    assert field("sig_text", " 1 cp matin ") == ("1 cp matin", [])
    assert field("sig_text", "x" * 501)[1] == [("sig_text", "Too long: at most {count} characters.")]
    assert field("sig_text", "10\N{NO-BREAK SPACE}mg\tle soir")[1] == []
    assert field("sig_text", "a\x07b")[1] == [("sig_text", "There is a character in it that cannot be printed.")]


def test_a_field_that_the_form_does_not_have():
    decoded = decode({"x" * 100: ["1"]}, TODAY, KNOWLEDGE)
    assert [(error.field, error.why.template) for error in decoded.errors] == [
        ("x" * 40, "The form has no such field.")
    ]


def test_what_is_wrong_is_kept_as_it_was_typed():
    result = play({"weight": ["heavy"], "dose": ["20"], "times": ["3"]}, KNOWLEDGE, SETTINGS, TODAY)
    assert result.typed["weight"] == ["heavy"]
    assert [name for name, _ in result.errors] == ["weight"]
    assert result.examination.doses[0].line == "baclofen 20 mg 3×/day = 60 mg/day"
