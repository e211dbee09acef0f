"""Reading FHIR JSON that is not quite FHIR.

The fast way decodes a resource straight into its struct. Where that fails, the resource is decoded untyped and fitted to the struct
member by member: null is absent, an object where an array belongs is an array of one, a number in a string is a number, a code or word
where a concept belongs is a concept of that (so STU3 writes a status), and a member that still does not fit is left out and named. One bad
member never costs the others.
"""

from __future__ import annotations

import functools
import json
import types
import typing
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar, Union

import msgspec

from cds.fhir.datatypes import CodeableConcept

T = TypeVar("T", bound=msgspec.Struct)

MAX_DIGITS = 30
MAX_EXPONENT = 9


class Unreadable(ValueError):
    """A resource that is not a JSON object, or not JSON at all."""


@functools.cache
def _decoder(struct: type[msgspec.Struct]) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(struct)


@functools.cache
def _hints(struct: type[msgspec.Struct]) -> tuple[tuple[str, str, Any], ...]:
    hints = typing.get_type_hints(struct)
    return tuple(
        (name, encoded, hints[name])
        for name, encoded in zip(struct.__struct_fields__, struct.__struct_encode_fields__, strict=True)
    )


def read(raw: bytes | msgspec.Raw, struct: type[T]) -> tuple[T, tuple[str, ...]]:
    """Read one resource.

    Returns:
        the struct, and the names of the members that could not be read (`dosageInstruction[0].timing.repeat.period`).

    Raises:
        Unreadable: the bytes are not a JSON object.
    """
    try:
        return _decoder(struct).decode(raw), ()
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        pass
    return fit(decode(raw), struct)


_UNTYPED = msgspec.json.Decoder(float_hook=str)


def decode(raw: bytes | str | msgspec.Raw) -> Any:
    """Decode JSON without a type. Numbers with a point stay text, with all their digits; so do whole ones of more than 30.

    Raises:
        Unreadable: the text is not JSON; the message says where.
    """
    try:
        return _UNTYPED.decode(raw)
    except RecursionError:
        raise Unreadable("nested too deeply") from None
    except msgspec.ValidationError:
        pass  # a whole number that msgspec refuses to hold: only its own member is spoilt
    except (msgspec.DecodeError, UnicodeError) as error:
        raise Unreadable(f"not JSON: {error}") from error
    try:
        text = raw if isinstance(raw, str) else bytes(raw)
        return json.loads(text, parse_float=str, parse_int=_whole, parse_constant=str)
    except (ValueError, RecursionError) as error:
        raise Unreadable("not JSON") from error


def _whole(digits: str) -> int | str:
    return int(digits) if len(digits) <= MAX_DIGITS else digits


def fit(document: object, struct: type[T]) -> tuple[T, tuple[str, ...]]:
    """Fit decoded JSON to a struct, member by member; see `read`."""
    if not isinstance(document, dict):
        raise Unreadable("not a JSON object")
    problems: list[str] = []
    return _fit_struct(document, struct, "", problems), tuple(problems)


def _fit_struct(document: dict[str, Any], struct: type[T], path: str, problems: list[str]) -> T:
    members: dict[str, Any] = {}
    for name, encoded, hint in _hints(struct):
        value = document.get(encoded)
        if value is None:
            continue
        where = f"{path}.{encoded}" if path else encoded
        fitted = _fit(value, hint, where, problems)
        if fitted is not None:
            members[name] = fitted
    return struct(**members)


def _fit(value: Any, hint: Any, path: str, problems: list[str]) -> Any:
    """The value as the hinted type, or None with the path noted."""
    if value is None or value == []:  # an empty array is FHIR's way of saying nothing wrongly
        return None
    if typing.get_origin(hint) in (Union, types.UnionType):
        return _fit_union(
            value, [option for option in typing.get_args(hint) if option is not type(None)], path, problems
        )
    if typing.get_origin(hint) is list:
        item = typing.get_args(hint)[0]
        entries = value if isinstance(value, list) else [value]
        fitted = [_fit(entry, item, f"{path}[{n}]", problems) for n, entry in enumerate(entries)]
        return [entry for entry in fitted if entry is not None] or None
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        document = _concept_of(value) if hint is CodeableConcept and isinstance(value, str) else value
        if isinstance(document, dict):
            return _fit_struct(document, hint, path, problems)
    elif typing.get_origin(hint) is dict or hint is dict:
        if isinstance(value, dict):
            return value
    else:
        scalar = _fit_scalar(value, hint)
        if scalar is not None:
            return scalar
    problems.append(path)
    return None


def _concept_of(word: str) -> dict[str, Any]:
    """The concept that a bare code or word stands for."""
    return {"coding": [{"code": word}], "text": word}


def _fit_union(value: Any, options: list[Any], path: str, problems: list[str]) -> Any:
    """The option that fits best: first one without a problem, else the first that keeps something."""
    best: Any = None
    best_problems = [path]
    for option in options:
        found: list[str] = []
        fitted = _fit(value, option, path, found)
        if fitted is not None and (best is None or not found):
            best, best_problems = fitted, found
        if best is not None and not best_problems:
            break
    problems.extend(best_problems)
    return best


def _fit_scalar(value: Any, hint: Any) -> Any:
    if hint is str:
        if isinstance(value, str):
            return value or None
        return str(value) if isinstance(value, int | float | Decimal) and not isinstance(value, bool) else None
    if hint is bool:
        if isinstance(value, bool):
            return value
        return {"true": True, "false": False}.get(value.strip().lower()) if isinstance(value, str) else None
    if hint is Decimal or hint is int:
        number = _number(value)
        if number is None or hint is Decimal:
            return number
        return int(number) if number == number.to_integral_value() else None
    return value


def _number(value: Any) -> Decimal | None:
    """A finite number of clinical size, from a JSON number or a string that holds one."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str) and len(value) > MAX_DIGITS:
        return None
    try:
        number = Decimal(value.strip().replace(",", ".") if isinstance(value, str) else str(value))
    except (InvalidOperation, ValueError):
        return None
    return number if clinical_size(number) else None


def clinical_size(number: Decimal) -> bool:
    """Whether a number is finite, of at most 30 digits and below 10⁹ in size: small enough to compute with exactly."""
    if not number.is_finite():
        return False
    _, digits, exponent = number.as_tuple()
    return len(digits) <= MAX_DIGITS and int(exponent) >= -MAX_DIGITS and number.adjusted() < MAX_EXPONENT
