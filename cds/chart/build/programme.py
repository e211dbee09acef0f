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
from cds.knowledge import Knowledge
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
    prescribers = _Prescribers(sources, user, requests)
    return Programme(
        registered,
        prescribers.registered(prescriber_systems),
        _opinions(sources),
        last,
        prescribers=prescribers.known_as(),
    )


def _identifier(identifiers: Iterable[Identifier] | None, systems: frozenset[str]) -> Known[str] | None:
    return next((Known(one.system) for one in identifiers or () if one.system in systems and one.value), None)


class _Prescribers:
    """Those who may be the prescriber: the requesters of the orders, the user, the practitioner behind a role."""

    def __init__(self, sources: Sources, user: str | None, requests: Iterable[MedicationRequest]) -> None:
        practitioners = {one.reference: one for one in sources.record.of(Practitioner)}
        roles = {one.reference: one for one in sources.record.of(PractitionerRole)}
        named = [*(request.requester.target for request in requests if request.requester), user]
        self._people: dict[str, list[PractitionerRole | Practitioner]] = {}
        self._resolved = any(named)
        for reference in named:
            if not reference or reference in self._people:
                continue
            role = roles.get(reference)
            behind = role.practitioner.target if role is not None and role.practitioner else None
            practitioner = practitioners.get(behind or reference)
            self._people[reference] = [one for one in (role, practitioner) if one is not None]
            self._resolved = self._resolved and practitioner is not None

    def registered(self, systems: frozenset[str]) -> Reading[str]:
        """Whether one of them bears an identifier that shows a registration."""
        for found in self._people.values():
            for one in found:
                shown = _identifier(one.identifier, systems)
                if shown:
                    return shown
        return Absent() if self._resolved else Unknown(Phrase("the prescriber's record was not sent"))

    def known_as(self) -> tuple[tuple[str, ...], ...]:
        """The references and identifiers of each person, requesters first; whoever shares one of them is one person."""
        people: list[tuple[str, ...]] = []
        for reference, found in self._people.items():
            identifiers = [
                f"{each.system}|{each.value}"
                for one in found
                for each in one.identifier or ()
                if each.system and each.value
            ]
            keys = tuple(dict.fromkeys([reference, *(one.reference for one in found), *identifiers]))
            same = next((place for place, other in enumerate(people) if not set(other).isdisjoint(keys)), None)
            if same is None:
                people.append(keys)
            else:
                people[same] = tuple(dict.fromkeys([*people[same], *keys]))
        return tuple(people)


def _opinions(sources: Sources) -> Listing[Opinion]:
    oldest = oldest_opinion(sources.knowledge, sources.evaluation_date)
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


def oldest_opinion(knowledge: Knowledge, on: date) -> date:
    """The first day on which an opinion can have been given and still count."""
    return months_before(on, int(knowledge.figure("rtu.opinion_valid_months", on)))
