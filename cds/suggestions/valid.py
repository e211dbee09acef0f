"""The guard of what is sent: complete FHIR R4 models, as the field's library has them (R4B, which R4 orders share)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fhir.resources.R4B.medicationrequest import MedicationRequest
from fhir.resources.R4B.servicerequest import ServiceRequest
from pydantic import ValidationError

from cds.suggestions.usual import is_usual

MODELS: Mapping[str, Any] = {"MedicationRequest": MedicationRequest, "ServiceRequest": ServiceRequest}


def is_valid(resource: Mapping[str, Any]) -> bool:
    """Whether a resource is valid R4; one of a type that the service does not send is not."""
    return is_usual(resource) or is_complete(resource)


def is_complete(resource: Mapping[str, Any]) -> bool:
    """Whether the complete models accept a resource: about a millisecond."""
    model = MODELS.get(str(resource.get("resourceType")))
    if model is None:
        return False
    try:
        model.model_validate(dict(resource))
    except (ValidationError, ValueError, TypeError):
        return False
    return True
