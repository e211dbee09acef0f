import contextlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cds.fhir.dose_report import UnreadableOrders, dose_reports
from tests.fhir.orders import dose, every

TABLET = {"medicationCodeableConcept": {"text": "Baclofen 10 mg tablet"}}


def order(order_id="a", **members):
    return {
        "resourceType": "MedicationRequest",
        "id": order_id,
        **TABLET,
        "dosageInstruction": [{**every(3), **dose(10)}],
        **members,
    }


def reports(document):
    return list(dose_reports(document if isinstance(document, str) else json.dumps(document)))


def test_one_order_with_every_key_of_the_contract():
    assert reports(order()) == [
        {
            "id": "a",
            "route": "oral",
            "unit": "mg",
            "asNeeded": False,
            "daily": {"low": 30, "high": 30},
            "dosingDay": {"low": 30, "high": 30},
            "asNeededMaximum": None,
            "maximum": None,
            "perDose": {"low": 10, "high": 10},
            "dosesPerDay": {"low": 3, "high": 3},
            "readFrom": "structure",
            "problems": [],
        }
    ]


def test_phases_are_printed_where_there_are_several():
    steps = [
        {"sequence": 1, **every(3, boundsDuration={"value": 3, "code": "d"}), **dose(5)},
        {"sequence": 2, **every(3), **dose(10)},
    ]
    (report,) = reports(order(dosageInstruction=steps))
    assert report["phases"] == [
        {"days": 3, "daily": {"low": 15, "high": 15}},
        {"days": None, "daily": {"low": 30, "high": 30}},
    ]


def test_any_drug():
    (report,) = reports(
        order(
            medicationCodeableConcept={"text": "Metformin 500 mg tablet"},
            dosageInstruction=[{"text": "Metformin 1 tab BID"}],
        )
    )
    assert report["daily"] == {"low": 1000, "high": 1000}


def test_an_array_a_bundle_and_lines():
    several = [order("a"), order("b")]
    bundle = {"resourceType": "Bundle", "entry": [{"resource": each} for each in several]}
    lines = "\n\n".join(json.dumps(each) for each in several) + "\n"
    for document in (several, bundle, lines):
        assert [report["id"] for report in reports(document)] == ["a", "b"]


def test_a_bundle_with_the_medication_beside_the_order():
    medication = {
        "resourceType": "Medication",
        "id": "m",
        "code": {"text": "baclofen"},
        "ingredient": [
            {"strength": {"numerator": {"value": 20, "code": "mg"}, "denominator": {"value": 1, "code": "{tbl}"}}}
        ],
    }
    referring = order(
        dosageInstruction=[{**every(2), **dose(1, "{tbl}")}], medicationReference={"reference": "Medication/m"}
    )
    del referring["medicationCodeableConcept"]
    bundle = {"resourceType": "Bundle", "entry": [{"resource": referring}, {"resource": medication}]}
    (report,) = reports(bundle)
    assert report["daily"] == {"low": 40, "high": 40}


def test_what_one_bad_order_says_does_not_cost_the_others():
    good, bad = order("good"), order("bad", dosageInstruction=[{**every(3), **dose("many")}])
    found = reports([bad, 7, good])
    assert [report["daily"] for report in found] == [None, None, {"low": 30, "high": 30}]
    assert "dosageInstruction[0].doseAndRate[0].doseQuantity.value" in found[0]["problems"][0]
    assert found[1]["problems"]


@pytest.mark.parametrize("number", ["1e999999999", "-1e999999999", "1e-999999999", "9" * 5000])
def test_sizes_beyond_any_clinic_cost_only_their_member(number):
    text = json.dumps(order()).replace('"value": 10', '"value": ' + number)
    (report,) = reports(text)
    assert report["daily"] is None
    assert report["problems"]


@pytest.mark.parametrize(
    ("text", "where"), [("{", "line 1"), ("", "line 1"), ('{"id": "a"}\n{"id": ', "line 2"), ("[" * 100_000, "")]
)
def test_text_that_is_no_json_names_its_line(text, where):
    with pytest.raises(UnreadableOrders) as raised:
        reports(text)
    assert isinstance(raised.value, ValueError)
    assert where in str(raised.value)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "resourceType",
                    "entry",
                    "resource",
                    "id",
                    "dosageInstruction",
                    "medicationReference",
                    "contained",
                    "timing",
                    "text",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@settings(max_examples=300)
@given(_JSON)
def test_no_json_breaks_the_report(document):
    for report in reports(json.dumps(document)):
        json.dumps(report, allow_nan=False)
        assert report["daily"] is not None or report["problems"]


@given(st.text(max_size=50))
def test_no_text_breaks_the_report(text):
    with contextlib.suppress(UnreadableOrders):
        reports(text)
