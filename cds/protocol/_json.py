"""Where and why a body is not JSON, and the first look at a value that stays encoded."""

from __future__ import annotations

import json
import re
from typing import NoReturn

import msgspec

from cds.limits import Limits
from cds.protocol.errors import InvalidField, LimitExceeded, MalformedJson
from cds.strict_json import find_fault, repeated_member

_BOM = b"\xef\xbb\xbf"
NULL = msgspec.Raw(b"null")
_KINDS = {b"{": "object", b"[": "array", b'"': "string", b"t": "boolean", b"f": "boolean", b"n": "null"}

_LONE_SURROGATE = re.compile(
    r"\\u(?:[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB][0-9a-fA-F]{2}\\u)[dD][c-fC-F][0-9a-fA-F]{2})"
)
_BYTE = re.compile(r"\(byte (\d+)\)")
_TOO_DEEP = "nested too deeply"

_objects = msgspec.json.Decoder(dict[str, msgspec.Raw])
_strings = msgspec.json.Decoder(str)
_arrays = msgspec.json.Decoder(list[msgspec.Raw])


def decode_body(body: bytes) -> dict[str, msgspec.Raw] | None:
    """Read the outermost members, each left encoded.

    Returns:
        the members, or None if the body is JSON and not an object.

    Raises:
        MalformedJson: the body is not JSON in UTF-8, or nested too deeply to be a request.
    """
    try:
        body.decode()
    except UnicodeDecodeError as error:
        line, column = _position(body, error.start)
        raise MalformedJson("not UTF-8", line=line, column=column) from None
    body = body.removeprefix(_BOM)
    try:
        return _objects.decode(body)
    except msgspec.ValidationError:
        _check(body)
        return None
    except RecursionError:
        raise MalformedJson(_TOO_DEEP) from None
    except msgspec.DecodeError as error:
        _explain(body, str(error))


def refuse_repeated(raw: bytes | msgspec.Raw, found: dict[str, msgspec.Raw], path: str) -> None:
    """Refuse an object that has a member twice; what its members hold is not looked at.

    Args:
        raw: the encoded object.
        found: its members, as they were decoded.
        path: its place in the request, empty for the request itself.

    Raises:
        InvalidField: names the member.
    """
    name = repeated_member(bytes(raw).removeprefix(_BOM).strip(), found)
    if name is not None:
        raise _repeated(f"{path}.{name}" if path else name)


def refuse_faults(raw: msgspec.Raw, path: str, limits: Limits) -> None:
    """Refuse a value whose reading would be a matter of luck, or too much work.

    Args:
        raw: the encoded value, a member of the request.
        path: its name.
        limits: bounds on depth and strings.

    Raises:
        InvalidField: a member said twice, a NUL character, nesting that is too deep; names the place.
        LimitExceeded: a string that is too long.
    """
    fault = find_fault(bytes(raw), limits, depth=1, path=path)
    if fault is None:
        return
    match fault.kind:
        case "repeated":
            raise _repeated(fault.path)
        case "nul":
            raise InvalidField(fault.path, f"{fault.path} holds a NUL character")
        case "depth":
            raise InvalidField(fault.path, f"{fault.path} is nested more than {limits.depth} deep")
        case "string":
            raise LimitExceeded(fault.path, f"{fault.path} is longer than {limits.string} bytes")


def _repeated(path: str) -> InvalidField:
    return InvalidField(path, f"{path} stands twice in its object, and which one counts cannot be told")


def members(raw: msgspec.Raw) -> dict[str, msgspec.Raw]:
    """The members of an encoded object."""
    return _objects.decode(raw)


def elements(raw: msgspec.Raw) -> list[msgspec.Raw]:
    """The elements of an encoded array."""
    return _arrays.decode(raw)


def kind(raw: msgspec.Raw) -> str:
    """`object`, `array`, `string`, `boolean`, `null` or `number`."""
    return _KINDS.get(bytes(memoryview(raw)[:1]), "number")


def with_article(kind_name: str) -> str:
    """A kind with its article: `an array`, `a string`."""
    return f"an {kind_name}" if kind_name in ("array", "object") else f"a {kind_name}"


def text(raw: msgspec.Raw) -> str | None:
    """An encoded string, stripped; a number as its digits; None for anything else and for a blank string."""
    match kind(raw):
        case "string":
            return _strings.decode(raw).strip() or None
        case "number":
            return bytes(raw).decode()
        case _:
            return None


def _check(body: bytes) -> None:
    """Raise MalformedJson if the body, whose first value is no object, has a fault further on."""
    try:
        msgspec.json.decode(body, type=msgspec.Raw)
    except RecursionError:
        raise MalformedJson(_TOO_DEEP) from None
    except msgspec.DecodeError as error:
        _explain(body, str(error))


def _explain(body: bytes, message: str) -> NoReturn:
    """Raise MalformedJson with the position that the standard library's parser finds."""
    document = body.decode()
    try:
        json.loads(document, parse_int=str, parse_float=str, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise MalformedJson(error.msg, line=error.lineno, column=error.colno) from None
    except RecursionError:
        raise MalformedJson(_TOO_DEEP) from None
    except ValueError as error:
        line, column = _place(body, message)
        raise MalformedJson(str(error), line=line, column=column) from None
    if (lone := _LONE_SURROGATE.search(document)) is not None:
        line, column = _position(body, len(document[: lone.start()].encode()))
        raise MalformedJson("half of a surrogate pair", line=line, column=column)
    line, column = _place(body, message)
    raise MalformedJson(message.removeprefix("JSON is malformed: "), line=line, column=column)


def _place(body: bytes, message: str) -> tuple[int, int] | tuple[None, None]:
    """Line and column of the byte that msgspec names."""
    found = _BYTE.search(message)
    return _position(body, int(found.group(1))) if found else (None, None)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON value")


def _position(body: bytes, offset: int) -> tuple[int, int]:
    """Line and column, both from 1, of the byte at `offset`; what stands before it is UTF-8."""
    before = body[:offset].decode()
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
