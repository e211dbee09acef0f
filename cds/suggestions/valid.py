"""The guard of what is sent: complete FHIR R4 models, as the field's library has them (R4B, which R4 orders share)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from cds.suggestions.usual import is_usual


def is_valid(resource: Mapping[str, Any]) -> bool:
    """Whether a resource is valid R4; one of a type that the service does not send is not."""
    return is_usual(resource) or is_complete(resource)


def is_complete(resource: Mapping[str, Any]) -> bool:
    """Whether the complete models accept a resource: about a millisecond, and a quarter of a second the first time."""
    model = _models().get(str(resource.get("resourceType")))
    if model is None:
        return False
    try:
        model.model_validate(dict(resource))
    except (ValueError, TypeError):  # pydantic's ValidationError is a ValueError
        return False
    return True


@cache
def _models() -> Mapping[str, Any]:
    """Loaded when the first unusual resource needs them: 0.2 s and 20 MB, which most services never use."""
    from fhir.resources.R4B.medicationrequest import MedicationRequest  # noqa: PLC0415
    from fhir.resources.R4B.servicerequest import ServiceRequest  # noqa: PLC0415

    return {"MedicationRequest": MedicationRequest, "ServiceRequest": ServiceRequest}
