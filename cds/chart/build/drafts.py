"""The drafted orders of a call: those that are the patient's, by the date on which they can have been written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import msgspec

from cds.chart.build.orders import STOPPED, UNREAD, Draft, may_be, product_of, read_order, with_order_of_file
from cds.chart.model import MissingData
from cds.chart.orders import Order
from cds.fhir.dates import parse_date, parse_day
from cds.fhir.record import Record
from cds.fhir.resources import MedicationRequest, Patient
from cds.knowledge import Knowledge
from cds.phrases import Phrase

if TYPE_CHECKING:
    from cds.chart.build.chart import Call

__all__ = ["draft_orders", "may_be_baclofen_of_another", "missing_of_drafts", "named_drafts"]

EARLIEST = date(1970, 1, 1)
"""Baclofen came into use in the 1970s; what is dated before is a system's idea of no date."""
LEEWAY = timedelta(days=1)
"""An order may be written on the day after today: in a zone further east."""


def named_drafts(call: Call, knowledge: Knowledge) -> list[Draft]:
    """The drafts by what they name alone, before the record is read: enough to tell what a call may be about."""
    return [
        Draft(
            Order(
                reference=request.reference,
                status=request.status or "unknown",
                product=product_of(request, call.medications, knowledge),
                plan=UNREAD,
                draft=True,
            ),
            request,
            call.selections is None or request.reference in call.selections,
        )
        for request, _ in call.drafts
    ]


def draft_orders(call: Call, record: Record, knowledge: Knowledge) -> list[Draft]:
    """Every drafted MedicationRequest of the patient as an order; what a draft leaves out is taken from the order of the same id on file."""
    zone = call.now.tzinfo
    medications = {**record.medications, **call.medications}
    on_file = {request.reference: request for request in record.of(MedicationRequest)}
    earliest = _earliest(call, record)
    drafts = []
    for written, unreadable in call.drafts:
        misdated = _impossible_day(written, call, earliest)
        request = written if misdated is None else msgspec.structs.replace(written, authoredOn=None)
        prior = request.priorPrescription.target if request.priorPrescription else None
        linked = request.reference in on_file or prior in on_file  # whatever it names, it may end what is on file
        order = read_order(
            request,
            medications,
            knowledge,
            zone,
            draft=True,
            unreadable=unreadable,
            dosed="all" if linked else "baclofen",
        )
        if request.id and request.reference in on_file:
            known = read_order(on_file[request.reference], medications, knowledge, zone, dosed="all")
            order = with_order_of_file(order, known)
        ended = _ended_by(order, on_file)
        if ended is not None and product_of(ended, medications, knowledge).baclofen != "none":
            order = replace(order, reference=ended.reference, status="stopped")
        if misdated is not None:
            order = replace(order, authored=call.now.date(), start=order.start or call.now.date())
        focus = call.selections is None or request.reference in call.selections
        drafts.append(Draft(order, request, focus, misdated))
    return drafts


def _ended_by(order: Order, on_file: Mapping[str, MedicationRequest]) -> MedicationRequest | None:
    """The running order that a draft of nothing takes the place of: another way to write its stop."""
    if not order.plan.nothing or order.status in STOPPED:
        return None
    targets = [on_file.get(reference) for reference in (order.reference, order.prior) if reference]
    return next((target for target in targets if target is not None and target.status == "active"), None)


def _earliest(call: Call, record: Record) -> date:
    """The first day on which anything can be ordered for the patient."""
    for patient in record.of(Patient):
        born = parse_date(patient.birthDate, call.now.tzinfo)
        if born is not None and born.first <= call.now.date():
            return max(EARLIEST, born.first)
    return EARLIEST


def _impossible_day(request: MedicationRequest, call: Call, earliest: date) -> date | None:
    """The day on which an order claims to be written, if it cannot have been."""
    day = parse_day(request.authoredOn, call.now.tzinfo)
    return day if day is not None and not earliest <= day <= call.now.date() + LEEWAY else None


def may_be_baclofen_of_another(call: Call, knowledge: Knowledge) -> bool:
    """Whether baclofen, or a drug that nothing names, is drafted for another patient."""
    return any(
        may_be(product_of(request, call.medications, knowledge))
        for request in call.foreign
        if isinstance(request, MedicationRequest)
    )


def missing_of_drafts(call: Call, drafts: Iterable[Draft]) -> tuple[MissingData, ...]:
    """Orders of another patient, which are not judged, and baclofen orders whose date cannot be, which are judged as of today."""
    found = []
    if call.foreign:
        orders = tuple(dict.fromkeys(resource.reference for resource in call.foreign))
        found.append(Phrase("drafted for another patient and left out: {orders}", orders=orders))
    found += [
        Phrase(
            "{order} is dated {day}, which cannot be; today counts instead",
            order=draft.order.reference,
            day=draft.misdated,
        )
        for draft in drafts
        if draft.misdated is not None and draft.about_baclofen
    ]
    return tuple(MissingData("orders", because) for because in found)
