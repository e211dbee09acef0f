"""The registry's own systems and codes in FHIR."""

from __future__ import annotations

from typing import Any

__all__ = [
    "ADVERSE_EVENT",
    "KEY_SYSTEM",
    "OPINIONS",
    "PATIENT_SYSTEM",
    "PRESCRIBER_SYSTEM",
    "RTU",
    "SETTING",
    "STOP_REASON",
    "UCUM",
    "concept",
]

RTU = "urn:baclofen-cds:rtu"
ADVERSE_EVENT = f"{RTU}:adverse-event"
STOP_REASON = f"{RTU}:stop-reason"
SETTING = f"{RTU}:setting"
PATIENT_SYSTEM = f"{RTU}:patient"
PRESCRIBER_SYSTEM = f"{RTU}:prescriber"
KEY_SYSTEM = f"{RTU}:prescriber-key"
UCUM = "http://unitsofmeasure.org"
OPINIONS = {"second": "second-opinion", "collegial": "collegial-opinion"}


def concept(system: str, code: str) -> dict[str, Any]:
    """A CodeableConcept."""
    return {"coding": [{"system": system, "code": code}]}
