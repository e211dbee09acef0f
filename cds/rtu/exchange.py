"""Rows that come from elsewhere, put together to a registry: what can be kept, and row by row what cannot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from cds.phrases import Phrase
from cds.rtu.fields import TABLES, read_record
from cds.rtu.model import Contents, Patient, Prescriber, Record, RecordedOpinion, Stop, Visit
from cds.rtu.validation import Invalid, dated

__all__ = ["Problem", "Row", "assembled"]

NOT_REGISTERED = Phrase("is neither registered nor in what is imported")
TWICE = Phrase("stands twice in what is imported")


@dataclass(frozen=True, slots=True)
class Row:
    """One record as it came.

    Attributes:
        table: a name of `TABLES`.
        place: where it stands, for a person: "patients.csv, line 3".
        texts: by the names of the fields.
    """

    table: str
    place: str
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Problem:
    """What could not be read. Nothing of the row's content is quoted.

    Attributes:
        place: where it stands.
        field: which field or column; empty for the whole row.
        because: what is wrong.
    """

    place: str
    field: str
    because: Phrase

    def __str__(self) -> str:
        return f"{self.place}: {self.field} {self.because}" if self.field else f"{self.place}: {self.because}"


def assembled(
    rows: Iterable[Row], today: date, prescribers: frozenset[str], patients: frozenset[str]
) -> tuple[Contents, tuple[Problem, ...]]:
    """The records of rows that can be kept, and why the others cannot; of a row that cannot, what refers to it cannot either.

    Args:
        rows: in any order.
        today: days after it lie in the future.
        prescribers: ids on record already.
        patients: pseudonyms on record already.
    """
    by_table: dict[str, list[Row]] = {name: [] for name in TABLES}
    for row in rows:
        by_table[row.table].append(row)
    kept: dict[str, list[Record]] = {name: [] for name in TABLES}
    problems: list[Problem] = []
    known = {"prescriber": set(prescribers), "patient": set(patients)}
    seen: set[tuple[str, ...]] = set()
    started: dict[str, date] = {}
    for name, table in TABLES.items():
        for row in by_table[name]:
            try:
                record = read_record(table, row.texts, today)
            except Invalid as error:
                problems += (Problem(row.place, fault.field, fault.because) for fault in error.faults)
                continue
            found = [Problem(row.place, field, because) for field, because in _doubts(record, known, seen, started)]
            problems += found
            if found:
                continue
            seen |= set(_identity(record))
            kept[name].append(record)
            if isinstance(record, Prescriber):
                known["prescriber"].add(record.id)
            elif isinstance(record, Patient):
                known["patient"].add(record.pseudonym)
                started[record.pseudonym] = record.started_on
    return Contents(**{name: tuple(records) for name, records in kept.items()}), tuple(problems)  # type: ignore[arg-type]


def _doubts(
    record: Record, known: Mapping[str, set[str]], seen: set[tuple[str, ...]], started: Mapping[str, date]
) -> Iterator[tuple[str, Phrase]]:
    for field, *identity in _identity(record):
        if (field, *identity) in seen:
            yield field, TWICE
    if isinstance(record, Patient) and record.prescriber not in known["prescriber"]:
        yield "prescriber", NOT_REGISTERED
    if isinstance(record, Visit | RecordedOpinion | Stop) and record.patient not in known["patient"]:
        yield "patient", NOT_REGISTERED
    elif isinstance(record, Visit | RecordedOpinion | Stop):
        yield from ((fault.field, fault.because) for fault in dated(record, started.get(record.patient, date.min)))


def _identity(record: Record) -> Iterator[tuple[str, ...]]:
    """What no two rows may share, with the field that tells it."""
    match record:
        case Prescriber():
            yield "id", record.id
            yield from (("keys", key) for key in record.keys)
            if record.rpps:
                yield "rpps", record.rpps
        case Patient():
            yield "pseudonym", record.pseudonym
        case Stop():
            yield "on", record.patient, record.on.isoformat()
        case Visit() | RecordedOpinion():
            return
