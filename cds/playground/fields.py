"""One field of the form: from what was typed to a value, or to a sentence that says what is wrong with it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from cds.phrases import Phrase

__all__ = ["Field", "Refused", "choice", "choices", "day", "decimal", "decimals", "flag", "text", "whole"]

_NUMBER = re.compile(r"[0-9]{1,9}(?:[.,][0-9]{1,6})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOST_CHOICES = 50


class Refused(ValueError):
    """What was typed is no value of the field.

    Attributes:
        why: a sentence for the person who typed it.
    """

    def __init__(self, why: Phrase) -> None:
        self.why = why
        super().__init__(str(why))


@dataclass(frozen=True, slots=True)
class Field:
    """How a field is read.

    Attributes:
        read: from all values that came under its name (none where it is missing) to the value of the form.
        write: back, as a browser would send it.
    """

    read: Callable[[Sequence[str]], Any]
    write: Callable[[Any], list[str]]


def text(longest: int) -> Field:
    """Words as they were typed, without blanks around them."""

    def read(typed: Sequence[str]) -> str:
        value = _one(typed).replace("\r\n", "\n")
        if len(value) > longest:
            raise Refused(Phrase("Too long: at most {count} characters.", count=longest))
        if any(unicodedata.category(char).startswith("C") and char not in "\n\t" for char in value):
            raise Refused(Phrase("There is a character in it that cannot be printed."))
        return value

    return Field(read, lambda value: [value])


def choice(options: Collection[str], default: str) -> Field:
    """One of the options; the default where nothing was sent."""

    def read(typed: Sequence[str]) -> str:
        value = _one(typed) or default
        return _known(value, options)

    return Field(read, lambda value: [value])


def choices(options: Collection[str]) -> Field:
    """Any of the options, each once."""

    def read(typed: Sequence[str]) -> tuple[str, ...]:
        if len(typed) > _MOST_CHOICES:
            raise Refused(Phrase("Too many are chosen."))
        return tuple(dict.fromkeys(_known(value, options) for value in typed if value))

    return Field(read, list)


def flag() -> Field:
    """Ticked or not."""

    def read(typed: Sequence[str]) -> bool:
        return _known(_one(typed) or "no", ("yes", "no")) == "yes"

    return Field(read, lambda value: ["yes"] if value else [])


def decimal(low: str, high: str) -> Field:
    """A number with a point or a comma, from low to high; None where nothing was typed."""

    def read(typed: Sequence[str]) -> Decimal | None:
        return _number(_one(typed), Decimal(low), Decimal(high))

    return Field(read, lambda value: [] if value is None else [_plain(value)])


def whole(low: int, high: int) -> Field:
    """A whole number; None where nothing was typed."""

    def read(typed: Sequence[str]) -> int | None:
        number = _number(_one(typed), Decimal(low), Decimal(high))
        if number is not None and number != number.to_integral_value():
            raise Refused(Phrase("A whole number is needed here."))
        return None if number is None else int(number)

    return Field(read, lambda value: [] if value is None else [str(value)])


def decimals(low: str, high: str, rows: int) -> Field:
    """A column of numbers; the places stay, None where nothing was typed."""

    def read(typed: Sequence[str]) -> tuple[Decimal | None, ...]:
        if len(typed) > rows:
            raise Refused(Phrase("At most {count} rows can be read.", count=rows))
        found = [_number(value.strip(), Decimal(low), Decimal(high)) for value in typed]
        while found and found[-1] is None:
            found.pop()
        return tuple(found)

    return Field(read, lambda value: ["" if each is None else _plain(each) for each in value])


def day(earliest: date, latest: date) -> Field:
    """A day of the calendar; None where nothing was typed."""

    def read(typed: Sequence[str]) -> date | None:
        value = _one(typed)
        if not value:
            return None
        try:
            found = date.fromisoformat(value) if _DAY.fullmatch(value) else None
        except ValueError:
            found = None
        if found is None:
            raise Refused(Phrase("This is not a day of the calendar; write year, month and day: 2026-11-23."))
        if not earliest <= found <= latest:
            raise Refused(Phrase("Out of bounds: from {low} to {high}.", low=earliest, high=latest))
        return found

    return Field(read, lambda value: [] if value is None else [value.isoformat()])


def _one(typed: Sequence[str]) -> str:
    if len(typed) > 1:
        raise Refused(Phrase("This was sent more than once."))
    return typed[0].strip() if typed else ""


def _known(value: str, options: Collection[str]) -> str:
    if value not in options:
        raise Refused(Phrase("This is not one of the options."))
    return value


def _number(value: str, low: Decimal, high: Decimal) -> Decimal | None:
    if not value:
        return None
    if not (value.isascii() and _NUMBER.fullmatch(value.removeprefix("-"))):
        raise Refused(Phrase("This is not a number; write it in digits, such as 12.5."))
    number = Decimal(value.replace(",", "."))
    if not low <= number <= high:
        raise Refused(Phrase("Out of bounds: from {low} to {high}.", low=_plain(low), high=_plain(high)))
    return number


def _plain(value: Decimal) -> str:
    shown = f"{value:f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown
