"""What a call still needs from the EHR's FHIR server: a pure function of the call and of what came so far.

Nothing is asked for a call that does not concern the service. A baclofen order asks at once for all that is missing. Elsewhere the lists that
can show baclofen or a pump come first, and the rest only where baclofen cannot be excluded: most records opened and most analgesics ordered
are of patients who do not take it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from cds.chart.build.chart import Call, build_chart
from cds.chart.build.drafts import draft_orders, named_drafts
from cds.chart.build.orders import is_baclofen, is_nameless
from cds.chart.reading import Unknown
from cds.evaluation.call import read_call
from cds.evaluation.effort import refuse_excess
from cds.evaluation.policy import policy_of
from cds.evaluation.relevance import baclofen_possible, concern_of
from cds.fhir.asking import Ask, Fetched, fill, lacking, local_reference
from cds.fhir.datatypes import Reference
from cds.fhir.medication import NamesMedication, mentions_baclofen
from cds.fhir.prefetch import read_prefetch
from cds.fhir.record import Record
from cds.fhir.resources import (
    MedicationAdministration,
    MedicationDispense,
    MedicationRequest,
    MedicationStatement,
    PractitionerRole,
)
from cds.knowledge import Knowledge
from cds.protocol.discovery import PREFETCH, SERVICES
from cds.protocol.request import HookRequest
from cds.security import Issuer
from cds.settings import Settings

__all__ = ["wanted"]

FIRST = ("medicationRequests", "medicationStatements", "procedures", "devices")
"""What can show baclofen by mouth or a pump."""
MAX_REFERENCES = 40
"""Medications read one by one: a search by ids is not offered by every server."""


def wanted(
    request: HookRequest,
    knowledge: Knowledge,
    settings: Settings,
    now: datetime,
    fetched: Mapping[str, Fetched],
    *,
    issuer: Issuer | None = None,
) -> Mapping[str, Ask]:
    """What to ask next, by prefetch key or by `Type/id`; nothing where all is there or nothing more is needed.

    Args:
        request: the call.
        knowledge: what the rules rest on.
        settings: what the environment decides.
        now: the moment of the call.
        fetched: what asking has brought so far; none of its keys is asked again.
        issuer: who calls.

    Raises:
        LimitExceeded: the call holds more than is read; asking would not make it less.
    """
    call = read_call(request, now)
    refuse_excess(call, Record(), settings.limits)
    concern = concern_of(call, named_drafts(call, knowledge), knowledge)
    if concern == "none":
        return {}
    record = read_prefetch(request.prefetch, PREFETCH, call.patient_id, fetched, settings.limits)
    refuse_excess(call, record, settings.limits)
    call = replace(call, medications={**record.medications, **call.medications})
    drafts = draft_orders(call, record, knowledge)
    needs = _Needs(call, record, request.fhir_server, fetched)
    unresolved = needs.medications(
        draft.request for draft in drafts if is_baclofen(draft.order) or is_nameless(draft.order)
    )
    if concern == "doubt":
        if unresolved:
            return unresolved
        concern = concern_of(call, drafts, knowledge)
        if concern == "none":
            return {}
    missing = needs.templates(request, registration=settings.rtu_registration != "off")
    if concern == "baclofen":
        if missing or unresolved:
            return {**missing, **unresolved}
    else:
        first = {key: missing[key] for key in FIRST if key in missing} or needs.medications(
            needs.on_file(), nameless=True
        )
        if first:
            return first
    chart = build_chart(call, record, drafts, knowledge, policy_of(settings, issuer))
    if concern != "baclofen" and not baclofen_possible(chart):
        return {}
    more = {**missing, **needs.medications(needs.on_file())}
    prescriber = chart.programme.prescriber_registered
    if chart.jurisdiction.code == "FR" and settings.rtu_registration != "off" and isinstance(prescriber, Unknown):
        more |= needs.prescribers(draft.request for draft in drafts if is_baclofen(draft.order))
    return more


class _Needs:
    """What of a call is neither there nor asked for yet."""

    def __init__(self, call: Call, record: Record, server: str | None, fetched: Mapping[str, Fetched]) -> None:
        self._call = call
        self._record = record
        self._server = server
        self._fetched = fetched

    def templates(self, request: HookRequest, *, registration: bool) -> dict[str, Ask]:
        """The called service's own queries that nothing settles."""
        user_type, _, user_id = (request.user_id or "").partition("/")
        tokens = {
            "context.patientId": request.patient_id,
            "context.encounterId": request.encounter_id,
            "context.userId": request.user_id
            if registration and user_type in ("Practitioner", "PractitionerRole")
            else None,
            "userPractitionerId": user_id if user_type == "Practitioner" else None,
            "userPractitionerRoleId": user_id if user_type == "PractitionerRole" else None,
        }
        templates = next(service.prefetch for service in SERVICES if service.id == request.service_id)
        filled = {key: fill(template, tokens) for key, template in templates.items()}
        queries = {key: query for key, query in filled.items() if query is not None and key not in self._fetched}
        return lacking(request.prefetch, queries, self._record)

    def on_file(self) -> list[NamesMedication]:
        """All on file that names a medicine; what is active first."""
        found: list[MedicationRequest | MedicationStatement | MedicationDispense | MedicationAdministration] = [
            *self._record.of(MedicationRequest),
            *self._record.of(MedicationStatement),
            *self._record.of(MedicationDispense),
            *self._record.of(MedicationAdministration),
        ]
        return [*sorted(found, key=lambda one: one.status != "active")]

    def medications(self, resources: Iterable[NamesMedication], *, nameless: bool = False) -> dict[str, Ask]:
        """The Medications that are referred to and did not come; those first whose reference has no words or names baclofen.

        Args:
            resources: what refers to them.
            nameless: only where nothing else tells the drug.
        """
        ranked: dict[str, bool] = {}
        for resource in resources:
            reference = resource.medicationReference or (resource.medication.reference if resource.medication else None)
            concept = resource.medicationCodeableConcept or (
                resource.medication.concept if resource.medication else None
            )
            target = self._absent(reference, "Medication")
            if target is None or concept is not None:
                continue
            words = reference.display or "" if reference else ""
            if not words or not nameless:
                ranked[target] = ranked.get(target, False) or not words or mentions_baclofen(words)
        chosen = sorted(ranked, key=lambda target: not ranked[target])
        asked = sum(key.startswith("Medication/") for key in self._fetched)
        return {target: Ask(target) for target in chosen[: max(MAX_REFERENCES - asked, 0)]}

    def prescribers(self, orders: Iterable[MedicationRequest]) -> dict[str, Ask]:
        """The practitioner behind the user's or a requester's role, and the requesters themselves."""
        references = [order.requester.agent or order.requester for order in orders if order.requester]
        references += [role.practitioner for role in self._record.of(PractitionerRole) if role.practitioner]
        targets = [self._absent(one, kind) for one in references for kind in ("Practitioner", "PractitionerRole")]
        return {target: Ask(target) for target in targets if target is not None}

    def _absent(self, reference: Reference | None, kind: str) -> str | None:
        """`Type/id` of a reference to a resource on the call's server that neither came nor was asked for."""
        target = local_reference(reference.reference if reference else None, self._server)
        if target is None or not target.startswith(f"{kind}/"):
            return None
        there = self._record.has(target) or target in self._fetched or target in self._call.medications
        return None if there else target
