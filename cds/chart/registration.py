"""What the rules of the French programme ask a registry, and what it answers; values only, whoever asks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from cds.chart.patient import Opinion, Programme
from cds.chart.reading import Absent, Known, Listing, Reading, Unknown
from cds.phrases import Phrase

__all__ = ["RegistryAnswer", "RegistryQuestion", "with_registry"]

LATER_VISIT = Phrase("the newest visit in the registry is later than the order")


@dataclass(frozen=True, slots=True)
class RegistryQuestion:
    """Whom the order concerns.

    Attributes:
        patient: the EHR's bare id of the patient.
        prescribers: how the EHR knows those who may be the prescriber: `Practitioner/id`, `PractitionerRole/id`, or an identifier as
            `system|value`.
    """

    patient: str | None
    prescribers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RegistryAnswer:
    """What a registry knows of them.

    Attributes:
        asked: the registry, as a card names it.
        patient: the day on which the patient was registered.
        prescriber: the day on which one of the prescribers was.
        last_visit: the newest follow-up visit.
        opinions: all opinions on record, of any age.
    """

    asked: Phrase
    patient: Reading[date]
    prescriber: Reading[date]
    last_visit: Reading[date]
    opinions: Listing[Opinion]


def with_registry(programme: Programme, answer: RegistryAnswer, oldest: date, on: date) -> Programme:
    """What the EHR's record shows and what the registry knows, together; either is enough to show a registration.

    Args:
        programme: what the EHR's record shows.
        answer: what the registry knows.
        oldest: the first day on which an opinion can have been given and still count.
        on: the evaluation date; later opinions do not count, and a newest visit that is later hides those before it.
    """
    counted = answer.opinions.every(lambda opinion: oldest <= opinion.on <= on)
    return replace(
        programme,
        patient_registered=_either(programme.patient_registered, answer.patient, answer.asked),
        prescriber_registered=_either(programme.prescriber_registered, answer.prescriber, answer.asked),
        opinions=Listing(programme.opinions.entries + counted, programme.opinions.missing or answer.opinions.missing),
        last_visit=_visit(answer.last_visit, on),
        asked=Phrase("{registry} and the EHR's own record", registry=answer.asked),
    )


def _visit(newest: Reading[date], on: date) -> Reading[date]:
    match newest:
        case Known(day) if day > on:
            return Unknown(LATER_VISIT)
        case _:
            return newest


def _either(shown: Reading[str], registered: Reading[date], asked: Phrase) -> Reading[str]:
    match shown, registered:
        case Known(), _:
            return shown
        case _, Known():
            return Known(asked)
        case Absent(), _:
            return Absent() if isinstance(registered, Absent) else Unknown(registered.because)
        case _, Unknown(because):
            return Unknown(because)
        case _:
            return shown
