from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds.fhir.datatypes import Dosage, Quantity
from cds.fhir.lenient import Unreadable, clinical_size, fit, read
from cds.fhir.resources import RESOURCES, MedicationRequest


def test_the_numbers_keep_their_digits():
    assert read(b'{"value": 26.70}', Quantity)[0].value == Decimal("26.70")


def test_null_is_absent_and_unknown_members_are_left_alone():
    assert read(b'{"value": null, "unit": "mg", "more": [1]}', Quantity) == (Quantity(unit="mg"), ())


def test_an_object_where_an_array_belongs_is_an_array_of_one():
    found, problems = fit({"dosageInstruction": {"text": "x"}}, MedicationRequest)
    assert ([dosage.text for dosage in found.dosageInstruction], problems) == (["x"], ())


def test_an_array_of_one_where_an_object_belongs_is_the_object():
    found, problems = fit({"subject": [{"reference": "Patient/1"}]}, MedicationRequest)
    assert (found.subject.reference, problems) == ("Patient/1", ())


@pytest.mark.parametrize(("value", "number"), [("10", "10"), (" 2,5 ", "2.5"), (10, "10"), (2.5, "2.5")])
def test_numbers_in_strings(value, number):
    assert fit({"value": value}, Quantity) == (Quantity(value=Decimal(number)), ())


@pytest.mark.parametrize("value", ["ten", "", "1e999999999", "9" * 40, True, {}, [1, 2], 1e300, float("nan")])
def test_what_is_no_number_is_left_out_and_named(value):
    found, problems = fit({"value": value, "unit": "mg"}, Quantity)
    assert (found.value, found.unit, problems) == (None, "mg", ("value",))


def test_an_empty_array_is_absent():
    assert fit({"dosageInstruction": [], "note": []}, MedicationRequest) == (MedicationRequest(), ())


def test_a_bad_member_is_named_by_its_path_and_costs_only_itself():
    document = {"dosageInstruction": [{"text": "good"}, {"timing": {"repeat": {"period": "often", "frequency": 3}}}]}
    found, problems = fit(document, MedicationRequest)
    assert problems == ("dosageInstruction[1].timing.repeat.period",)
    assert found.dosageInstruction[1].timing.repeat.frequency == 3


def test_truth_in_words():
    assert fit({"asNeededBoolean": "true"}, Dosage)[0].asNeededBoolean is True
    assert fit({"asNeededBoolean": "perhaps"}, Dosage) == (Dosage(), ("asNeededBoolean",))


def test_a_whole_number_written_with_a_point():
    assert fit({"sequence": 2.0}, Dosage)[0].sequence == 2
    assert fit({"sequence": 2.5}, Dosage) == (Dosage(), ("sequence",))


@pytest.mark.parametrize("raw", [b"", b"[]", b"7", b"null", b"{", b'"text"', b"\xff", b"[" * 100_000])
def test_what_is_no_object_is_unreadable(raw):
    with pytest.raises(Unreadable):
        read(raw, Quantity)


@pytest.mark.parametrize(
    ("number", "fits"),
    [("0", True), ("-5", True), ("999999999", True), ("1e9", False), ("1e-30", True), ("1e-31", False), ("NaN", False)],
)
def test_clinical_size(number, fits):
    assert clinical_size(Decimal(number)) is fits


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)


@given(st.data(), st.sampled_from(sorted(RESOURCES)))
def test_no_json_breaks_a_resource(data, name):
    struct = RESOURCES[name]
    document = data.draw(st.dictionaries(st.sampled_from(struct.__struct_encode_fields__), _JSON, max_size=5))
    found, _ = fit(document, struct)
    assert isinstance(found, struct)
