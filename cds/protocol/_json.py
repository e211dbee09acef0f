"""Where and why a body is not JSON, and the first look at a value that stays encoded."""

from __future__ import annotations

import json
from typing import NoReturn

import msgspec

from cds.protocol.errors import MalformedJson

_BOM = b"\xef\xbb\xbf"
NULL = msgspec.Raw(b"null")
_KINDS = {b"{": "object", b"[": "array", b'"': "string", b"t": "boolean", b"f": "boolean", b"n": "null"}

_objects = msgspec.json.Decoder(dict[str, msgspec.Raw])
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
        raise MalformedJson("nested too deeply") from None
    except msgspec.DecodeError as error:
        _explain(body, str(error))


def members(raw: msgspec.Raw) -> dict[str, msgspec.Raw]:
    """The members of an encoded object."""
    return _objects.decode(raw)


def elements(raw: msgspec.Raw) -> list[msgspec.Raw]:
    """The elements of an encoded array."""
    return _arrays.decode(raw)


def kind(raw: msgspec.Raw) -> str:
    """`object`, `array`, `string`, `boolean`, `null` or `number`."""
    return _KINDS.get(bytes(memoryview(raw)[:1]), "number")


def text(raw: msgspec.Raw) -> str | None:
    """An encoded string, stripped; a number as its digits; None for anything else and for a blank string."""
    match kind(raw):
        case "string":
            return str(msgspec.json.decode(raw, type=str)).strip() or None
        case "number":
            return bytes(raw).decode()
        case _:
            return None


def _check(body: bytes) -> None:
    """Raise MalformedJson if the body, whose first value is no object, has a fault further on."""
    try:
        msgspec.json.decode(body, type=msgspec.Raw)
    except RecursionError:
        raise MalformedJson("nested too deeply") from None
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
        raise MalformedJson("nested too deeply") from None
    except ValueError as error:
        raise MalformedJson(str(error)) from None
    raise MalformedJson(message.removeprefix("JSON is malformed: "))


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON value")


def _position(body: bytes, offset: int) -> tuple[int, int]:
    """Line and column, both from 1, of the byte at `offset`; what stands before it is UTF-8."""
    before = body[:offset].decode()
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
