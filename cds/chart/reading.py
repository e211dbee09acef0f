"""Known, absent or unknown: the three states of everything a rule may ask.

Unknown is not none. There is no fourth state, and no default that could hide one of these three.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from cds.phrases import Phrase

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value comes from.

    Attributes:
        resource: `Type/id`, or a few words where there is no resource.
        on: the day the value is about.
    """

    resource: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Known(Generic[T]):
    """A value that was read."""

    value: T
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Absent:
    """A complete search found none on file."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """It cannot be told, and why.

    Attributes:
        because: the reason in plain English, ready to follow "because": "the EHR sent no problem list".
    """

    because: Phrase


Reading = Known[T] | Absent | Unknown


@dataclass(frozen=True, slots=True)
class Listing(Generic[T]):
    """The entries of one kind on file, and whether these are all.

    Attributes:
        entries: what was read.
        missing: None where the list is complete; else why it is not. A list that is not complete proves presence, never absence.
    """

    entries: tuple[T, ...] = ()
    missing: Unknown | None = None

    @property
    def complete(self) -> bool:
        """Whether these are all the entries on file."""
        return self.missing is None

    def first(self, matches: Callable[[T], bool]) -> Known[T] | Absent | Unknown:
        """The first entry that matches: known, or absent from a complete list, or unknown."""
        for entry in self.entries:
            if matches(entry):
                return Known(entry)
        return Absent() if self.missing is None else self.missing

    def every(self, matches: Callable[[T], bool]) -> tuple[T, ...]:
        """All entries that match, of a list complete or not."""
        return tuple(entry for entry in self.entries if matches(entry))
