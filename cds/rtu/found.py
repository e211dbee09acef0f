"""What the registry says when it is asked, as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cds.rtu.model import Patient, RecordedOpinion, Stop, Visit

__all__ = ["Change", "Followed", "Found", "History"]


@dataclass(frozen=True, slots=True)
class Found:
    """What is on record of a patient and of those who may be the prescriber; None where nothing is.

    Attributes:
        patient: the day of the patient's registration.
        prescriber: the earliest day on which one of the prescribers was registered.
        last_visit: the newest visit.
        opinions: all opinions.
    """

    patient: date | None
    prescriber: date | None
    last_visit: date | None
    opinions: tuple[RecordedOpinion, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """That a record was corrected.

    Attributes:
        at: seconds since 1970.
        who: as the person is called who was signed in.
        what: `registration`, `visit`, `opinion` or `stop`.
    """

    at: int
    who: str
    what: str


@dataclass(frozen=True, slots=True)
class History:
    """All that is kept of a patient, each kind in the order of its days."""

    patient: Patient
    visits: tuple[Visit, ...]
    opinions: tuple[RecordedOpinion, ...]
    stops: tuple[Stop, ...]
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Followed:
    """A patient in a list.

    Attributes:
        patient: the registration.
        last_visit: the newest visit, if any.
        dose: mg a day, as last told.
        stopped_on: the stop in force.
    """

    patient: Patient
    last_visit: date | None
    dose: Decimal
    stopped_on: date | None
