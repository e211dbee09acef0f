"""The encounter of a boundary case, and the prediction of a pump's end: what the hooks without orders look at."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from fhir_fixtures.codes import concept

NOON = time(12, tzinfo=UTC)
"""When every case plays."""

_HOURS = re.compile(r"(\d+):(\d\d)")


def visit(
    case: dict[str, Any], subject: dict[str, str], day: Callable[[Any, date], date], today: date
) -> dict[str, Any]:
    """The encounter: `inpatient`, `began` (hours and minutes before noon, or a date), `visit` for another status."""
    code, display = ("IMP", "inpatient encounter") if case.get("inpatient") else ("AMB", "ambulatory")
    encounter: dict[str, Any] = {
        "resourceType": "Encounter",
        "id": "visit",
        "status": case.get("visit", "in-progress"),
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": code, "display": display},
        "subject": subject,
    }
    if "began" not in case:
        return encounter
    hours = _HOURS.fullmatch(str(case["began"]))
    if hours is None:
        return {**encounter, "period": {"start": day(case["began"], today).isoformat()}}
    start = datetime.combine(today, NOON) - timedelta(hours=int(hours[1]), minutes=int(hours[2]))
    return {**encounter, "period": {"start": start.isoformat()}}


def prediction(empty: date, subject: dict[str, str]) -> dict[str, Any]:
    """The pump's own prediction of the day on which it is empty."""
    return {
        "resourceType": "Observation",
        "id": "pump-empty",
        "status": "final",
        "code": concept("urn:baclofen-cds:it", "pump-predicted-empty", "Predicted end of the pump's supply"),
        "subject": subject,
        "effectiveDateTime": "2026-05-01",
        "valueDateTime": empty.isoformat(),
    }


def device(name: Any, subject: dict[str, str]) -> dict[str, Any]:
    """An implanted pump, by the words of its type (true: without a make)."""
    pump = {"text": "Implantable intrathecal infusion pump" if name is True else name}
    return {"resourceType": "Device", "id": "pump", "status": "active", "type": pump, "patient": subject}
