"""Requests about a pump, and the chart that is made of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from cds.chart.intrathecal import Intrathecal, Moment
from cds.chart.model import Chart
from cds.evaluation import assess
from cds.knowledge import load_knowledge
from cds.protocol.request import decode_request, service_for_hook
from cds.settings import Settings
from fhir_fixtures.codes import concept
from fhir_fixtures.expand import expand

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
DRAFT = {"rate": 260, "drug": "intrathecal"}
FILED = {"rate": 200, "drug": "intrathecal"}
PUMP_SYSTEM = "urn:baclofen-cds:it"


def chart_of(case: dict[str, Any], spoil: Any = None) -> Chart:
    request = expand({"drafts": [DRAFT], **case})
    if spoil is not None:
        spoil(request)
    body = json.dumps(request, default=str).encode()
    found = assess(decode_request(body, service_for_hook(body)), load_knowledge(), Settings(), NOON)
    assert found is not None
    return found.chart


def pump_of(case: dict[str, Any], spoil: Any = None) -> Intrathecal:
    return chart_of(case, spoil).intrathecal


def drafted(request: dict[str, Any], number: int = 0) -> dict[str, Any]:
    return request["context"]["draftOrders"]["entry"][number]["resource"]


def sent(request: dict[str, Any], key: str, *resources: dict[str, Any]) -> None:
    """Further resources in an answer."""
    bundle = request["prefetch"][key]
    bundle["entry"] = [*bundle.get("entry", []), *({"resource": one} for one in resources)]
    bundle["total"] = len(bundle["entry"])


def reading(number: int, code: str, on: str, **members: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": f"reading-{number}",
        "status": "final",
        "code": concept(PUMP_SYSTEM, code, code),
        "effectiveDateTime": on,
        **members,
    }


def moment(*parts: int) -> Moment:
    minute = datetime(*parts, tzinfo=UTC)
    return Moment(minute, minute)
