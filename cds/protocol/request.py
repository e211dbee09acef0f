"""The envelope of a hook call.

Lenient where real clients are careless (null members, `Patient/123`, a Bundle without type, one entry instead of a list,
legacy prefetch wrappers, CDS Hooks 3.0 members) and strict where guessing would hide an order: an entry that holds no
resource is reported by name, and a member that stands twice is refused, since the one read would hide the other.

Orders and prefetch stay encoded; whoever needs one decodes it. What prefetch holds is not looked at here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from types import MappingProxyType

import msgspec

from cds.limits import LIMITS, Limits
from cds.protocol._drafts import Draft, drafts_in
from cds.protocol._json import (
    NULL,
    decode_body,
    elements,
    kind,
    members,
    refuse_faults,
    refuse_repeated,
    text,
    with_article,
)
from cds.protocol._prefetch import prefetch_in
from cds.protocol.discovery import SERVICES, Service
from cds.protocol.errors import InvalidField, LimitExceeded, UnknownAddress

__all__ = ["HookRequest", "decode_request", "service_for", "service_for_hook"]

_ORDERS_MEMBER = MappingProxyType(
    {"order-select": "draftOrders", "order-sign": "draftOrders", "medication-refill": "medications"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HookRequest:
    """One hook call, its resources still encoded.

    What may hold patient data or a token stays out of the representation, so that a log line cannot show it.

    Attributes:
        hook: name of the hook.
        hook_instance: the client's id of this call.
        service_id: id of the service called.
        user_id: `Practitioner/x`, `PractitionerRole/x` …; None where the client names nobody.
        patient_id: bare id.
        encounter_id: bare id; None outside an encounter, and where a client leaves it out at encounter-start or encounter-discharge: what
            hangs on it is then unknown, and the answer says so.
        draft_orders: every resource under `context.draftOrders` (medication-refill: `context.medications`), in order; none at a hook
            without orders.
        draft_full_urls: `fullUrl` of each of them, or None.
        unreadable_drafts: entries that hold no resource, by name (`context.draftOrders.entry[2]`).
        selections: order-select only: `Type/id` of the chosen drafts; None where the client does not say which, and all count.
        prefetch: encoded value by key, `null` included; None where the request has no prefetch. A key that stands twice is refused when
            the first one is asked for (InvalidField).
        fhir_server: base URL of the client's FHIR server.
        fhir_authorization: the token with its particulars, not looked at.
        extension: the request's extension, not looked at.
    """

    hook: str
    hook_instance: str
    service_id: str
    user_id: str | None = None
    patient_id: str = field(repr=False)
    encounter_id: str | None = field(default=None, repr=False)
    draft_orders: tuple[msgspec.Raw, ...] = field(default=(), repr=False)
    draft_full_urls: tuple[str | None, ...] = field(default=(), repr=False)
    unreadable_drafts: tuple[str, ...] = ()
    selections: frozenset[str] | None = field(default=None, repr=False)
    prefetch: Mapping[str, msgspec.Raw] | None = field(default=None, repr=False)
    fhir_server: str | None = None
    fhir_authorization: msgspec.Raw | None = field(default=None, repr=False)
    extension: msgspec.Raw | None = field(default=None, repr=False)


def decode_request(body: bytes, service: Service, limits: Limits = LIMITS) -> HookRequest:
    """Read a hook call.

    Args:
        body: the request body, JSON in UTF-8.
        service: the service called; the body's `hook` has to be its hook.
        limits: how much of what a call may hold.

    Raises:
        MalformedJson: the body is not JSON.
        InvalidField: a member that is needed is missing, is not of its kind, stands twice, or is nested too deeply.
        LimitExceeded: too many orders, or a string that is too long.
    """
    envelope = decode_body(body)
    if envelope is None:
        raise InvalidField("$this", "The body must be a JSON object")
    refuse_repeated(body, envelope, "")
    for name, value in envelope.items():
        if name != "prefetch":
            refuse_faults(value, name, limits)
    hook = _hook(envelope)
    if hook != service.hook:
        raise InvalidField(
            "hook", f"Service {service.id} answers hook '{service.hook}', and was called with another one"
        )
    context = _object(envelope, "context")
    if context is None:
        raise InvalidField("context", "context is missing")
    patient_id = _patient_id(context)
    _refuse_token_of_another(envelope, patient_id)
    drafts = _drafts(context, hook, limits)
    return HookRequest(
        hook=hook,
        hook_instance=_required_text(envelope, "hookInstance", "hookInstance"),
        service_id=service.id,
        user_id=_reference(context.get("userId", NULL)),
        patient_id=patient_id,
        encounter_id=_encounter_id(context),
        draft_orders=tuple(draft.resource for draft in drafts if draft.resource is not None),
        draft_full_urls=tuple(draft.full_url for draft in drafts if draft.resource is not None),
        unreadable_drafts=tuple(draft.name for draft in drafts if draft.resource is None),
        selections=_selections(context.get("selections", NULL)) if hook == "order-select" else None,
        prefetch=prefetch_in(envelope),
        fhir_server=text(envelope.get("fhirServer", NULL)),
        fhir_authorization=_opaque(envelope.get("fhirAuthorization", NULL)),
        extension=_opaque(envelope.get("extension", NULL)),
    )


def _drafts(context: Mapping[str, msgspec.Raw], hook: str, limits: Limits) -> tuple[Draft, ...]:
    """What is to be signed; none at a hook without orders.

    An order hook without the member that holds its orders is refused: the answer "nothing to say" would pass for "all is well". The public
    sandbox leaves out drafts and selections at order-select when nothing is chosen yet.
    """
    member = _ORDERS_MEMBER.get(hook)
    if member is None:
        return ()
    name = f"context.{member}"
    orders = context.get(member, NULL)
    if kind(orders) == "null":
        if hook == "order-select" and kind(context.get("selections", NULL)) == "null":
            return ()
        raise InvalidField(name, f"{name} is missing")
    drafts = tuple(islice(drafts_in(orders, name), limits.orders + 1))
    if len(drafts) > limits.orders:
        raise LimitExceeded(name, f"{name} holds more than {limits.orders} orders")
    return drafts


def service_for(service_id: str) -> Service:
    """The service of this id.

    Raises:
        UnknownAddress: there is none.
    """
    for service in SERVICES:
        if service.id == service_id:
            return service
    known = ", ".join(service.id for service in SERVICES)
    raise UnknownAddress(f"There is no such service; there are {known}")


def service_for_hook(body: bytes) -> Service:
    """The service that answers a stored request.

    Raises:
        MalformedJson: the body is not JSON.
        InvalidField: its hook is missing or none of ours.
    """
    envelope = decode_body(body)
    if envelope is None:
        raise InvalidField("$this", "The body must be a JSON object")
    hook = _hook(envelope)
    for service in SERVICES:
        if service.hook == hook:
            return service
    known = ", ".join(service.hook for service in SERVICES)
    raise InvalidField("hook", f"No service answers this hook; known hooks are {known}")


def _hook(envelope: Mapping[str, msgspec.Raw]) -> str:
    return _required_text(envelope, "hook", "hook")


def _required_text(parent: Mapping[str, msgspec.Raw], key: str, name: str) -> str:
    raw = parent.get(key, NULL)
    if (found := text(raw)) is not None:
        return found
    if kind(raw) == "null":
        raise InvalidField(name, f"{name} is missing")
    raise InvalidField(name, f"{name} must be a non-empty string")


def _object(parent: Mapping[str, msgspec.Raw], key: str) -> dict[str, msgspec.Raw] | None:
    """An object member; None where it is missing or null."""
    raw = parent.get(key, NULL)
    match kind(raw):
        case "object":
            return members(raw)
        case "null":
            return None
        case other:
            raise InvalidField(key, f"{key} must be an object, not {with_article(other)}")


def _opaque(raw: msgspec.Raw) -> msgspec.Raw | None:
    return None if kind(raw) == "null" else raw


def _reference(raw: msgspec.Raw) -> str | None:
    """`Type/id`, given as a string or as a FHIR Reference."""
    if kind(raw) == "object":
        raw = members(raw).get("reference", NULL)
    return text(raw) if kind(raw) == "string" else None


def _bare_id(value: str, resource_type: str) -> str | None:
    """`123` of `123`, `Patient/123`, `https://…/Patient/123` and `Patient/123/_history/4`; None of `Patient/`."""
    _, found, rest = f"/{value}".rpartition(f"/{resource_type}/")
    return (rest.partition("/")[0] if found else value) or None


def _patient_id(context: Mapping[str, msgspec.Raw]) -> str:
    found = _bare_id(_required_text(context, "patientId", "context.patientId"), "Patient")
    if found is None:
        raise InvalidField("context.patientId", "context.patientId has no id after 'Patient/'")
    return found


def _refuse_token_of_another(envelope: Mapping[str, msgspec.Raw], patient_id: str) -> None:
    """Refuse a call whose token is limited to another patient than its context: nobody could say whose record is meant."""
    authorization = envelope.get("fhirAuthorization", NULL)
    named = text(members(authorization).get("patient", NULL)) if kind(authorization) == "object" else None
    if named is not None and _bare_id(named, "Patient") not in (None, patient_id):
        raise InvalidField(
            "fhirAuthorization.patient", "fhirAuthorization.patient is another patient than context.patientId"
        )


def _encounter_id(context: Mapping[str, msgspec.Raw]) -> str | None:
    found = text(context.get("encounterId", NULL))
    return None if found is None else _bare_id(found, "Encounter")


def _selections(raw: msgspec.Raw) -> frozenset[str] | None:
    """The chosen drafts; None as soon as one of them cannot be told, since leaving out a draft would leave it unchecked."""
    match kind(raw):
        case "null":
            return None
        case "array":
            given = [item for item in elements(raw) if kind(item) != "null"]
        case _:
            given = [raw]
    found = [_reference(item) for item in given]
    chosen = frozenset(item for item in found if item is not None)
    return chosen if chosen and None not in found else None
