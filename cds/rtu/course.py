"""What the records of one patient amount to: the dose last told, and whether the treatment was stopped."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from cds.rtu.model import Patient, Stop, Visit

__all__ = ["MAX_TAPER", "dose_last_told", "last_seen", "newest_of", "resumes", "stop_in_force", "tapered_until"]

MAX_TAPER = 366
"""Days; a longer taper is a slip of the pen."""


def newest_of(visits: Iterable[Visit]) -> Visit | None:
    """The visit of the latest day; of several on that day the one recorded last.

    Args:
        visits: of one patient, those of a day in the order in which they were recorded.
    """
    newest = None
    for visit in visits:
        if newest is None or visit.on >= newest.on:
            newest = visit
    return newest


def dose_last_told(patient: Patient, newest: Visit | None) -> Decimal:
    """The daily dose last told, mg: the newest visit's, or the registration's where that visit was before its day."""
    return patient.dose if newest is None or newest.on < patient.registered_on else newest.dose


def last_seen(patient: Patient, newest: Visit | None) -> date:
    """The day of the newest visit, or of the registration where that is later."""
    return patient.registered_on if newest is None else max(newest.on, patient.registered_on)


def tapered_until(stop: Stop) -> date:
    """The last day on which baclofen can still be the taper's; the day of the stop where none is planned.

    A taper whose length was not told can be as long as a taper may be, where the dose tells it: see `resumes`.
    """
    if not stop.taper_planned:
        return stop.on
    if stop.taper_days is not None:
        return stop.on + timedelta(stop.taper_days)
    return stop.on if stop.last_dose is None else stop.on + timedelta(MAX_TAPER)


def resumes(stop: Stop, visit: Visit) -> bool:
    """Whether a visit tells that baclofen is taken again after a stop.

    A dose during a taper of a told length is the taper's. Where its length was not told, a dose is the taper's up to the one before
    the stop.
    """
    if visit.on <= stop.on or not visit.dose:
        return False
    if visit.on > tapered_until(stop):
        return True
    return stop.taper_days is None and stop.last_dose is not None and visit.dose > stop.last_dose


def stop_in_force(stops: Iterable[Stop], visits: Iterable[Visit]) -> Stop | None:
    """A patient's newest stop, unless a later visit resumes the treatment."""
    newest = max(stops, key=lambda stop: stop.on, default=None)
    return None if newest is None or any(resumes(newest, visit) for visit in visits) else newest
