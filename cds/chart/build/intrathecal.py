"""Intrathecal baclofen from FHIR: orders with their times and reservoirs, test doses, readings, the pump."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from itertools import pairwise

from cds.chart.build.orders import STOPPED, Draft, is_baclofen
from cds.chart.build.patient import NOT_A_RESULT, measured
from cds.chart.build.pump import pump_of
from cds.chart.build.sources import ADMINISTRATIONS, DEVICES, PUMP_READINGS, REQUESTS, Sources
from cds.chart.build.therapy import Histories
from cds.chart.intrathecal import Intrathecal, Moment, PumpOrder, PumpStep, Response, SpasticityOrigin, TestBolus
from cds.chart.model import Indication, MissingData, OrderedService, Problem
from cds.chart.orders import Order
from cds.chart.reading import Absent, Known, Listing, Origin, Reading, Unknown
from cds.fhir.medication import identify, resolve
from cds.fhir.quantity import convert, exact
from cds.fhir.resources import Medication, MedicationAdministration, MedicationRequest, Observation
from cds.fhir.route import route_of_concept
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

LAST_MINUTE = time(23, 59)
FIELD_OR_PRESSURE = frozenset({"mri", "hyperbaric_oxygen"})
GIVEN = frozenset({"completed", "in-progress"})
NOT_PRESCRIBED = frozenset({*STOPPED, "entered-in-error"})


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
        if draft.order.intrathecal and is_baclofen(draft.order) and draft.order.status not in NOT_PRESCRIBED
    ]
    boluses = [draft for draft in prescribed if draft.order.plan.bolus is not None]
    infusions = [
        _pump_order(draft.order, draft.request, sources)
        for draft in prescribed
        if draft.focus and draft.order.plan.bolus is None and draft.order.plan.phases
    ]
    earlier = _earlier(infusions, sources, given.histories)
    return Intrathecal(
        boluses=_in_time(_pump_order(draft.order, draft.request, sources) for draft in boluses if draft.focus),
        in_cart=_in_time(_pump_order(draft.order, draft.request, sources) for draft in boluses if not draft.focus),
        infusions=tuple(infusions),
        earlier=earlier,
        test_doses=_test_doses(sources, given.medications),
        steps=tuple(step for infusion in infusions for step in _steps(infusion, earlier.entries)),
        origin=_origin(given.indication, given.problems),
        programmed_concentration=_concentration(sources),
        predicted_empty=_predicted_empty(sources),
        pump=pump_of(sources, given.histories.orders, ordered=bool(infusions)),
        reported_oral=_reported_oral(given.histories, given.drafts),
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
        concentration=None if strength is None else strength * MG_TO_UG,
    )


def _moment_of(order: Order, request: MedicationRequest | None, sources: Sources) -> Moment | None:
    """A bolus: its event. An infusion: the start of its bounds, or of the same day the minute of `authoredOn`."""
    timings = [dosage.timing for dosage in (request.dosageInstruction or () if request else ()) if dosage.timing]
    if order.plan.bolus is not None:
        event = next((_moment(event, sources) for timing in timings for event in timing.event or ()), None)
        return event or _day(order.start, sources)
    starts = [timing.repeat.boundsPeriod.start for timing in timings if timing.repeat and timing.repeat.boundsPeriod]
    begun = [moment for start in starts if (moment := _moment(start, sources))]
    authored = _moment(request.authoredOn, sources) if request else None
    start = min(begun, key=lambda moment: moment.earliest) if begun else authored
    if start and authored and not start.exact and start.earliest <= authored.earliest <= start.latest:
        return authored
    return start or _day(order.start, sources)


def _moment(text: str | None, sources: Sources) -> Moment | None:
    parsed = sources.partial_date(text)
    if parsed is None:
        return None
    if parsed.moment is not None:
        minute = parsed.moment.replace(second=0, microsecond=0)
        return Moment(minute, minute)
    return _days(parsed.first, parsed.last, sources)


def _day(day: date | None, sources: Sources) -> Moment | None:
    return None if day is None else _days(day, day, sources)


def _days(first: date, last: date, sources: Sources) -> Moment:
    zone = sources.now.tzinfo or UTC
    return Moment(datetime.combine(first, time(), zone), datetime.combine(last, LAST_MINUTE, zone))


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
    for one, other in pairwise(draft.order.plan.phases):
        if one.peak and other.peak is not None and one.peak != other.peak:
            steps.append(PumpStep(one.peak, other.peak, None if one.days is None else one.days * 24))
    return steps


def _hours(start: Moment | None, end: Moment | None) -> tuple[Fraction | None, bool]:
    """Hours between two moments at the most, and whether that is exact."""
    if start is None or end is None:
        return None, False
    return end.hours_after(start), start.exact and end.exact


def _test_doses(sources: Sources, medications: Mapping[str, Medication]) -> Listing[TestBolus]:
    """The single intrathecal doses of baclofen that were given, the oldest first, each with its response."""
    responses = _responses(sources)
    unanswered: Reading[Response] = sources.missing(PUMP_READINGS) or Absent()
    found: list[TestBolus] = []
    undated: Unknown | None = None
    for administration in sources.record.of(MedicationAdministration):
        dosage = administration.dosage
        if administration.status not in GIVEN or dosage is None or dosage.dose is None or dosage.route is None:
            continue
        concept, medication, display = resolve(administration, medications)
        if identify(concept, medication, sources.knowledge, display).baclofen == "none":
            continue
        amount = convert(dosage.dose, "ug")
        if route_of_concept(dosage.route) != "intrathecal" or amount is None or amount <= 0:
            continue
        period = administration.effectivePeriod
        at = _moment(administration.effectiveDateTime or (period.start if period else None), sources)
        if at is None:
            undated = Unknown(Phrase("a test dose on file bears no date"))
            continue
        found.append(TestBolus(amount, at, responses.get(administration.reference, unanswered)))
    found.sort(key=lambda dose: dose.at.earliest)
    return Listing(tuple(found), sources.missing(ADMINISTRATIONS) or undated)


def _responses(sources: Sources) -> dict[str, Known[Response]]:
    """Durations of response by the administration they belong to."""
    found: dict[str, Known[Response]] = {}
    for observation in sources.record.of(Observation):
        if observation.status in NOT_A_RESULT or observation.valueQuantity is None:
            continue
        if "test_dose_response" not in sources.kinds(observation.code, "observation"):
            continue
        value = exact(observation.valueQuantity.value)
        hours = Fraction(0) if value == 0 else convert(observation.valueQuantity, "h")
        if hours is None or hours < 0:
            continue
        response = Response(hours, observation.valueQuantity.comparator)
        for part in observation.partOf or ():
            if part.target:
                found[part.target] = Known(response, Origin(observation.reference))
    return found


def _origin(indication: Indication, problems: Listing[Problem]) -> Reading[SpasticityOrigin]:
    """By the order's reason, else by the active problems."""
    kinds = {ORIGINS[kind] for kind in indication.reasons if kind in ORIGINS}
    if not kinds:
        active = [problem for problem in problems.entries if problem.active]
        kinds = {ORIGINS[kind] for problem in active for kind in problem.kinds if kind in ORIGINS}
    if len(kinds) == 1:
        return Known(kinds.pop())
    if kinds:
        return Unknown(Phrase("diseases of the spinal cord and of the brain are both on record"))
    return problems.missing or Absent()


def _concentration(sources: Sources) -> Reading[Fraction]:
    newest = _newest(sources, "reservoir_concentration")
    if newest is None:
        return sources.missing(PUMP_READINGS) or Absent()
    value = measured(newest.valueQuantity, "ug/mL")
    if value is None:
        return Unknown(Phrase("the pump's programmed concentration cannot be read"))
    return Known(value, Origin(newest.reference, sources.day(newest.effectiveDateTime)))


def _predicted_empty(sources: Sources) -> Reading[date]:
    newest = _newest(sources, "pump_predicted_empty")
    if newest is None:
        return sources.missing(PUMP_READINGS) or Absent()
    ends = sources.day(newest.valueDateTime)
    if ends is None:
        return Unknown(Phrase("the end of the pump's supply cannot be read"))
    return Known(ends, Origin(newest.reference, sources.day(newest.effectiveDateTime)))


def _newest(sources: Sources, kind: str) -> Observation | None:
    """The newest reading of a value set by the evaluation date; one without a date counts as the oldest."""
    found: list[tuple[datetime, Observation]] = []
    for observation in sources.record.of(Observation):
        if observation.status in NOT_A_RESULT or kind not in sources.kinds(observation.code, "observation"):
            continue
        taken = _moment(observation.effectiveDateTime or observation.issued, sources)
        if taken is None:
            found.append((datetime.min.replace(tzinfo=UTC), observation))
        elif taken.earliest.date() <= sources.evaluation_date:
            found.append((taken.earliest, observation))
    return max(found, key=lambda pair: pair[0])[1] if found else None


def _reported_oral(histories: Histories, drafts: Iterable[Draft]) -> tuple[Order, ...]:
    """Oral baclofen that is only reported: with an order for it on file or drafted, the order tells what goes on."""
    if any(order.oral for order in histories.orders) or any(
        draft.order.oral and is_baclofen(draft.order) for draft in drafts
    ):
        return ()
    return tuple(order for order in histories.statements if order.oral)
