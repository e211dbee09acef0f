"""What suggestions need of a call: the drafts as they came, and the baclofen orders as they were read."""

from __future__ import annotations

import msgspec

from cds.chart.build.chart import Call
from cds.fhir.record import Record
from cds.fhir.resources import MedicationRequest, MedicationStatement
from cds.protocol.request import HookRequest
from cds.suggestions.orders import Signing


class _Identity(msgspec.Struct):
    resourceType: str | None = None  # noqa: N815 - FHIR's name
    id: str | None = None


_identity = msgspec.json.Decoder(_Identity)


def signing_of(request: HookRequest, call: Call, record: Record) -> Signing:
    """The drafts by their reference; a draft takes the place of the order of the same id on file where it says how it is dosed."""
    drafts: dict[str, msgspec.Raw] = {}
    for raw in request.draft_orders:
        try:
            identity = _identity.decode(raw)
        except msgspec.DecodeError:
            continue  # named by ChecksIncomplete; nothing can be suggested for it
        if identity.resourceType and identity.id:
            drafts[f"{identity.resourceType}/{identity.id}"] = raw
    sources: dict[str, MedicationRequest | MedicationStatement] = {}
    sources |= {statement.reference: statement for statement in record.of(MedicationStatement)}
    sources |= {request.reference: request for request in record.of(MedicationRequest)}
    for draft, _ in call.drafts:
        if draft.dosageInstruction or draft.reference not in sources:
            sources[draft.reference] = draft
    return Signing(
        patient_id=call.patient_id,
        encounter_id=call.encounter_id,
        user=call.user,
        today=call.now.date(),
        drafts=drafts,
        sources=sources,
    )
