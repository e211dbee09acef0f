"""The stay: how long it has lasted, and which orders of oral baclofen are for home, for the ward and for the time after."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from fractions import Fraction

from cds.chart.build.patient import encounter_of
from cds.chart.build.sources import CURRENT_REQUESTS, ENCOUNTER, Sources
from cds.chart.build.tapers import led_to_zero, runs, tapers
from cds.chart.build.therapy import Histories, dose_on
from cds.chart.orders import Order
from cds.chart.reading import Absent, Known, Listing, Reading, Unknown
from cds.chart.stay import Stay
from cds.fhir.dates import PartialDate
from cds.phrases import Phrase

_MINUTE = timedelta(minutes=1)
HOME, WARD, AFTERWARDS = "community", "inpatient", "discharge"
OVER = frozenset({"finished", "cancelled", "entered-in-error", "completed", "discharged"})


def stay_of(sources: Sources, encounter_id: str | None, histories: Histories, today: date) -> Stay:
    """The stay on the day of the call; see `Stay`.

    An order without one of the three categories was for home if it was written before the day on which the encounter began. Later, or
    where nothing tells when that was, it may as well belong to the stay.
    """
    began = _began(sources, encounter_id)
    running = [order for order in histories.orders if order.oral and order.scheduled and runs(order, today)]
    ward, afterwards = _of(running, WARD), _of(running, AFTERWARDS)
    home = _of(running, HOME)
    undecided: list[Order] = []
    for order in running:
        if order.categories.isdisjoint({HOME, WARD, AFTERWARDS}):
            before = began is not None and order.authored is not None and order.authored < began.first
            (home if before else undecided).append(order)
    home = home or [order for order in histories.statements if order.oral and order.scheduled and runs(order, today)]
    missing = sources.missing(CURRENT_REQUESTS)
    return Stay(
        hours=_hours(sources, encounter_id, began),
        home=tuple(home),
        home_dose=_dose(home, today),
        inpatient=Listing(tuple(ward), missing),
        discharge=Listing(tuple(afterwards), missing),
        undecided=tuple(undecided),
        taper_on_record=_taper_on_record(home, histories, today),
    )


def _taper_on_record(home: Iterable[Order], histories: Histories, today: date) -> bool:
    """A taper of the home medication that has reached zero, or one drafted for the time after."""
    if any(order.oral and tapers(order) for order in histories.planned):
        return True
    return any(led_to_zero(taper, order, today) for taper in histories.orders for order in home)


def _of(orders: Iterable[Order], category: str) -> list[Order]:
    return [order for order in orders if category in order.categories]


def _began(sources: Sources, encounter_id: str | None) -> PartialDate | None:
    encounter = encounter_of(sources, encounter_id)
    period = (encounter.period or encounter.actualPeriod) if encounter else None
    return sources.partial_date(period.start) if period else None


def _hours(sources: Sources, encounter_id: str | None, began: PartialDate | None) -> Reading[Fraction]:
    """Hours since the encounter began, in whole minutes; of a start without a time, since the end of that day."""
    encounter = encounter_of(sources, encounter_id)
    if encounter is None:
        if encounter_id is None:
            return Absent()
        return sources.missing(ENCOUNTER) or Unknown(Phrase("the encounter was not sent"))
    period = encounter.period or encounter.actualPeriod
    ended = sources.partial_date(period.end) if period else None
    if encounter.status in OVER or (ended is not None and _latest(ended, sources) <= sources.now):
        return Absent()
    if began is None:
        return Unknown(Phrase("the encounter's start cannot be read"))
    return Known(max(Fraction(0), Fraction((sources.now - _latest(began, sources)) // _MINUTE, 60)))


def _latest(moment: PartialDate, sources: Sources) -> datetime:
    """The latest instant that a date can mean."""
    return moment.moment or datetime.combine(moment.last + timedelta(days=1), time(), sources.now.tzinfo)


def _dose(home: list[Order], today: date) -> Reading[Fraction]:
    if not home:
        return Absent()
    doses = [dose_on(order, today) for order in home]
    known = [dose for dose in doses if dose is not None]
    if len(known) < len(doses):
        return Unknown(Phrase("the dose of an order on file cannot be told"))
    return Known(sum(known, Fraction(0)))
