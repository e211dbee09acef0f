"""Whatever fits a usual shape is accepted by the complete R4 models; what is not usual is left to them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec import inspect

from cds.suggestions.usual import MedicationRequest, ServiceRequest, is_usual
from cds.suggestions.valid import is_complete, is_valid

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6) | st.sampled_from(
    [
        "",
        " ",
        "mg",
        "{tbl}",
        "a b",
        "a  b",
        "a ",
        "é",
        "\t",
        "\x0b",
        "\x1c",
        "\x85",
        "\u200b",
        "urn:x",
        "#1",
        "http://x y",
        "\n",
        "mg\n",
    ]
)
TIMES = st.sampled_from(["", "T00:00:00Z", "T23:59:59+13:59", "T12:30:00.123456-13:00", "T12:30:00.1Z"])
OTHER_TIMES = st.sampled_from(
    [
        "T23:59:60Z",
        "T24:00:00Z",
        "T12:30:00.1234567Z",
        "T12:30:00-14:00",
        "T12:30:00",
        "T1:2:3Z",
        " ",
        "\n",
        "T12:30Z",
        "T12:30:00+1330",
    ]
)
MOMENTS = st.builds(
    "{}-{:02}-{:02}{}".format,
    st.sampled_from(["1899", "1900", "1999", "2023", "2024", "2099", "2100", "0000"]),
    st.integers(0, 13),
    st.integers(0, 32),
    TIMES | OTHER_TIMES,
) | st.sampled_from(["2026", "2026-11", "", "٢٠٢٦-01-01"])
NUMBERS = st.integers(-(2**33), 2**33) | st.floats() | st.sampled_from([0, 1, 0.5, -0.0, 1e-7, 1e9, 1e21, 10**9])
ANYTHING = (
    st.none()
    | st.booleans()
    | NUMBERS
    | TEXTS
    | st.lists(TEXTS, max_size=1)
    | st.dictionaries(TEXTS, TEXTS, max_size=1)
)


CODES = st.sampled_from(["mg", "a b", "{tbl}", "~!", "#"])
DAYS = st.builds(
    "{}-{:02}-{:02}{}".format, st.sampled_from([1900, 2000, 2026, 2099]), st.integers(1, 12), st.integers(1, 31), TIMES
)
FILLED = st.sampled_from(["mg", " a", "b\n", "é", "\x1cx", "\x85x", "\u200b", "\x7f", "\U0010ffff", "Patient/p1", "#1"])


def of(kind: inspect.Type) -> st.SearchStrategy[Any]:
    """JSON that fits a type more often than not, at its edges."""
    match kind:
        case inspect.StrType(pattern=None):
            return TEXTS
        case inspect.StrType(pattern=pattern) if pattern == r"\S":
            return FILLED
        case inspect.StrType(pattern=pattern):
            return (
                DAYS
                if "19|20" in str(pattern)
                else CODES
                if "!-~" in str(pattern)
                else st.sampled_from(["a.b-1", "A" * 64])
            )
        case inspect.IntType(ge=1):
            return st.integers(1, 10**9)
        case inspect.IntType() | inspect.FloatType():
            return st.integers(-(10**9), 10**9) | st.floats(-1e9, 1e9) | st.sampled_from([0, -0.0, 1e-7, 5e-324])
        case inspect.BoolType():
            return st.booleans()
        case inspect.ListType(item_type=item):
            return st.lists(of(item), max_size=2)
        case inspect.UnionType(types=types):
            return st.one_of([of(one) for one in types])
        case inspect.StructType(fields=fields):
            required = {each.encode_name: of(each.type) for each in fields if each.required}
            others = {each.encode_name: of(each.type) for each in fields if not each.required}
            return st.fixed_dictionaries(required, optional=others)
    raise TypeError(kind)


SHAPES = {struct.__name__: of(inspect.type_info(struct)) for struct in (MedicationRequest, ServiceRequest)}
VALID: dict[str, Any] = {
    "resourceType": "MedicationRequest",
    "status": "draft",
    "intent": "order",
    "medicationCodeableConcept": {"text": "baclofen 10 mg"},
    "subject": {"reference": "Patient/p1"},
    "authoredOn": "2026-11-22T10:00:00+01:00",
    "dosageInstruction": [
        {
            "sequence": 1,
            "text": "1 tablet",
            "timing": {"repeat": {"frequency": 3, "period": 1, "periodUnit": "d"}},
            "doseAndRate": [{"doseQuantity": {"value": 0.5, "unit": "tablet", "code": "{tbl}"}}],
        }
    ],
    "note": [{"text": "slowly"}],
}


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every value inside another one."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path] * bool(path) + [place for key, each in inside for place in places(each, (*path, key))]


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(sorted(SHAPES)), st.data())
def test_what_is_usual_is_valid(name: str, data: st.DataObject) -> None:
    """Any values in any of the members."""
    resource = {"resourceType": name, **data.draw(SHAPES[name])}
    assert not is_usual(resource) or is_complete(resource)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(places(VALID)), ANYTHING | MOMENTS, st.sampled_from(["in its place", "beside it"]))
@example(("authoredOn",), "2026-11-22", "in its place")
def test_one_wrong_value_is_not_passed_over(place: tuple[Any, ...], value: Any, where: str) -> None:
    resource = json.loads(json.dumps(VALID))
    parent = resource
    for key in place[:-1]:
        parent = parent[key]
    if where == "in its place":
        parent[place[-1]] = value
    elif isinstance(parent, dict):
        parent[f"_{place[-1]}"] = value
    else:
        parent.append(value)
    assert not is_usual(resource) or is_complete(resource)


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"meta": {"versionId": "1", "lastUpdated": "2026-11-22T10:00:00Z"}, "identifier": [{"value": "7"}]},
        {
            "extension": [{"url": "urn:x", "valueCodeableConcept": {"text": "a"}}],
            "recorder": {"reference": "Practitioner/1"},
            "doNotPerform": False,
        },
    ],
)
def test_orders_as_we_and_vendors_write_them_are_usual(more: dict[str, Any]) -> None:
    assert is_usual(VALID | more)
    assert is_complete(VALID | more)


@pytest.mark.parametrize(
    ("change", "valid"),
    [
        ({"medicationReference": {"reference": "Medication/1"}}, False),  # two of a choice
        ({"medicationCodeableConcept": None}, False),
        ({"meta": {"source": "urn:x"}}, True),  # valid, and told by the complete models
        ({"extension": [{"url": "urn:x", "valueString": "a", "valueCode": "b"}]}, False),
        ({"authoredOn": "2024-02-29"}, True),
        ({"authoredOn": "2026-02-29"}, False),
        ({"note": [{}]}, False),
        ({"resourceType": "Patient"}, False),
        ({"frequency": 3}, False),
    ],
)
def test_what_is_not_usual_is_told_by_the_complete_models(change: dict[str, Any], *, valid: bool) -> None:
    resource = VALID | change
    assert not is_usual(resource)
    assert is_valid(resource) is valid
    assert is_complete(resource) is valid
