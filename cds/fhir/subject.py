"""Whose a resource is."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from cds.fhir.datatypes import Reference
from cds.fhir.resources import Patient, Resource

__all__ = ["is_of_another"]

NO_PATIENTS: Mapping[str, str] = MappingProxyType({})


def is_of_another(resource: Resource, patient_id: str | None, patients: Mapping[str, str] = NO_PATIENTS) -> bool:
    """Whether a resource names another patient than the call's; one that names nobody is taken for the call's.

    Args:
        resource: any; a Patient is told by its own id.
        patient_id: bare id of the call's patient; None where nobody knows it, and nothing is another's.
        patients: ids of Patient resources by the `fullUrl` under which they came, for references to one of them.
    """
    if patient_id is None:
        return False
    if isinstance(resource, Patient):
        return resource.id is not None and resource.id != patient_id
    subject: Reference | None = getattr(resource, "subject", None) or getattr(resource, "patient", None)
    if subject is None or (not patients and "/" not in patient_id and subject.reference == f"Patient/{patient_id}"):
        return False  # nearly always, and told without taking the reference apart
    named = _patient_of(subject, patients)
    return named is not None and named != patient_id


def _patient_of(subject: Reference, patients: Mapping[str, str]) -> str | None:
    """The bare id of the patient that is referred to; None where the reference does not tell it."""
    written, target = subject.reference, subject.target
    if written is None or target is None:
        return None
    if written in patients:
        return patients[written]
    kind, slash, bare = target.rpartition("/")
    if not slash:  # `#` is contained, with an id of its own that tells nothing
        return None if target.startswith(("#", "urn:")) else target
    return bare if kind == "Patient" else None
