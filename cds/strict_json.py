"""Faults that a JSON decoder passes over: a key said twice, nesting, long strings, NUL characters.

A decoder takes the last of two equal keys, so that a second `dosageInstruction` would hide the first: what one reader of the message
sees, the other does not. Everything here takes JSON that a decoder has found well formed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sized
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from cds.limits import Limits

__all__ = ["Fault", "find_fault", "repeated_member"]

Kind = Literal["repeated", "depth", "string", "nul"]

_STRING = re.compile(rb'"([^"\\]*(?:\\.[^"\\]*)*)"')
_NUL = b"\\u0000"
_BRACKETS = bytes.maketrans(b"{}[]", b"()()")
_NO_BRACKETS = bytes(set(range(256)) - set(b"{}[]"))
_ESCAPES = (_NUL, b"\\u003a", b"\\u003A")
"""NUL, and what hides a colon."""
_USUAL_DEPTH = 12
_OPENING = (b"{", b"[", b" ", b"\t", b"\r", b"\n")
_PLAIN_KEY = re.compile(r"[A-Za-z0-9_:.$-]{1,64}")


def _nested(levels: int) -> Any:
    """The type of JSON that is nested so deep at most; making its decoder takes twice as long for every level more."""
    scalar = None | bool | int | float | str
    value: Any = scalar
    for _ in range(levels):
        value = scalar | list[value] | dict[str, value]
    return value


_shallow = msgspec.json.Decoder(_nested(_USUAL_DEPTH), float_hook=str)


@dataclass(frozen=True, slots=True)
class Fault:
    """The first fault of a value.

    Attributes:
        kind: `repeated` key, `depth`, length of a `string`, `nul` character.
        path: where (`draftOrders.entry[0].resource.dosageInstruction`); a key that is no name is written as `?`.
    """

    kind: Kind
    path: str


class _Repeated(Exception):
    """Two members of one object have the same name."""


class _Members(list[tuple[str, Any]]):
    """The members of an object, repeated ones included."""


def find_fault(raw: bytes, limits: Limits, *, depth: int = 0, path: str = "") -> Fault | None:
    """The first fault of an encoded value, None where there is none: about 4 µs a KiB.

    Args:
        raw: well-formed JSON in UTF-8.
        limits: bounds on depth and strings.
        depth: how deep the value stands.
        path: where it stands.
    """
    if _sound(raw, limits, depth):
        return None
    try:
        value = _keep_members(raw)
    except RecursionError:
        return Fault("depth", path)
    return next(_faults(value, path, depth, limits), None)


def repeated_member(raw: bytes, members: Mapping[str, Sized]) -> str | None:
    """The name of a member that an object has more than once; its members' own content is not looked at.

    Args:
        raw: the encoded object.
        members: its members as a decoder gives them, the last of equal names, each value still encoded.
    """
    # Without blanks and escapes an object is its names, its values and five signs a member but one; a repeated member is longer.
    if len(raw) == 1 + sum(len(name.encode()) + len(value) + 4 for name, value in members.items()) + (not members):
        return None
    seen: set[str] = set()
    for name, _ in _keep_members(raw):
        if name in seen:
            return _written(name)
        seen.add(name)
    return None


def _sound(raw: bytes, limits: Limits, depth: int) -> bool:
    """Whether there is no fault, told by passes that run in C."""
    if raw[:1] not in _OPENING and len(raw) <= limits.string and _NUL not in raw:
        return True
    if len(raw) <= limits.string and depth + _USUAL_DEPTH <= limits.depth and _usual(raw):
        return True
    try:
        _check_names.decode(raw.decode())
    except (_Repeated, RecursionError):
        return False
    if _NUL in raw:
        return False
    if len(raw) > limits.string and any(len(text) > limits.string for text in _STRING.findall(raw)):
        return False
    return _depth(raw, limits.depth - depth) <= limits.depth - depth


def _usual(raw: bytes) -> bool:
    """Whether a value is nested no deeper than records are, and names no member twice: told by the fastest decoder there is.

    A decoder keeps one of two members with the same name, so that what it read has fewer colons when it is written again. The message itself
    may hide a colon of a text in an escape; then, and where there may be a NUL character, this tells nothing.
    """
    if b"\\" in raw and any(escape in raw for escape in _ESCAPES):
        return False
    try:
        value = _shallow.decode(raw)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return False
    return msgspec.json.encode(value).count(b":") == raw.count(b":")


def _depth(raw: bytes, limit: int) -> int:
    """How deep an encoded value is, counted no further than just above the limit."""
    brackets = _STRING.sub(b"", raw).translate(_BRACKETS, _NO_BRACKETS)
    levels = 0
    while brackets and levels <= limit:
        brackets = brackets.replace(b"()", b"")  # the innermost level goes
        levels += 1
    return levels


def _once(members: list[tuple[str, Any]]) -> None:
    if len(dict(members)) != len(members):
        raise _Repeated


_check_names = json.JSONDecoder(object_pairs_hook=_once, parse_int=str, parse_float=str, strict=False)
_members = json.JSONDecoder(object_pairs_hook=_Members, parse_int=str, parse_float=str, strict=False)


def _keep_members(raw: bytes) -> Any:
    return _members.decode(raw.decode())


def _faults(value: Any, path: str, depth: int, limits: Limits) -> Iterator[Fault]:
    if isinstance(value, str):
        yield from _text_faults(value, path, limits)
        return
    if not isinstance(value, list):
        return
    if depth >= limits.depth:
        yield Fault("depth", path)
        return
    if not isinstance(value, _Members):
        for number, item in enumerate(value):
            yield from _faults(item, f"{path}[{number}]", depth + 1, limits)
        return
    seen: set[str] = set()
    for name, item in value:
        where = f"{path}.{_written(name)}" if path else _written(name)
        if name in seen:
            yield Fault("repeated", where)
        seen.add(name)
        yield from _text_faults(name, where, limits)
        yield from _faults(item, where, depth + 1, limits)


def _text_faults(text: str, path: str, limits: Limits) -> Iterator[Fault]:
    if "\0" in text:
        yield Fault("nul", path)
    elif len(text.encode()) > limits.string:
        yield Fault("string", path)


def _written(name: str) -> str:
    return name if _PLAIN_KEY.fullmatch(name) else "?"
