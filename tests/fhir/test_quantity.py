from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds.fhir.datatypes import Quantity
from cds.fhir.quantity import _through_library, convert, days, exact, read_unit, unit_of
from cds.fhir.units import HUMAN, UCUM


@pytest.mark.parametrize("code", [code for code in UCUM if not code.startswith("{")])
def test_the_table_agrees_with_the_ucum_library(code):
    library = _through_library(code)
    assert library is not None
    dimension, factor = UCUM[code]
    assert library.dimension == dimension
    assert abs(library.factor / factor - 1) < Fraction(1, 10**9)


def test_every_human_word_stands_for_a_unit_of_the_table():
    assert set(HUMAN.values()) <= set(UCUM)


@pytest.mark.parametrize(
    ("code", "unit", "dimension", "factor"),
    [
        ("mg", None, "mass", Fraction(1)),
        (None, "MG", "mass", Fraction(1)),
        (None, "milligrammes", "mass", Fraction(1)),
        ("g", "gram", "mass", Fraction(1000)),
        ("ug", None, "mass", Fraction(1, 1000)),
        (None, "mcg", "mass", Fraction(1, 1000)),
        (None, "µg", "mass", Fraction(1, 1000)),
        ("mL", "ml", "volume", Fraction(1)),
        (None, "cc", "volume", Fraction(1)),
        ("{tbl}", "tablet", "count", Fraction(1)),
        ("{Tablet}", None, "count", Fraction(1)),
        (None, "comprimé(s)", "count", Fraction(1)),
        ("TAB", "TAB", "count", Fraction(1)),
        ("15054000", "Comprimé", "count", Fraction(1)),
        ("732936001", "Tablet", "count", Fraction(1)),
        (None, "jours", "time", Fraction(1)),
        ("ug/d", None, "mass/time", Fraction(1, 1000)),
        (None, "mcg/day", "mass/time", Fraction(1, 1000)),
        ("mL/h", None, "volume/time", Fraction(24)),
        ("mg/{tbl}", None, "mass/count", Fraction(1)),
        ("[foz_us]", None, "volume", Fraction(473176473, 16_000_000)),
    ],
)
def test_units(code, unit, dimension, factor):
    found = read_unit(code, unit)
    assert found is not None
    assert (found.dimension, found.factor) == (dimension, factor)


@pytest.mark.parametrize(
    ("code", "unit"),
    [
        ("U", "U"),
        ("u", None),
        ("[iU]", None),
        ("{patch}", "patch"),
        ("ea", "ea"),
        (None, None),
        ("", ""),
        ("m" * 200, None),
    ],
)
def test_units_that_are_no_amount_of_drug(code, unit):
    assert read_unit(code, unit) is None


def test_a_code_of_one_counts_only_in_a_list_of_dose_units():
    assert read_unit("1", "Stück", "https://fhir.kbv.de/CodeSystem/KBV_CS_SFHIR_BMP_DOSIEREINHEIT") is not None
    assert read_unit("1", None, "http://unitsofmeasure.org") is None


@pytest.mark.parametrize("code", ["mg/kg", "ug/kg/min", "mg/m2"])
def test_doses_by_the_patients_size_say_so(code):
    found = read_unit(code, None)
    assert found is not None
    assert found.per_body


def test_micrograms_are_told_apart():
    assert unit_of(Quantity(unit="mcg")).micrograms
    assert not unit_of(Quantity(unit="mg")).micrograms


@pytest.mark.parametrize(
    ("value", "code", "target", "expected"),
    [
        ("1.2", "mg/dL", "mg/dL", Fraction(6, 5)),
        ("12", "mg/L", "mg/dL", Fraction(6, 5)),
        ("0.1", "mmol/L", "umol/L", Fraction(100)),
        ("60", "mL/min/{1.73_m2}", "mL/min/{1.73_m2}", Fraction(60)),
        ("100", "[lb_av]", "kg", Fraction("45.359237")),
        ("1.8", "m", "cm", Fraction(180)),
        ("2000", "ug/mL", "mg/mL", Fraction(2)),
    ],
)
def test_conversion_is_exact(value, code, target, expected):
    assert convert(Quantity(value=Decimal(value), code=code), target) == expected


@pytest.mark.parametrize(
    ("code", "target"), [("mL/min", "mL/min/{1.73_m2}"), ("mg/dL", "umol/L"), ("kg", "cm"), ("?", "mg")]
)
def test_other_dimensions_do_not_convert(code, target):
    assert convert(Quantity(value=Decimal(1), code=code), target) is None


@pytest.mark.parametrize("number", ["1e999999999", "-1e999999999", "1e-999999999", "NaN", "Infinity", "1e9"])
def test_numbers_of_no_clinical_size_are_refused(number):
    assert exact(Decimal(number)) is None


def test_durations():
    assert days(Quantity(value=Decimal(2), unit="week", code="wk")) == 14
    assert days(Quantity(value=Decimal(1), code="mo")) == Fraction(487, 16)
    assert days(Quantity(value=Decimal(1), code="mg")) is None
    assert days(None) is None


@given(value=st.decimals(0, 10**6, places=4), factor=st.integers(1, 1000))
def test_scaling_a_quantity_scales_its_conversion(value, factor):
    once = convert(Quantity(value=value, code="ug"), "mg")
    many = convert(Quantity(value=value * factor, code="ug"), "mg")
    assert many == once * factor


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_text_breaks_the_reading_of_units(code, unit):
    read_unit(code, unit)
