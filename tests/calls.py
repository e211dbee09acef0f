"""Hook calls to send, cards to answer with, and the recorded calls of real clients."""

import json
import os
from pathlib import Path

import pytest

from cds.protocol.response import FINDINGS_EXTENSION, Card, Coding, Response, Source

ORDER = {"resourceType": "MedicationRequest", "id": "o1", "status": "draft", "intent": "order"}
RECORDED = Path(__file__).resolve().parents[2] / "shared" / "data"


def recorded(*patterns: str):
    """Parameters: one recorded call each. Where CI says so, they have to be there."""
    found = sorted(path for pattern in patterns for path in RECORDED.glob(pattern))
    if found:
        return [pytest.param(path, id=path.stem) for path in found]
    if os.environ.get("CI") == "true":
        raise FileNotFoundError(f"recorded calls are missing: {', '.join(patterns)}")
    return [pytest.param(None, marks=pytest.mark.skip(reason="recorded calls are not beside this checkout"))]


def call(hook: str = "order-sign", *, context: dict | None = None, **envelope) -> dict:
    """A small valid call; `context` adds members, None takes them away."""
    inner = {"userId": "Practitioner/d1", "patientId": "p1", "draftOrders": bundle(ORDER), **(context or {})}
    inner = {key: value for key, value in inner.items() if value is not None}
    return {"hook": hook, "hookInstance": "6f1c1d2e-5d1b-4b8e-9a3f-2f0c6c0b7a11", "context": inner, **envelope}


def body(document: object) -> bytes:
    return json.dumps(document).encode()


def bundle(*resources: dict) -> dict:
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": item} for item in resources]}


def card(**members) -> Card:
    topic = Coding(system="https://cds.example.org/rules", code="OralDailyMaximum", display="Oral daily maximum")
    given = {
        "uuid": "6a3c6f0e-0d6f-4a55-8b0b-0f6c4e1b2d11",
        "summary": "Baclofen 100 mg/day is above 80 mg/day",
        "indicator": "critical",
        "source": Source(label="baclofen-cds", topic=topic),
        "extension": {FINDINGS_EXTENSION: [{"rule": "OralDailyMaximum", "indicator": "critical"}]},
    }
    return Card(**{**given, **members})


def response(*cards: Card) -> Response:
    return Response(cards=cards)
