"""Documents against their JSON Schemas (2020-12)."""

from __future__ import annotations

import functools
import json
from fractions import Fraction
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match
from jsonschema.validators import extend
from referencing import Registry, Resource

from cds.documents._errors import DocumentError
from cds.documents._yaml import Document


def check(document: Document, schema: str, folder: Path) -> None:
    """Refuse a document that its schema (`<folder>/<schema>.schema.json`, which may name its neighbours) does not allow.

    Raises:
        DocumentError: names the file, the line and the first thing that is wrong.
    """
    errors = sorted(_validator(schema, folder).iter_errors(document.data), key=lambda error: _line(document, error))
    if errors:
        raise _explained(document, errors[0])


@functools.cache
def _validator(schema: str, folder: Path) -> Any:
    schemas, registry = _schemas(folder)
    numbers = Draft202012Validator.TYPE_CHECKER.redefine(
        "number", lambda _, value: isinstance(value, int | Fraction) and not isinstance(value, bool)
    )
    validator: Any = extend(Draft202012Validator, type_checker=numbers)  # type: ignore[no-untyped-call]
    return validator(schemas[f"{schema}.schema.json"], registry=registry)


@functools.cache
def _schemas(folder: Path) -> tuple[dict[str, Any], Registry[Any]]:
    """The schemas of a folder by file, and where each finds its neighbours by id."""
    schemas = {path.name: json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.schema.json"))}
    registry: Registry[Any] = Registry().with_resources(
        (contents["$id"], Resource.from_contents(contents)) for contents in schemas.values()
    )
    return schemas, registry


def _line(document: Document, error: ValidationError) -> int:
    return document.error("", tuple(error.absolute_path)).line or 0


def _explained(document: Document, error: ValidationError) -> DocumentError:
    if error.context:
        error = best_match(error.context) or error
    path = tuple(error.absolute_path)
    where = ".".join(str(part) for part in path) or "the file"
    schema: Any = error.schema
    expected: Any = error.validator_value
    instance: Any = error.instance
    if error.validator == "additionalProperties" and isinstance(instance, dict):
        unknown = [key for key in instance if key not in schema.get("properties", {})]
        if unknown:
            return document.error(f"unknown key {unknown[0]!r} in {where}", (*path, unknown[0]))
    if error.validator == "required":
        missing = [key for key in expected if key not in instance]
        return document.error(f"{where} has no {missing[0]!r}", path)
    if error.validator == "minItems" and path and path[-1] == "references":
        return document.error(f"{where} names no reference", path)
    return document.error(f"{where}: {error.message}", path)
