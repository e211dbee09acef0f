"""A decoded request as what the chart needs to know of a call: its drafts as typed resources."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from cds.chart.build.chart import Call
from cds.chart.model import Hook
from cds.fhir import lenient
from cds.fhir.prefetch import read_resource
from cds.fhir.resources import Medication, MedicationRequest, ServiceRequest
from cds.protocol.request import HookRequest


def read_call(request: HookRequest, now: datetime) -> Call:
    """The drafts of a call as typed resources; entries that cannot be read are named."""
    drafts: list[tuple[MedicationRequest, tuple[str, ...]]] = []
    medications: dict[str, Medication] = {}
    services: list[ServiceRequest] = []
    unreadable = list(request.unreadable_drafts)
    orders = "context.medications" if request.hook == "medication-refill" else "context.draftOrders"
    for number, (raw, full_url) in enumerate(zip(request.draft_orders, request.draft_full_urls, strict=True)):
        try:
            found = read_resource(raw)
        except lenient.Unreadable:
            unreadable.append(f"{orders}.entry[{number}].resource")
            continue
        if found is None:
            continue
        resource, problems = found
        if isinstance(resource, MedicationRequest):
            drafts.append((resource, problems))
        elif isinstance(resource, ServiceRequest):
            services.append(resource)
        elif isinstance(resource, Medication):
            medications[resource.reference] = resource
            if full_url:
                medications[full_url] = resource
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
    )
