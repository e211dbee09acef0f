"""Documents of a service against the schema of CDS Hooks 2.0.1: which checks a document gives occasion to, and which it fails.

The schema's keyword `check` names the check at each place, so that a fault names its requirement and nothing besides.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Literal

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from cds.conformance.result import Observations, Result

__all__ = ["examine"]

_Kind = Literal["discovery", "response"]
_LENGTH = 100  # characters of a message
_MAY_BE_EMPTY = frozenset({("cards",), ("services",)})


def examine(document: Any, kind: _Kind, where: str, seen: Observations) -> None:
    """Note what a document shows.

    Args:
        document: decoded JSON.
        kind: what it should be.
        where: what to call it in details.
        seen: takes the observations.
    """
    faults = list(_faults(document, kind))
    for check, fault in faults:
        seen.note(check, Result.NOT_MET, f"{where}: {fault}")
    failed = {check for check, _ in faults}
    for check in set(_touched(_definition(kind), document)) - failed:
        seen.note(check, Result.MET)
    empty = list(_empty(document, ()))
    for path in empty:
        seen.note("filled", Result.NOT_MET, f"{where}: {_written(path)} is null or empty")
    if not empty:
        seen.note("filled", Result.MET)


@functools.cache
def _schema() -> dict[str, Any]:
    path = Path(__file__).parent / "schemas" / "cds-hooks.schema.json"
    found: dict[str, Any] = json.loads(path.read_bytes())
    return found


def _definition(name: str) -> dict[str, Any]:
    found: dict[str, Any] = _schema()["$defs"][name]
    return found


def _validator(part: dict[str, Any]) -> Draft202012Validator:
    return Draft202012Validator({**part, "$defs": _schema()["$defs"]})


def _faults(document: Any, kind: _Kind) -> Iterator[tuple[str, str]]:
    """Check and fault. The order is the document's, so that a run says the same every time."""
    for error in sorted(
        _validator(_definition(kind)).iter_errors(document), key=lambda one: _written(one.absolute_path)
    ):
        path = tuple(error.absolute_path)
        checks = list(_checks_towards(error, kind))
        if error.validator == "required" and isinstance(error.schema, dict):
            expected: Any = error.validator_value
            missing = next(name for name in expected if error.message.startswith(repr(name)))
            own = error.schema.get("properties", {}).get(missing, {}).get("check")
            yield own or checks[-1], f"{_written((*path, missing))} is missing"
        else:
            message = error.message if len(error.message) <= _LENGTH else f"{error.message[:_LENGTH]}…"
            yield checks[-1], f"{_written(path)}: {message}"


def _checks_towards(error: ValidationError, kind: _Kind) -> Iterator[str]:
    """The checks named on the way from the schema's root to the fault."""
    node: Any = _definition(kind)
    yield from _named(node)
    for step in error.absolute_schema_path:  # without `if` and `$ref`, as jsonschema writes it
        if isinstance(node, dict) and step not in node and "$ref" in node:
            node = _definition(node["$ref"].rpartition("/")[2])
            yield from _named(node)
        node = node[step]
        yield from _named(node)


def _named(node: Any) -> Iterator[str]:
    if isinstance(node, dict) and isinstance(node.get("check"), str):
        yield node["check"]


def _touched(node: Any, value: Any) -> Iterator[str]:
    """The checks to which a value gives occasion."""
    if "check" in node and ("if" not in node or _validator(node["if"]).is_valid(value)):
        yield node["check"]
    if "$ref" in node:
        yield from _touched(_definition(node["$ref"].rpartition("/")[2]), value)
    for part in node.get("allOf", ()):
        yield from _touched(part, value)
    if isinstance(value, list) and "items" in node:
        for item in value:
            yield from _touched(node["items"], item)
    if isinstance(value, dict):
        yield from _touched_members(node, value)


def _touched_members(node: Any, value: dict[str, Any]) -> Iterator[str]:
    known = node.get("properties", {})
    for name, member in value.items():
        if name in known:
            yield from _touched(known[name], member)
        elif isinstance(node.get("additionalProperties"), dict):
            yield from _touched(node["additionalProperties"], member)
    if value and "propertyNames" in node:
        yield from _touched(node["propertyNames"], next(iter(value)))


def _empty(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    """Paths of what is null or empty; FHIR lets null stand in arrays, beside the members of an element that has no value."""
    if value is None or (value in ("", [], {}) and path not in _MAY_BE_EMPTY):
        if not (value is None and "resource" in path and path and isinstance(path[-1], int)):
            yield path
    elif isinstance(value, dict):
        for name, member in value.items():
            yield from _empty(member, (*path, name))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _empty(item, (*path, number))


def _written(path: Iterable[str | int]) -> str:
    """`cards[0].summary`; `the document` for its root."""
    said = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return said.removeprefix(".") or "the document"
