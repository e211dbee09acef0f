"""What the EHR knows of the French programme: registration, opinions, the last prescription."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from cds.chart.build.kidneys import months_before
from cds.chart.build.sources import PATIENT, REQUESTS, SERVICE_REQUESTS, Sources
from cds.chart.model import Opinion, Programme
from cds.chart.orders import Order
from cds.chart.reading import Absent, Known, Listing, Reading, Unknown
from cds.fhir.datatypes import Identifier
from cds.fhir.resources import MedicationRequest, Patient, Practitioner, PractitionerRole, ServiceRequest
from cds.phrases import Phrase

RTU_SYSTEM = "urn:baclofen-cds:rtu"
OPINIONS = {"second-opinion": "second", "collegial-opinion": "collegial"}


def programme_of(
    sources: Sources,
    patient: Patient | None,
    user: str | None,
    requests: Iterable[MedicationRequest],
    on_file: Iterable[Order],
    *,
    patient_systems: frozenset[str],
    prescriber_systems: frozenset[str],
) -> Programme:
    """Registration by identifier, opinions by completed service requests, the last prescription by date.

    Args:
        sources: the record.
        patient: the patient's record, where it came.
        user: `Practitioner/id` or `PractitionerRole/id` of the caller.
        requests: the drafted orders: their requester may be the prescriber.
        on_file: the baclofen orders on file.
        patient_systems: identifier systems that show a patient's registration.
        prescriber_systems: the same for prescribers.
    """
    registered: Reading[str]
    if patient is None:
        registered = sources.missing(PATIENT) or Unknown(Phrase("the patient's record was not sent"))
    else:
        registered = _identifier(patient.identifier, patient_systems) or Absent()
    dates = [order.authored for order in on_file if order.authored and order.reference.startswith("MedicationRequest/")]
    earlier = [day for day in dates if day <= sources.evaluation_date]
    last: Reading[date] = Known(max(earlier)) if earlier else sources.missing(REQUESTS) or Absent()
    return Programme(registered, _prescriber(sources, user, requests, prescriber_systems), _opinions(sources), last)


def _identifier(identifiers: Iterable[Identifier] | None, systems: frozenset[str]) -> Known[str] | None:
    return next((Known(one.system) for one in identifiers or () if one.system in systems and one.value), None)


def _prescriber(
    sources: Sources, user: str | None, requests: Iterable[MedicationRequest], systems: frozenset[str]
) -> Reading[str]:
    """Registered when the user, the practitioner behind the user's role or an order's requester is."""
    practitioners = {one.reference: one for one in sources.record.of(Practitioner)}
    roles = {one.reference: one for one in sources.record.of(PractitionerRole)}
    wanted = [reference for reference in [user, *(r.requester.target for r in requests if r.requester)] if reference]
    unresolved = not wanted
    for reference in wanted:
        role = roles.get(reference)
        if role is not None:
            found = _identifier(role.identifier, systems)
            if found:
                return found
        behind = role.practitioner.target if role is not None and role.practitioner else None
        practitioner = practitioners.get(behind or reference)
        if practitioner is None:
            unresolved = True
            continue
        found = _identifier(practitioner.identifier, systems)
        if found:
            return found
    return Unknown(Phrase("the prescriber's record was not sent")) if unresolved else Absent()


def _opinions(sources: Sources) -> Listing[Opinion]:
    months = int(sources.knowledge.figure("rtu.opinion_valid_months", sources.evaluation_date))
    oldest = months_before(sources.evaluation_date, months)
    found: list[Opinion] = []
    for request in sources.record.of(ServiceRequest):
        day = sources.day(request.authoredOn)
        if request.status != "completed" or request.code is None or day is None:
            continue
        kind = next(
            (OPINIONS[code] for system, code in request.code.pairs if system == RTU_SYSTEM and code in OPINIONS), None
        )
        if kind is not None and oldest <= day <= sources.evaluation_date:
            found.append(Opinion("second" if kind == "second" else "collegial", day))
    return Listing(tuple(found), sources.missing(SERVICE_REQUESTS))
