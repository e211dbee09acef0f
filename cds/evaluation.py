"""From a hook call to its answer: a pure function of the call, the knowledge, the settings and the moment."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from cds.cards.build import build_cards
from cds.chart.build.chart import Call, Policy, build_chart, draft_orders
from cds.chart.build.orders import Draft, is_baclofen, is_nameless
from cds.chart.build.sources import concept_kinds
from cds.chart.model import Chart, Hook, RegistrationPolicy
from cds.fhir import lenient
from cds.fhir.medication import resolve
from cds.fhir.prefetch import Record, read_prefetch, read_resource
from cds.fhir.resources import Medication, MedicationRequest, ServiceRequest
from cds.knowledge import Knowledge
from cds.protocol.discovery import PREFETCH
from cds.protocol.request import HookRequest
from cds.protocol.response import Response
from cds.rules.finding import Finding, Indicator
from cds.rules.registry import run_rules
from cds.settings import Settings

INFO_WHILE_CHOOSING = frozenset({"DoseNotComputable", "ChecksIncomplete"})
"""The info findings that order-select still shows; everything else below a warning waits for the signature."""

OTHER_SIDE = frozenset({"nsaid", "lowers_renal_clearance"})
"""Drug value sets whose order is checked for a patient who takes baclofen (RenalNephrotoxic)."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What the service made of a call: the chart it read and what the rules said of it."""

    chart: Chart
    findings: tuple[Finding, ...]


def evaluate(request: HookRequest, knowledge: Knowledge, settings: Settings, now: datetime) -> Response:
    """The cards for one call; none where no order concerns the service."""
    evaluation = assess(request, knowledge, settings, now)
    if evaluation is None:
        return Response(cards=())
    cards = build_cards(
        evaluation.chart,
        evaluation.findings,
        knowledge,
        rules_url=f"{settings.public_url.rstrip('/')}/rules",
        seed=f"{request.service_id}/{request.hook_instance}",
    )
    return Response(cards=cards)


def assess(request: HookRequest, knowledge: Knowledge, settings: Settings, now: datetime) -> Evaluation | None:
    """The chart and the findings of a call, before they are worded; None where no order concerns the service.

    Prefetch is decoded only when a draft is baclofen, or may be, or is a drug that matters to a patient who takes baclofen.
    """
    call = read_call(request, now)
    drafts = draft_orders(call, Record(), knowledge)
    other_side = any(draft.focus and _interacts(draft, call, knowledge) for draft in drafts)
    doubtful = bool(call.unreadable) or any(is_nameless(draft.order) for draft in drafts)
    if not (other_side or doubtful or any(is_baclofen(draft.order) for draft in drafts)):
        return None
    record = read_prefetch(request.prefetch, PREFETCH, call.patient_id)
    drafts = draft_orders(call, record, knowledge)
    chart = build_chart(call, record, drafts, knowledge, policy_of(settings))
    signed = bool(chart.therapy.checked or chart.therapy.stops)
    if not signed:
        chart = only_unreadable_orders(chart)
        if not chart.missing and not (other_side and chart.therapy.oral):
            return None
    findings = [finding for finding in run_rules(chart, knowledge) if _speaks(finding, call.hook)]
    return Evaluation(chart, tuple(findings))


def _interacts(draft: Draft, call: Call, knowledge: Knowledge) -> bool:
    """Whether a drafted order is for a drug that is checked from the other side: a code lookup."""
    concept, medication, _ = resolve(draft.request, call.medications)
    concepts = (concept, medication.code if medication else None)
    return any(not OTHER_SIDE.isdisjoint(concept_kinds(knowledge, one, "drug")) for one in concepts)


def _speaks(finding: Finding, hook: Hook) -> bool:
    return hook != "order-select" or finding.indicator > Indicator.INFO or finding.rule in INFO_WHILE_CHOOSING


def policy_of(settings: Settings) -> Policy:
    """The part of the settings that a chart depends on."""
    return Policy(
        default_jurisdiction=settings.jurisdiction,
        registration=cast(RegistrationPolicy, settings.rtu_registration),
        patient_systems=frozenset(settings.rtu_patient_systems),
        prescriber_systems=frozenset(settings.rtu_prescriber_systems),
    )


def read_call(request: HookRequest, now: datetime) -> Call:
    """The drafts of a call as typed resources; entries that cannot be read are named."""
    drafts: list[tuple[MedicationRequest, tuple[str, ...]]] = []
    medications: dict[str, Medication] = {}
    services: list[ServiceRequest] = []
    unreadable = list(request.unreadable_drafts)
    for number, (raw, full_url) in enumerate(zip(request.draft_orders, request.draft_full_urls, strict=True)):
        try:
            found = read_resource(raw)
        except lenient.Unreadable:
            unreadable.append(f"context.draftOrders.entry[{number}].resource")
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


def only_unreadable_orders(chart: Chart) -> Chart:
    """The chart of a call without baclofen: all that may be said is that an order could not be read."""
    return replace(chart, missing=tuple(part for part in chart.missing if part.topic == "orders"))
