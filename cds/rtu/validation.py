"""What a record must be to be kept: each fault names its field and says in one sentence what is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cds.phrases import Phrase
from cds.rtu.course import MAX_TAPER
from cds.rtu.model import KINDS, REASONS, SETTINGS, SEXES, Patient, Prescriber, Record, RecordedOpinion, Stop, Visit
from cds.rtu.wording import EVENTS

__all__ = ["EARLIEST", "MAX_ALCOHOL", "MAX_DOSE", "MAX_TEXT", "Fault", "Invalid", "checked", "dated", "faults"]

EARLIEST = date(1970, 1, 1)
"""Before baclofen was sold nothing can have happened to a patient of this registry."""
MAX_DOSE = Decimal(1000)
"""mg a day; more is a slip of the pen, and the programme covers 300."""
MAX_ALCOHOL = Decimal(2000)
"""g of pure alcohol a day: more is a slip, too."""
MAX_CRAVING = 10
MAX_TEXT = 500
MAX_NAME = 200
MAX_KEY = 500
MAX_KEYS = 50
MAX_AGE = 120
_DECIMALS = 3
_ID = re.compile(r"[A-Za-z0-9.-]{1,64}")
_PSEUDONYM = re.compile(r"[0-9a-f]{64}")
_RPPS = re.compile(r"[0-9]{11}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_KEY = re.compile(r"[^|\s][^|\x00-\x1f\x7f\ud800-\udfff]*\|[^\x00-\x1f\x7f\ud800-\udfff]+")

FUTURE = Phrase("lies in the future")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one field.

    Attributes:
        field: its name in the record.
        because: what is wrong, ready to follow the name: "lies in the future".
    """

    field: str
    because: Phrase


class Invalid(ValueError):
    """A record that cannot be kept.

    Attributes:
        faults: all that is wrong with it.
    """

    def __init__(self, *found: Fault) -> None:
        super().__init__("; ".join(f"{fault.field} {fault.because}" for fault in found))
        self.faults = found


def checked(record: Record, today: date) -> None:
    """Let a sound record pass.

    Raises:
        Invalid: the record cannot be kept.
    """
    found = faults(record, today)
    if found:
        raise Invalid(*found)


def dated(record: Visit | RecordedOpinion | Stop, started_on: date) -> tuple[Fault, ...]:
    """What is wrong with the day of what befell a patient, who started baclofen on that day (and was born before)."""
    return (Fault("on", Phrase("lies before the start of baclofen")),) if record.on < started_on else ()


def faults(record: Record, today: date) -> tuple[Fault, ...]:
    """All that is wrong with a record; nothing where it can be kept.

    Args:
        record: the record.
        today: days after it lie in the future.
    """
    match record:
        case Prescriber():
            return tuple(_prescriber(record, today))
        case Patient():
            return tuple(_patient(record, today))
        case Visit():
            return tuple(_visit(record, today))
        case RecordedOpinion():
            return tuple(_opinion(record, today))
        case Stop():
            return tuple(_stop(record, today))


def _prescriber(record: Prescriber, today: date) -> Iterator[Fault]:
    yield from _id("id", record.id)
    yield from _day("registered_on", record.registered_on, today)
    yield from _text("name", record.name, MAX_NAME)
    if record.rpps and not _RPPS.fullmatch(record.rpps):
        yield Fault("rpps", Phrase("has not 11 digits"))
    yield from _text("specialty", record.specialty, MAX_NAME)
    yield from _code("setting", record.setting, SETTINGS)
    if len(record.keys) > MAX_KEYS:
        yield Fault("keys", Phrase("are more than {most}", most=MAX_KEYS))
    if any(len(key) > MAX_KEY or not _KEY.fullmatch(key) for key in record.keys):
        yield Fault("keys", Phrase("holds one that is not written as namespace|identifier"))


def _patient(record: Patient, today: date) -> Iterator[Fault]:
    yield from _pseudonym("pseudonym", record.pseudonym)
    yield from _day("registered_on", record.registered_on, today)
    yield from _id("prescriber", record.prescriber)
    yield from _day("started_on", record.started_on, today)
    if not today.year - MAX_AGE <= record.birth_year <= today.year:
        yield Fault(
            "birth_year", Phrase("is not between {first} and {last}", first=today.year - MAX_AGE, last=today.year)
        )
    elif record.birth_year > record.started_on.year:
        yield Fault("birth_year", Phrase("lies after the start of baclofen"))
    yield from _code("sex", record.sex, SEXES)
    yield from _amount("dose", record.dose, MAX_DOSE)


def _visit(record: Visit, today: date) -> Iterator[Fault]:
    yield from _pseudonym("patient", record.patient)
    yield from _day("on", record.on, today)
    yield from _amount("dose", record.dose, MAX_DOSE)
    for code in record.events:
        yield from _code("events", code, tuple(EVENTS))
    if list(record.events) != sorted(set(record.events)):
        yield Fault("events", Phrase("are not in order, each once"))
    yield from _text("event_text", record.event_text, MAX_TEXT)
    if record.alcohol is not None:
        yield from _amount("alcohol", record.alcohol, MAX_ALCOHOL)
    if record.craving is not None and not 0 <= record.craving <= MAX_CRAVING:
        yield Fault("craving", Phrase("is not between {first} and {last}", first=0, last=MAX_CRAVING))


def _opinion(record: RecordedOpinion, today: date) -> Iterator[Fault]:
    yield from _pseudonym("patient", record.patient)
    yield from _code("kind", record.kind, KINDS)
    yield from _day("on", record.on, today)
    yield from _text("centre", record.centre, MAX_NAME)


def _stop(record: Stop, today: date) -> Iterator[Fault]:
    yield from _pseudonym("patient", record.patient)
    yield from _day("on", record.on, today)
    yield from _code("reason", record.reason, REASONS)
    if record.taper_days is not None:
        if not 0 <= record.taper_days <= MAX_TAPER:
            yield Fault("taper_days", Phrase("is not between {first} and {last}", first=0, last=MAX_TAPER))
        if not record.taper_planned:
            yield Fault("taper_days", Phrase("is given although no taper is planned"))
    if record.last_dose is not None:
        yield from _amount("last_dose", record.last_dose, MAX_DOSE)


def _id(name: str, value: str) -> Iterator[Fault]:
    if not _ID.fullmatch(value):
        yield Fault(name, Phrase("is not 1 to 64 letters, digits, points and hyphens"))


def _pseudonym(name: str, value: str) -> Iterator[Fault]:
    if not _PSEUDONYM.fullmatch(value):
        yield Fault(name, Phrase("is no pseudonym of 64 hexadecimal digits"))


def _day(name: str, value: date, today: date) -> Iterator[Fault]:
    if value > today:
        yield Fault(name, FUTURE)
    elif value < EARLIEST:
        yield Fault(name, Phrase("lies before {first}", first=EARLIEST))


def _code(name: str, value: str, codes: tuple[str, ...]) -> Iterator[Fault]:
    if value not in codes:
        yield Fault(name, Phrase("is none of the codes: {codes}", codes=", ".join(codes)))


def _text(name: str, value: str, longest: int) -> Iterator[Fault]:
    if len(value) > longest:
        yield Fault(name, Phrase("is longer than {longest} characters", longest=longest))
    if _CONTROL.search(value) or value != value.strip():
        yield Fault(name, Phrase("holds control characters, or blanks at its ends"))


def _amount(name: str, value: Decimal, most: Decimal) -> Iterator[Fault]:
    if not value.is_finite() or not 0 <= value <= most:
        yield Fault(name, Phrase("is not between {first} and {last}", first=0, last=int(most)))
    elif _decimals(value) > _DECIMALS:
        yield Fault(name, Phrase("has more than {count} decimals", count=_DECIMALS))


def _decimals(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0
