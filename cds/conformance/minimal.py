"""The smallest call of a service that a client could make.

The drafts are plain examples of FHIR requests; what a service thinks of them is not looked at, only how it says so.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from cds.conformance.hooks import HOOKS
from cds.conformance.templates import resource_type, tokens

__all__ = ["minimal_call", "prefetched"]

_PATIENT, _USER, _ENCOUNTER = "conformance-patient", "Practitioner/conformance-user", "conformance-encounter"


def minimal_call(service: Mapping[str, Any]) -> dict[str, Any]:
    """A valid call of a service, with an answer for each of its prefetch templates.

    A hook outside the library gets patient, user, encounter and an identifier for each further token of the templates.
    """
    hook = service["hook"]
    wanted = service.get("prefetch")
    asked = {key: text for key, text in wanted.items() if isinstance(text, str)} if isinstance(wanted, dict) else {}
    call: dict[str, Any] = {"hook": hook, "hookInstance": str(uuid.uuid4()), "context": _context(hook, asked)}
    answers = {key: found for key, text in asked.items() if (found := prefetched(text)) is not None}
    if answers:
        call["prefetch"] = answers
    return call


def prefetched(template: str) -> dict[str, Any] | None:
    """What a nearly empty FHIR server answers to a template; None where nothing tells what it asks for."""
    if template == "{{context.userId}}":
        return {"resourceType": "Practitioner", "id": _USER.partition("/")[2]}
    kind = resource_type(template)
    if kind is None:
        return None
    if "?" in template:
        return {"resourceType": "Bundle", "type": "searchset", "total": 0}
    return {
        "resourceType": kind,
        "id": {"Patient": _PATIENT, "Encounter": _ENCOUNTER}.get(kind, "conformance"),
        **_REQUIRED.get(kind, {}),
    }


_REQUIRED: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "Encounter": {
            "status": "in-progress",
            "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
        }
    }
)


def _context(hook: str, asked: Mapping[str, str]) -> dict[str, Any]:
    context: dict[str, Any] = {"userId": _USER, "patientId": _PATIENT, "encounterId": _ENCOUNTER}
    order = _order()
    match hook:
        case "order-select":
            context |= {"selections": [f"{order['resourceType']}/{order['id']}"], "draftOrders": _bundle(order)}
        case "order-sign":
            context["draftOrders"] = _bundle(order)
        case "medication-refill":
            context["medications"] = _bundle(order)
        case "order-dispatch":
            context = {
                "patientId": _PATIENT,
                "dispatchedOrders": ["ServiceRequest/conformance"],
                "performer": "Organization/conformance",
            }
        case "appointment-book":
            context["appointments"] = _bundle(
                {
                    "resourceType": "Appointment",
                    "id": "conformance",
                    "status": "proposed",
                    "participant": [{"actor": {"reference": f"Patient/{_PATIENT}"}, "status": "needs-action"}],
                }
            )
        case "problem-list-item-create":
            context["conditions"] = _bundle(
                {"resourceType": "Condition", "id": "conformance", **_of_patient(), "code": _NAMED}
            )
        case "allergyintolerance-create":
            context["allergyIntolerance"] = {
                "resourceType": "AllergyIntolerance",
                "id": "conformance",
                "patient": {"reference": f"Patient/{_PATIENT}"},
                "code": _NAMED,
            }
        case _ if hook in HOOKS:
            pass
        case _:
            fields = (name.partition(".")[2] for text in asked.values() for name in tokens(text))
            context |= {name: "conformance" for name in fields if name and name not in context}
    return context


_NAMED = {"text": "Conformance test"}


def _of_patient() -> dict[str, Any]:
    return {"subject": {"reference": f"Patient/{_PATIENT}"}}


def _order() -> dict[str, Any]:
    """The drug of the protocol's own examples."""
    return {
        "resourceType": "MedicationRequest",
        "id": "conformance-order",
        "status": "draft",
        "intent": "order",
        **_of_patient(),
        "medicationCodeableConcept": {
            "coding": [
                {
                    "system": "http://www.nlm.nih.gov/research/umls/rxnorm",
                    "code": "313782",
                    "display": "acetaminophen 325 MG Oral Tablet",
                }
            ],
            "text": "acetaminophen 325 MG Oral Tablet",
        },
    }


def _bundle(resource: Mapping[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": resource}]}
