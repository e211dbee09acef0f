"""What a boundary case says of an intrathecal pump: test doses and their responses, readings, the implantation, examinations ordered."""

from __future__ import annotations

from typing import Any

from fhir_fixtures.codes import INTRATHECAL, PRODUCTS, SERVICES, concept, quantity

PUMP_SYSTEM = "urn:baclofen-cds:it"
IMPLANTATION = concept(PUMP_SYSTEM, "pump-implantation", "Implantation of an intrathecal pump")


def test_doses(specs: list[dict[str, Any]], subject: dict[str, str]) -> list[dict[str, Any]]:
    """Test doses that were given: `ug` at `at`."""
    return [
        {
            "resourceType": "MedicationAdministration",
            "id": f"test-{number}",
            "status": spec.get("status", "completed"),
            "medicationCodeableConcept": concept(*PRODUCTS["it-50"]),
            "subject": subject,
            "effectiveDateTime": str(spec["at"]),
            "dosage": {"route": INTRATHECAL, "dose": quantity(spec["ug"], "ug")},
        }
        for number, spec in enumerate(specs)
    ]


def readings(case: dict[str, Any], subject: dict[str, str]) -> list[dict[str, Any]]:
    """Responses to test doses (`response`, hours) and the programmed concentration (`programmed`, µg/mL)."""
    found = [
        _reading(
            f"response-{number}",
            "test-dose-response-duration",
            subject,
            valueQuantity=quantity(spec["response"], "h"),
            partOf=[{"reference": f"MedicationAdministration/test-{number}"}],
        )
        for number, spec in enumerate(case.get("tests", []))
        if "response" in spec
    ]
    if "programmed" in case:
        concentration = quantity(case["programmed"], "ug/mL")
        found.append(_reading("programmed", "pump-reservoir-concentration", subject, valueQuantity=concentration))
    return found


def _reading(name: str, code: str, subject: dict[str, str], **members: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": name,
        "status": "final",
        "code": concept(PUMP_SYSTEM, code, code),
        "subject": subject,
        "effectiveDateTime": "2026-05-20",
        **members,
    }


def implantation(subject: dict[str, str]) -> dict[str, Any]:
    """The operation on record."""
    return {
        "resourceType": "Procedure",
        "id": "implantation",
        "status": "completed",
        "code": IMPLANTATION,
        "subject": subject,
        "performedDateTime": "2025-03-01",
    }


def service(name: str, subject: dict[str, str]) -> dict[str, Any]:
    """A drafted procedure or examination, by its short name."""
    return {
        "resourceType": "ServiceRequest",
        "id": name,
        "status": "draft",
        "intent": "order",
        "code": concept(*SERVICES[name]),
        "subject": subject,
    }
