"""What real clients sent, answered by the real service: the sandbox's captures, Epic's request, requests of public repositories."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest

from cds.evaluation import evaluate
from cds.knowledge import load_knowledge
from cds.protocol.errors import RequestError
from cds.protocol.request import decode_request, service_for_hook
from cds.protocol.response import FINDINGS_EXTENSION, encode_response
from cds.protocol.schemas import schema
from cds.settings import Settings
from tests.calls import recorded

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SANDBOX = "sandbox-captures/"
EPIC = "cds-hooks-examples/epic-shaped/*.json"


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """The answer as a client decodes it, held against the schema."""
    body = msgspec.json.encode(request)
    decoded = decode_request(body, service_for_hook(body))
    said = json.loads(encode_response(evaluate(decoded, load_knowledge(), Settings(), NOW)))
    jsonschema.validate(said, schema("response"))
    return said


def rules_of(card: dict[str, Any]) -> set[str]:
    return {finding["rule"] for finding in card["extension"][FINDINGS_EXTENSION]}


def capture(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text())["body"]


@pytest.mark.parametrize("path", recorded(f"{SANDBOX}order-sign-with-prefetch.json"))
def test_the_sandbox_with_prefetch_leads_with_severe_renal_impairment(path: Path) -> None:
    """eGFR 22, 10 mg × 2 × 3."""
    first, *rest = answer(capture(path))["cards"]
    assert first["source"]["topic"]["code"] == "RenalSevere"
    assert first["indicator"] == "critical"
    assert "60 mg/day" in first["summary"]
    assert "22" in first["summary"]
    assert "RenalOlderAdult" in rules_of(first)
    assert [card["indicator"] for card in rest] == ["info"]


@pytest.mark.parametrize("path", recorded(f"{SANDBOX}order-select-with-prefetch.json"))
def test_the_sandbox_while_choosing(path: Path) -> None:
    rules = [rules_of(card) for card in answer(capture(path))["cards"]]
    assert any("RenalSevere" in found for found in rules)


@pytest.mark.parametrize("path", recorded(f"{SANDBOX}order-sign.json", f"{SANDBOX}order-sign-with-dates.json"))
def test_the_sandbox_without_prefetch_says_what_it_could_not_check(path: Path) -> None:
    cards = answer(capture(path))["cards"]
    (info,) = [card for card in cards if "ChecksIncomplete" in rules_of(card)]
    assert info["indicator"] == "info"
    for part in ("patient record", "problem list", "allergy list", "current medication"):
        assert part in info["detail"]
    assert "60 mg/day" in info["detail"]


@pytest.mark.parametrize("path", recorded(f"{SANDBOX}order-select-1-on-opening-the-tab.json"))
def test_a_tab_without_a_drug_is_no_crash(path: Path) -> None:
    for card in answer(capture(path))["cards"]:
        assert rules_of(card) == {"ChecksIncomplete"}


def epic_with_baclofen(path: Path) -> dict[str, Any]:
    """Epic's request with its codeine order made one of baclofen: the shape is Epic's, the drug ours."""
    request = json.loads(path.read_text())
    order = request["context"]["draftOrders"]["entry"][1]["resource"]
    order["medicationReference"]["display"] = "BACLOFEN 10 MG PO TABS"
    for entry in order["dosageInstruction"][0]["doseAndRate"]:
        entry["doseQuantity"]["value"] = 2 if entry["doseQuantity"]["code"] == "{tbl}" else 20
    return request


@pytest.mark.parametrize("path", recorded(EPIC))
def test_epic_counts_its_three_typed_amounts_once(path: Path) -> None:
    cards = answer(epic_with_baclofen(path))["cards"]
    (amount,) = [card for card in cards if "OralDailyMaximum" in rules_of(card) or "OralAsNeeded" in rules_of(card)]
    assert "120 mg/day" in amount["summary"]
    assert amount["indicator"] == "warning"


@pytest.mark.parametrize("path", recorded(EPIC))
def test_epic_without_baclofen_is_silent(path: Path) -> None:
    assert answer(json.loads(path.read_text()))["cards"] == []


@pytest.mark.parametrize(
    "path",
    recorded(f"{SANDBOX}order-*.json", "requests/*.json", EPIC, "cds-hooks-examples/*/*order-s*.json"),
)
def test_no_recorded_request_crashes_the_service(path: Path) -> None:
    """Every one is answered by a valid answer, or by an error that names a field."""
    body = path.read_bytes()
    try:
        document = json.loads(body)
    except ValueError:
        document = None
    if isinstance(document, dict) and isinstance(document.get("body"), dict):
        body = json.dumps(document["body"]).encode()
    try:
        request = decode_request(body, service_for_hook(body))
    except RequestError as error:
        refusal = json.loads(error.operation_outcome())
    else:
        said = json.loads(encode_response(evaluate(request, load_knowledge(), Settings(), NOW)))
        jsonschema.validate(said, schema("response"))
        return
    assert refusal["issue"][0]["details"]["text"]
