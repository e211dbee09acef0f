"""Records as texts under their fields' names, which is how forms and CSV files hold them, and back.

Days are written 2014-03-17, amounts with a point (a comma is read, too), yes and no as words, lists of codes with blanks between, keys one a
line. An empty text is "not given".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from cds.phrases import Phrase
from cds.rtu.keys import key_of
from cds.rtu.model import Patient, Prescriber, Record, RecordedOpinion, Stop, Visit
from cds.rtu.validation import Fault, Invalid, faults

__all__ = ["TABLES", "Field", "Table", "read_record", "table_of", "write_amount", "write_record"]

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_AMOUNT = re.compile(r"[+-]?\d{1,9}([.,]\d{1,9})?", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d{1,9}", re.ASCII)
_YES = frozenset({"yes", "true", "1", "oui", "on"})
_NO = frozenset({"no", "false", "0", "non", "off"})


class _Unreadable(Exception):
    """A text that is no value of its kind."""

    def __init__(self, because: Phrase) -> None:
        super().__init__(because)
        self.because = because


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a record as text.

    Attributes:
        name: as in the record.
        read: a text that is not empty, as a value.
        write: a value that is not None, as text.
        empty: the value of an empty text; `...` where there must be one.
        neutral: stands for a text that cannot be read while the other fields are looked at; no other field is at fault because of it.
    """

    name: str
    read: Callable[[str], Any]
    write: Callable[[Any], str]
    empty: Any = ...
    neutral: Any = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Records of one kind.

    Attributes:
        name: of the table, and of its CSV file.
        record: what a row becomes.
        fields: the columns, in order.
    """

    name: str
    record: Callable[..., Record]
    fields: tuple[Field, ...]


def write_amount(value: Decimal) -> str:
    """An amount without exponent and without idle zeros."""
    return f"{value.normalize():f}"


def _read_day(text: str) -> date:
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else _no_day()
    except ValueError:
        return _no_day()


def _no_day() -> date:
    raise _Unreadable(Phrase("is not a date; write it as year, month and day, such as 2014-03-17"))


def _read_amount(text: str) -> Decimal:
    if not _AMOUNT.fullmatch(text):
        raise _Unreadable(Phrase("is no figure"))
    return Decimal(text.replace(",", "."))


def _read_whole(text: str) -> int:
    if not _WHOLE.fullmatch(text):
        raise _Unreadable(Phrase("is no whole number"))
    return int(text)


def _read_yes(text: str) -> bool:
    word = text.lower()
    if word not in _YES | _NO:
        raise _Unreadable(Phrase("is neither yes nor no"))
    return word in _YES


def _write_yes(value: bool) -> str:  # noqa: FBT001 -- a value that is written
    return "yes" if value else "no"


def _read_codes(text: str) -> tuple[str, ...]:
    return tuple(sorted(set(text.split())))


def _read_keys(text: str) -> tuple[str, ...]:
    lines = [line.strip() for line in text.split("\n")]
    return tuple(sorted({key_of("", line) if "|" in line else line for line in lines if line}))


def _text(name: str, empty: Any = ...) -> Field:
    return Field(name, str, str, empty)


def _day(name: str) -> Field:
    return Field(name, _read_day, date.isoformat, neutral=date.max)


def _amount(name: str, empty: Any = ...) -> Field:
    return Field(name, _read_amount, write_amount, empty, Decimal(0))


def _whole(name: str, empty: Any = ...) -> Field:
    return Field(name, _read_whole, str, empty, 0)


def _yes(name: str, empty: Any = ...) -> Field:
    return Field(name, _read_yes, _write_yes, empty, neutral=True)


TABLES: Mapping[str, Table] = {
    table.name: table
    for table in (
        Table(
            "prescribers",
            Prescriber,
            (
                _text("id"),
                _day("registered_on"),
                _text("name", ""),
                _text("rpps", ""),
                _text("specialty", ""),
                _text("setting", "other"),
                Field("keys", _read_keys, "\n".join, ()),
            ),
        ),
        Table(
            "patients",
            Patient,
            (
                _text("pseudonym"),
                _day("registered_on"),
                _text("prescriber"),
                _day("started_on"),
                _whole("birth_year"),
                _text("sex", "unknown"),
                _yes("informed"),
                _yes("contraindications_checked"),
                _amount("dose"),
            ),
        ),
        Table(
            "visits",
            Visit,
            (
                _text("patient"),
                _day("on"),
                _amount("dose"),
                Field("events", _read_codes, " ".join, ()),
                _text("event_text", ""),
                _amount("alcohol", None),
                _whole("craving", None),
            ),
        ),
        Table(
            "opinions",
            RecordedOpinion,
            (_text("patient"), _text("kind"), _day("on"), _text("centre", ""), _yes("favourable")),
        ),
        Table(
            "stops",
            Stop,
            (
                _text("patient"),
                _day("on"),
                _text("reason"),
                _yes("taper_planned"),
                _whole("taper_days", None),
                _amount("last_dose", None),
                _yes("taper_completed", None),
            ),
        ),
    )
}
"""The tables in the order in which they can be filled."""

_TABLE_OF: Mapping[type, str] = {
    Prescriber: "prescribers",
    Patient: "patients",
    Visit: "visits",
    RecordedOpinion: "opinions",
    Stop: "stops",
}


def table_of(record: Record) -> Table:
    """The table of a record."""
    return TABLES[_TABLE_OF[type(record)]]


def read_record(table: Table, texts: Mapping[str, str], today: date) -> Record:
    """A record from texts; what is not a field of it is not looked at.

    Args:
        table: of which kind.
        texts: by the names of the fields; a missing one is empty. Blanks around a text do not count.
        today: days after it lie in the future.

    Raises:
        Invalid: the record cannot be read, or cannot be kept; with every fault.
    """
    values: dict[str, Any] = {}
    found: list[Fault] = []
    for field in table.fields:
        text = texts.get(field.name, "").replace("\r\n", "\n").strip()
        if not text and field.empty is ...:
            found.append(Fault(field.name, Phrase("is missing")))
            continue
        try:
            values[field.name] = field.read(text) if text else field.empty
        except _Unreadable as error:
            found.append(Fault(field.name, error.because))
    unread = {fault.field for fault in found}
    neutral = {field.name: field.neutral for field in table.fields if field.name in unread}
    record = table.record(**values, **neutral)
    found += (fault for fault in faults(record, today) if fault.field not in unread)
    if found:
        raise Invalid(*found)
    return record


def write_record(record: Record) -> dict[str, str]:
    """A record as texts; `read_record` gives the same back."""
    texts = {}
    for field in table_of(record).fields:
        value = getattr(record, field.name)
        texts[field.name] = "" if value is None else field.write(value)
    return texts
