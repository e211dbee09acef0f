"""Every documented operation, called with what the OpenAPI document allows and with what it forbids."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import negative_data_rejection

from cds.store import sqlite_url
from tests.fuzz.seeds import SERVICE_OF
from tests.fuzz.service import application

OPENAPI = Path(__file__).resolve().parents[2] / "openapi" / "openapi.yaml"
HOOK_OF = {service: hook for hook, service in SERVICE_OF.items()}
GENERATION = {"allow-x00": False, "database": "none"}
"""NUL characters are refused by name, which JSON Schema has no words for; tests/test_strict_json.py sends them."""
EXAMPLES = 10
ORDERS_OF = {"order-select": "draftOrders", "order-sign": "draftOrders", "medication-refill": "medications"}


def _operations() -> list[Any]:
    schema = schemathesis.openapi.from_path(OPENAPI, config=SchemathesisConfig.from_dict({"generation": GENERATION}))
    schema.app = application(database=sqlite_url(Path(tempfile.mkdtemp(prefix="feedback-"))))
    return [pytest.param(found.ok(), id=found.ok().label) for found in schema.get_all_operations()]


def _as_openapi_cannot_say(case: Any) -> None:
    """What belongs together: the hook to the service that is called, its orders to the hook, a rule to those there are, the days of a period to each other."""
    if isinstance(case.body, dict) and "hook" in case.body and case.path_parameters["service_id"] in HOOK_OF:
        hook = case.body["hook"] = HOOK_OF[case.path_parameters["service_id"]]
        context, member = case.body.get("context"), ORDERS_OF.get(hook)
        if member is not None and isinstance(context, dict) and context.get(member) is None:
            context[member] = []
    if case.path.startswith("/safety") and isinstance(case.query, dict):
        if "rule" in case.query:
            case.query["rule"] = "RenalSevere"
        if case.query.get("period") == "dates" or case.query.keys() & {"from", "to"}:
            case.query |= {"from": "2026-11-01", "to": "2026-11-25"}


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("operation", _operations())
def test_the_answers_are_as_documented(operation: Any, mode: GenerationMode) -> None:
    """No fault of the service; status, headers, media type and content as the document says; what it allows is accepted.

    What it forbids need not be refused: a member of another kind counts as unknown, and a card says so.
    """
    if mode is GenerationMode.NEGATIVE and not (operation.body or operation.query or operation.path_parameters):
        mode = GenerationMode.POSITIVE  # nothing that could be wrong

    @given(case=operation.as_strategy(mode))
    @settings(
        max_examples=EXAMPLES, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
    )
    def holds(case: Any) -> None:
        _as_openapi_cannot_say(case)
        case.call_and_validate(excluded_checks=[negative_data_rejection])

    holds()
