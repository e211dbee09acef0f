"""A decoded request as what the chart needs to know of a call: its drafts as typed resources."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import cast

from cds.chart.build.chart import Call
from cds.chart.model import Hook
from cds.fhir import lenient
from cds.fhir.prefetch import read_resource
from cds.fhir.resources import Medication, MedicationRequest, Patient, Resource, ServiceRequest
from cds.fhir.subject import is_of_another
from cds.protocol.request import HookRequest


def read_call(request: HookRequest, now: datetime) -> Call:
    """The drafts of a call as typed resources; entries that cannot be read are named, and those of another patient set apart."""
    drafts: list[tuple[MedicationRequest, tuple[str, ...]]] = []
    medications: dict[str, Medication] = {}
    services: list[ServiceRequest] = []
    foreign: list[MedicationRequest | ServiceRequest] = []
    unreadable = list(request.unreadable_drafts)
    found = list(_resources(request, unreadable))
    patients = {url: one.id for one, _, url in found if isinstance(one, Patient) and url and one.id}
    for resource, problems, full_url in found:
        if isinstance(resource, Medication):
            medications[resource.reference] = resource
            if full_url:
                medications[full_url] = resource
        elif isinstance(resource, MedicationRequest | ServiceRequest) and is_of_another(
            resource, request.patient_id, patients
        ):
            foreign.append(resource)
        elif isinstance(resource, MedicationRequest):
            drafts.append((resource, problems))
        elif isinstance(resource, ServiceRequest):
            services.append(resource)
    return Call(
        hook=cast(Hook, request.hook),
        patient_id=request.patient_id,
        encounter_id=request.encounter_id,
        user=request.user_id,
        drafts=tuple(drafts),
        medications=medications,
        selections=request.selections,
        unreadable=tuple(unreadable),
        now=now,
        services=tuple(services),
        foreign=tuple(foreign),
    )


def _resources(request: HookRequest, unreadable: list[str]) -> Iterator[tuple[Resource, tuple[str, ...], str | None]]:
    """The resources among the drafts that are read, each with its problems and its fullUrl; the places of others are added."""
    orders = "context.medications" if request.hook == "medication-refill" else "context.draftOrders"
    for number, (raw, full_url) in enumerate(zip(request.draft_orders, request.draft_full_urls, strict=True)):
        try:
            found = read_resource(raw)
        except lenient.Unreadable:
            unreadable.append(f"{orders}.entry[{number}].resource")
            continue
        if found is not None:
            yield *found, full_url
