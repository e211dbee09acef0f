"""Requests to begin with: what an EHR may well send, before anything is done to it."""

from __future__ import annotations

import copy
import functools
import json
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import yaml

from cds.evaluation import assess
from cds.examples import ORDER_SIGN
from cds.knowledge import load_knowledge
from cds.protocol.discovery import SERVICES
from cds.protocol.request import decode_request, service_for
from cds.rules.finding import Finding
from cds.settings import Settings
from fhir_fixtures.expand import expand, today_of
from tests.calls import RECORDED

FOLDER = Path(__file__).resolve().parents[2] / "fhir_fixtures" / "boundaries"
RECORDINGS = ("sandbox-captures/order-*.json", "sandbox-captures/patient-*.json", "requests/*.json")
EXAMPLES = ("cds-hooks-examples/epic-shaped/*.json", "cds-hooks-examples/*/*order-s*.json")
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SERVICE_OF = {service.hook: service.id for service in SERVICES}


@dataclass(frozen=True, slots=True)
class Seed:
    """A request as JSON, the moment it is sent, and where it is from."""

    name: str
    text: str
    now: datetime

    @property
    def document(self) -> dict[str, Any]:
        """The request, to be changed at will."""
        found: dict[str, Any] = json.loads(self.text)
        return found


@functools.cache
def boundary_seeds() -> tuple[Seed, ...]:
    """Every boundary case: small requests with complete lists, at every threshold of every rule."""
    return tuple(
        Seed(
            f"{path.stem}: {case['name']}",
            json.dumps(expand(case["case"]), default=str),
            datetime.combine(today_of(case["case"]), time(12), tzinfo=UTC),
        )
        for path in sorted(FOLDER.glob("*/*.yaml"))
        for case in yaml.safe_load(path.read_text("utf-8"))
    )


@functools.cache
def seeds() -> tuple[Seed, ...]:
    """Every seed; the recorded calls of real clients among them where they lie beside the checkout."""
    paths = [ORDER_SIGN, *sorted(path for pattern in RECORDINGS + EXAMPLES for path in RECORDED.glob(pattern))]
    return tuple(Seed(path.stem, json.dumps(call), NOON) for path in paths for call in _calls(path)) + boundary_seeds()


def _calls(path: Path) -> list[dict[str, Any]]:
    """The hook call in a file: as it is, or as the body of a recorded exchange; none where the file holds something else."""
    try:
        document = json.loads(path.read_bytes())
    except ValueError:
        return []
    inner = document.get("body", document) if isinstance(document, dict) else None
    return [inner] if isinstance(inner, dict) and inner.get("hook") in SERVICE_OF else []


def findings(request: dict[str, Any], now: datetime) -> dict[str, Finding]:
    """What the rules say of a request, by rule."""
    call = decode_request(json.dumps(request).encode(), service_for(SERVICE_OF[request["hook"]]))
    evaluation = assess(call, load_knowledge(), Settings(), now)
    return {} if evaluation is None else {finding.rule: finding for finding in evaluation.findings}


def changed(request: dict[str, Any], key: str, answer: Any) -> dict[str, Any]:
    """The request with another answer under a prefetch key."""
    other = copy.deepcopy(request)
    other["prefetch"][key] = answer
    return other
