"""Baclofen orders from FHIR: drafts, orders on file, reported medication."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta, tzinfo
from fractions import Fraction
from typing import Literal

from cds.chart.orders import Order, SupplyEnd, names_rtu
from cds.fhir.datatypes import Dosage
from cds.fhir.dates import parse_day
from cds.fhir.dosage import read_dosage
from cds.fhir.medication import NamesMedication, identify, resolve
from cds.fhir.quantity import convert
from cds.fhir.resources import Medication, MedicationDispense, MedicationRequest, MedicationStatement
from cds.knowledge import Knowledge
from cds.pharmacology.dose import DosePlan
from cds.pharmacology.product import Product

STOPPED = {"stopped": "stop", "completed": "stop", "cancelled": "cancel", "on-hold": "hold"}

Dosed = Literal["all", "baclofen"]
"""Which orders have their dosage read: all, or those that may be of baclofen."""
UNREAD = DosePlan()
"""The plan of an order whose dosage nobody asks for."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A drafted order, and the request it was read from.

    Attributes:
        order: as the chart reads it.
        request: as it was sent, but for a date that cannot be.
        focus: whether it is among those selected.
        misdated: the day it claims to be written on, if it cannot have been.
    """

    order: Order
    request: MedicationRequest
    focus: bool
    misdated: date | None = None

    @property
    def about_baclofen(self) -> bool:
        """Whether it orders, changes or ends baclofen: neither entered in error nor an order not to give it."""
        return is_baclofen(self.order) and self.order.status != "entered-in-error" and not self.request.doNotPerform


def product_of(order: NamesMedication, medications: Mapping[str, Medication], knowledge: Knowledge) -> Product:
    """What an order or a report names."""
    concept, medication, display = resolve(order, medications)
    return identify(concept, medication, knowledge, display)


def may_be(product: Product) -> bool:
    """Whether a product is baclofen, or nothing tells what it is."""
    return product.baclofen != "none" or not product.told


def read_order(
    request: MedicationRequest,
    medications: Mapping[str, Medication],
    knowledge: Knowledge,
    zone: tzinfo | None,
    *,
    draft: bool = False,
    unreadable: tuple[str, ...] = (),
    dosed: Dosed = "baclofen",
) -> Order:
    """One MedicationRequest, whatever its drug.

    Args:
        request: as it was sent.
        medications: what a reference to a Medication can mean.
        knowledge: products and value sets.
        zone: the service's time zone.
        draft: it stands in the request, not on file.
        unreadable: names of members that could not be read.
        dosed: which orders get a plan; one without costs a tenth.
    """
    product = product_of(request, medications, knowledge)
    dosages = request.dosageInstruction or []
    notes = [note.text or "" for note in request.note or ()] + [dosage.text or "" for dosage in dosages]
    group = request.groupIdentifier
    authored = parse_day(request.authoredOn, zone)
    start, end = _bounds(dosages, zone)
    return Order(
        reference=request.reference,
        status=request.status or "unknown",
        product=product,
        plan=read_dosage(dosages, product) if dosed == "all" or may_be(product) else UNREAD,
        draft=draft,
        text="; ".join(dosage.text for dosage in dosages if dosage.text),
        authored=authored,
        start=start or authored,
        end=end,
        categories=frozenset(code for concept in request.category or () for _, code in concept.pairs),
        group=(group.system or "", group.value) if group and group.value else None,
        prior=request.priorPrescription.target if request.priorPrescription else None,
        mentions_rtu=any(names_rtu(note) for note in notes),
        unreadable=unreadable,
    )


def read_statement(
    statement: MedicationStatement, medications: Mapping[str, Medication], knowledge: Knowledge, zone: tzinfo | None
) -> Order:
    """One MedicationStatement, as an order that somebody else wrote."""
    product = product_of(statement, medications, knowledge)
    period = statement.effectivePeriod
    start, end = _bounds(statement.dosage or [], zone)
    began = parse_day((period.start if period else None) or statement.effectiveDateTime, zone)
    return Order(
        reference=statement.reference,
        status="active" if statement.current else statement.status or "unknown",
        product=product,
        plan=read_dosage(statement.dosage, product),
        text="; ".join(dosage.text for dosage in statement.dosage or () if dosage.text),
        authored=began,
        start=began or start,
        end=parse_day(period.end if period else None, zone) or end,
    )


def _bounds(dosages: Iterable[Dosage], zone: tzinfo | None) -> tuple[date | None, date | None]:
    """First start and, where every dosage has an end, last end of the timings' periods."""
    starts: list[date] = []
    ends: list[date | None] = []
    for dosage in dosages:
        bounds = dosage.timing.repeat.boundsPeriod if dosage.timing and dosage.timing.repeat else None
        start = parse_day(bounds.start, zone) if bounds else None
        if start is not None:
            starts.append(start)
        ends.append(parse_day(bounds.end, zone) if bounds else None)
    known = [end for end in ends if end is not None]
    return min(starts, default=None), max(known) if known and len(known) == len(ends) else None


def is_baclofen(order: Order) -> bool:
    """Whether the order's drug is baclofen, by code or by name."""
    return order.product.baclofen != "none"


def is_nameless(order: Order) -> bool:
    """Whether nothing tells which drug is ordered: no words, and no code that would be known if it were baclofen."""
    return not order.product.told


def supply_end(
    order: Order,
    request: MedicationRequest,
    linked: Iterable[MedicationDispense],
    stray: Iterable[MedicationDispense],
    zone: tzinfo | None,
) -> SupplyEnd | None:
    """The first day without supply: of the last dispense, else, without any, of what the order itself lets be dispensed.

    Args:
        order: the order as it was read.
        request: what it was read from.
        linked: the dispenses that name this order.
        stray: those of oral baclofen that name no order on file.
        zone: the service's time zone.

    Returns:
        None where unknown: a dispense that nothing dates, or of which nothing tells how long or for which order it is, may have brought supply.
    """
    known: dict[date, date] = {}
    open_ended = [parse_day(dispense.whenHandedOver, zone) for dispense in stray]
    for dispense in linked:
        day = parse_day(dispense.whenHandedOver, zone)
        supply = convert(dispense.daysSupply, "d") if dispense.daysSupply else None
        if day is not None and supply is not None:
            known[day] = max(_after(day, supply), known.get(day, date.min))
        else:
            open_ended.append(day)
    before = max(known) if known else order.authored and order.authored - timedelta(days=1)
    if any(day is None or before is None or day > before for day in open_ended):
        return None
    if known:
        return SupplyEnd(order, max(known.values()))
    dispense_request = request.dispenseRequest
    duration = dispense_request.expectedSupplyDuration if dispense_request else None
    days = convert(duration, "d") if duration else None
    if order.authored is None or days is None or dispense_request is None:
        return None
    repeats = max(dispense_request.numberOfRepeatsAllowed or 0, 0)
    return SupplyEnd(order, _after(order.authored, days * (1 + repeats)), dispensed=False)


def _after(day: date, days: Fraction) -> date:
    try:
        return day + timedelta(days=int(days))
    except OverflowError:
        return date.max


def with_order_of_file(draft: Order, on_file: Order) -> Order:
    """A drafted stop, hold or re-signing that leaves out what is on file: drug and dosage are those on file."""
    if is_nameless(draft):
        draft = replace(draft, product=on_file.product)
    if not draft.plan.phases and not draft.text:
        draft = replace(draft, plan=on_file.plan)
    return draft
