"""What every reader of a message would read alike passes; each fault is found, wherever it stands."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds.limits import LIMITS, Limits
from cds.strict_json import Fault, find_fault, repeated_member

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)
STYLES = st.sampled_from([{}, {"separators": (",", ":")}, {"indent": 2}, {"ensure_ascii": False}])
OBJECTS = st.dictionaries(TEXT, VALUES, max_size=4)


def members_of(raw: bytes) -> dict[str, msgspec.Raw]:
    return msgspec.json.decode(raw, type=dict[str, msgspec.Raw])


@given(VALUES, STYLES)
def test_any_json_is_accepted(value: Any, style: dict[str, Any]) -> None:
    assert find_fault(json.dumps(value, **style).encode(), LIMITS) is None


@given(OBJECTS, STYLES)
def test_names_said_once_are_accepted(value: dict[str, Any], style: dict[str, Any]) -> None:
    raw = json.dumps(value, **style).encode()
    assert repeated_member(raw, members_of(raw)) is None


@given(VALUES, STYLES, st.data())
def test_a_repeated_name_is_found_wherever_it_stands(value: Any, style: dict[str, Any], data: st.DataObject) -> None:
    inside = json.dumps({"first": value, "again": value, "last": value}, **style)
    shape = data.draw(st.sampled_from(["%s", "[%s]", '{"a": %s}', '[1, {"b": [%s]}]']))
    raw = (shape % inside.replace('"last"', '"again"', 1)).encode()
    fault = find_fault(raw, LIMITS)
    assert fault is not None
    assert fault.kind == "repeated"
    assert fault.path.endswith("again")


@given(OBJECTS, VALUES, STYLES)
def test_a_member_repeated_at_the_outermost_level_is_found(
    value: dict[str, Any], twin: Any, style: dict[str, Any]
) -> None:
    raw = json.dumps({**value, "first": 1, "second": twin}, **style).replace('"first"', '"second"', 1).encode()
    if b'"second"' in json.dumps(value).encode():
        return
    assert repeated_member(raw, members_of(raw)) == "second"


@given(VALUES, STYLES)
def test_a_nul_is_found_in_values_and_in_names(value: Any, style: dict[str, Any]) -> None:
    for document in ({"a": value, "b": ["x\0"]}, {"a": value, "b": {"\0": value}}):
        fault = find_fault(json.dumps(document, **style).encode(), LIMITS)
        assert fault is not None
        assert fault.kind == "nul"
        assert fault.path.startswith("b")


@given(VALUES, st.integers(1, 30), STYLES)
def test_depth_is_counted_exactly(value: Any, levels: int, style: dict[str, Any]) -> None:
    depth = _depth(value) + levels
    for _ in range(levels):
        value = {"a": value} if levels % 2 else [value]
    raw = json.dumps(value, **style).encode()
    assert find_fault(raw, Limits(depth=depth)) is None
    fault = find_fault(raw, Limits(depth=depth - 1))
    assert fault is not None
    assert fault.kind == "depth"
    assert find_fault(raw, Limits(depth=depth), depth=1) is not None


def _depth(value: Any) -> int:
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if children is None else 1 + max(map(_depth, children), default=0)


@given(TEXT, STYLES)
def test_length_of_a_string_is_counted_in_bytes(text: str, style: dict[str, Any]) -> None:
    size = len(text.encode())
    raw = json.dumps(["", {"a": text}], **style).encode()
    assert find_fault(raw, Limits(string=max(size, 1))) is None
    if size > 1:
        assert find_fault(raw, Limits(string=size - 1)) == Fault("string", "[1].a")


def test_brackets_in_strings_are_no_depth() -> None:
    assert find_fault(json.dumps({"a": "[" * 500, '"[{': "\\"}).encode(), LIMITS) is None


def test_a_key_that_is_no_name_is_not_quoted() -> None:
    assert find_fault(b'{"Jane Doe": 1, "Jane Doe": 2}', LIMITS) == Fault("repeated", "?")
    assert repeated_member(b'{"Jane Doe":1,"Jane Doe":2}', members_of(b'{"Jane Doe":1,"Jane Doe":2}')) == "?"


@pytest.mark.parametrize("raw", [b"{}", b"{ }", b'{"":""}', b'{"\\u0061":1}', b'{"a":{"b":1,"b":2}}'])
def test_what_stands_once_at_this_level(raw: bytes) -> None:
    assert repeated_member(raw, members_of(raw)) is None


@given(st.lists(TEXT.filter(lambda name: name.isascii()), min_size=1, max_size=4), st.integers(0, 3), st.booleans())
def test_escapes_hide_no_name_and_no_colon(names: list[str], padding: int, capitals: bool) -> None:
    """Names and texts written in escapes, beside texts full of colons: a name is repeated or it is not."""

    def escaped(text: str) -> str:
        return "".join(f"\\u{ord(one):04X}" if capitals else f"\\u{ord(one):04x}" for one in text)

    members = ", ".join(
        f'"{escaped(name)}": "{escaped(":" * padding)}{":" * number}"' for number, name in enumerate(names)
    )
    fault = find_fault(f"{{{members}}}".encode(), LIMITS)
    assert (fault is not None) == (len(set(names)) < len(names))
