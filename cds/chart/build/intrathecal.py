"""Intrathecal baclofen from FHIR: orders with their times and reservoirs, test doses, readings, the pump."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise

from cds.chart.build.moments import any_minute_of, moment_of
from cds.chart.build.orders import STOPPED, Draft
from cds.chart.build.pump import pump_of
from cds.chart.build.pump_readings import given_test_doses, predicted_empty, programmed_concentration, readings_of
from cds.chart.build.sources import ADMINISTRATIONS, DEVICES, PUMP_READINGS, REQUESTS, Sources
from cds.chart.build.tapers import runs
from cds.chart.build.therapy import Histories
from cds.chart.intrathecal import Intrathecal, Moment, PumpOrder, PumpStep, SpasticityOrigin
from cds.chart.model import Indication, MissingData, OrderedService, Problem
from cds.chart.orders import Order
from cds.chart.reading import Absent, Known, Listing, Reading, Unknown
from cds.fhir.quantity import convert
from cds.fhir.resources import Medication, MedicationRequest
from cds.pharmacology.dose import MG_TO_UG
from cds.phrases import Phrase

ORIGINS: Mapping[str, SpasticityOrigin] = {
    "multiple_sclerosis": "spinal",
    "spinal_cord_injury": "spinal",
    "cerebral_palsy": "cerebral",
    "brain_injury": "cerebral",
    "stroke": "cerebral",
}
"""Value sets of conditions, and where the spasticity they bring comes from."""

FIELD_OR_PRESSURE = frozenset({"mri", "hyperbaric_oxygen"})


@dataclass(frozen=True, slots=True)
class PumpSources:
    """What a chart has already read that the pump's part needs, too.

    Attributes:
        drafts: the drafted orders of any drug.
        histories: the baclofen on file.
        medications: Medication resources, those of the drafts among them.
        indication, problems: why baclofen is ordered, and the problem list.
    """

    drafts: Iterable[Draft]
    histories: Histories
    medications: Mapping[str, Medication]
    indication: Indication
    problems: Listing[Problem]


def intrathecal_of(sources: Sources, given: PumpSources) -> Intrathecal:
    """Intrathecal baclofen before and in this signing; see `Intrathecal`."""
    prescribed = [
        draft
        for draft in given.drafts
        if draft.order.intrathecal and draft.about_baclofen and draft.order.status not in STOPPED
    ]
    boluses = [draft for draft in prescribed if draft.order.plan.bolus is not None]
    infusions = [
        _pump_order(draft.order, draft.request, sources)
        for draft in prescribed
        if draft.focus and draft.order.plan.bolus is None and draft.order.plan.phases
    ]
    earlier = _earlier(infusions, sources, given.histories)
    readings = readings_of(sources)
    return Intrathecal(
        boluses=_in_time(_pump_order(draft.order, draft.request, sources) for draft in boluses if draft.focus),
        in_cart=_in_time(_pump_order(draft.order, draft.request, sources) for draft in boluses if not draft.focus),
        infusions=tuple(infusions),
        earlier=earlier,
        test_doses=given_test_doses(sources, given.medications, readings["test_dose_response"]),
        steps=tuple(step for infusion in infusions for step in _steps(infusion, earlier.entries)),
        origin=_origin(given.indication, given.problems),
        programmed_concentration=programmed_concentration(sources, readings["reservoir_concentration"]),
        predicted_empty=predicted_empty(sources, readings["pump_predicted_empty"]),
        pump=pump_of(sources, (*given.histories.orders, *given.histories.statements), ordered=bool(infusions)),
        reported_oral=_reported_oral(given.histories, given.drafts, sources.evaluation_date),
    )


def pump_missing(
    sources: Sources, intrathecal: Intrathecal, services: Iterable[OrderedService]
) -> tuple[MissingData, ...]:
    """What a card must own up to where intrathecal baclofen, or something for a patient with a pump, is being ordered; nothing else."""
    found: list[MissingData] = []
    begins = bool(intrathecal.infusions) and not intrathecal.earlier.entries
    if (intrathecal.boluses or begins) and (unknown := sources.missing(ADMINISTRATIONS)):
        found.append(MissingData("administrations", unknown.because))
    if intrathecal.infusions and (unknown := sources.missing(PUMP_READINGS)):
        found.append(MissingData("pump_readings", unknown.because))
    imaging = any(not service.kinds.isdisjoint(FIELD_OR_PRESSURE) for service in services)
    if imaging and isinstance(intrathecal.pump, Known) and (unknown := sources.missing(DEVICES)):
        found.append(MissingData("devices", unknown.because))
    return tuple(found)


def _in_time(orders: Iterable[PumpOrder]) -> tuple[PumpOrder, ...]:
    never = datetime.max.replace(tzinfo=UTC)
    return tuple(sorted(orders, key=lambda order: order.at.earliest if order.at else never))


def _pump_order(order: Order, request: MedicationRequest | None, sources: Sources) -> PumpOrder:
    dispensed = request.dispenseRequest.quantity if request and request.dispenseRequest else None
    volume = convert(dispensed, "mL") if dispensed else None
    strength = order.product.concentration_mg_per_ml
    return PumpOrder(
        order,
        at=_moment_of(order, request, sources),
        refill=volume is not None and volume > 0,
        concentration=strength * MG_TO_UG if strength else None,
    )


def _moment_of(order: Order, request: MedicationRequest | None, sources: Sources) -> Moment | None:
    """A bolus: its event. An infusion: the start of its bounds, or of the same day the minute of `authoredOn`."""
    timings = [dosage.timing for dosage in (request.dosageInstruction or () if request else ()) if dosage.timing]
    if order.plan.bolus is not None:
        event = next((moment_of(event, sources) for timing in timings for event in timing.event or ()), None)
        return event or any_minute_of(order.start, sources)
    starts = [timing.repeat.boundsPeriod.start for timing in timings if timing.repeat and timing.repeat.boundsPeriod]
    begun = [moment for start in starts if (moment := moment_of(start, sources))]
    authored = moment_of(request.authoredOn, sources) if request else None
    start = min(begun, key=lambda moment: moment.earliest) if begun else authored
    if start and authored and not start.exact and start.earliest <= authored.earliest <= start.latest:
        return authored
    return start or any_minute_of(order.start, sources)


def _earlier(infusions: list[PumpOrder], sources: Sources, histories: Histories) -> Listing[PumpOrder]:
    """The infusions on file that began by the time the draft's dose begins, the newest first; reported ones where no order is on file."""
    requests = {request.reference: request for request in sources.record.of(MedicationRequest)}
    known = [order for order in histories.orders if order.intrathecal and order.plan.bolus is None]
    known = known or [order for order in histories.statements if order.intrathecal and order.plan.bolus is None]
    begin = next((infusion.at for infusion in infusions if infusion.at), None)
    limit = begin.latest if begin else sources.now + timedelta(days=1)
    found = [_pump_order(order, requests.get(order.reference), sources) for order in known]
    dated = [pump for pump in found if pump.at and pump.at.earliest <= limit]
    dated.sort(key=lambda pump: pump.at.earliest if pump.at else limit, reverse=True)
    return Listing(tuple(dated), sources.missing(REQUESTS))


def _steps(draft: PumpOrder, earlier: tuple[PumpOrder, ...]) -> list[PumpStep]:
    """From the dose before to the draft's first phase, then from phase to phase; a dose that cannot be told makes no step."""
    steps: list[PumpStep] = []
    before = earlier[0].daily if earlier else None
    after = draft.first_daily
    if before and after is not None and after != before:
        hours, exact_time = _hours(earlier[0].at, draft.at)
        steps.append(PumpStep(before, after, hours, exact_time, draft.refill))
    for one, other in pairwise(draft.order.levels):
        if one.peak and other.peak is not None:
            steps.append(PumpStep(one.peak, other.peak, None if one.days is None else one.days * 24))
    return steps


def _hours(start: Moment | None, end: Moment | None) -> tuple[Fraction | None, bool]:
    """Hours between two moments at the most, and whether that is exact."""
    if start is None or end is None:
        return None, False
    return end.hours_after(start), start.exact and end.exact


def _origin(indication: Indication, problems: Listing[Problem]) -> Reading[SpasticityOrigin]:
    """By the order's reason, else by the active problems."""
    kinds = {ORIGINS[kind] for reason in indication.reasons for kind in reason.kinds if kind in ORIGINS}
    if not kinds:
        active = [problem for problem in problems.entries if problem.active]
        kinds = {ORIGINS[kind] for problem in active for kind in problem.kinds if kind in ORIGINS}
    if len(kinds) == 1:
        return Known(kinds.pop())
    if kinds:
        return Unknown(Phrase("diseases of the spinal cord and of the brain are both on record"))
    return problems.missing or Absent()


def _reported_oral(histories: Histories, drafts: Iterable[Draft], on: date) -> tuple[Order, ...]:
    """Oral baclofen that is only reported: with an order for it that runs or is drafted, the order tells what goes on."""
    if any(order.oral and runs(order, on) for order in histories.orders) or any(
        draft.order.oral and draft.about_baclofen for draft in drafts
    ):
        return ()
    return tuple(order for order in histories.statements if order.oral and runs(order, on))
