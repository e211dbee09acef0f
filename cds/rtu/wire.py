"""What two services say to each other of the registry, as JSON in the bodies of `POST /registry/lookup`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Literal

import msgspec

__all__ = ["MAX_PRESCRIBERS", "PATH", "Given", "Lookup", "LookupAnswer", "sendable"]

PATH = "/lookup"
"""Below the address of the registry, which is `/registry` of a service."""
MAX_PRESCRIBERS = 100

SHORTEST_KEY, LONGEST_KEY = 3, 1000
Key = Annotated[str, msgspec.Meta(min_length=SHORTEST_KEY, max_length=LONGEST_KEY)]


class Lookup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom the question concerns.

    Attributes:
        patient: the pseudonym, or null.
        prescribers: the keys of those who may be the prescriber.
    """

    patient: Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{64}\Z")] | None
    prescribers: Annotated[tuple[Key, ...], msgspec.Meta(max_length=MAX_PRESCRIBERS)]


def sendable(keys: Iterable[str]) -> tuple[str, ...]:
    """The keys that a question can hold, in their order."""
    return tuple(key for key in keys if SHORTEST_KEY <= len(key) <= LONGEST_KEY)[:MAX_PRESCRIBERS]


class Given(msgspec.Struct, frozen=True):
    """An opinion in effect."""

    kind: Literal["second", "collegial"]
    date: date


class LookupAnswer(msgspec.Struct, frozen=True, rename="camel"):
    """What is on record; null is "not on record", and no member is left out.

    Attributes:
        patient: the day of the patient's registration.
        prescriber: the earliest day on which one of the prescribers was registered.
        last_visit: the newest visit.
        opinions: the opinions in effect, of any age.
    """

    patient: date | None
    prescriber: date | None
    last_visit: date | None
    opinions: tuple[Given, ...]
