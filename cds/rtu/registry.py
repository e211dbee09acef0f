"""The registry as the rules ask it: this service's own. One elsewhere is asked by `cds.rtu.remote`; where there is none, nobody is asked.

An answer never fails: what cannot be told is unknown, with its reason, and never "not registered".
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from datetime import date
from typing import Protocol

from cds.chart.patient import Opinion
from cds.chart.reading import Absent, Known, Listing, Reading, Unknown
from cds.chart.registration import RegistryAnswer, RegistryQuestion
from cds.phrases import Phrase
from cds.rtu.found import Found
from cds.rtu.keys import key_of
from cds.rtu.model import RecordedOpinion, in_effect
from cds.rtu.stored import Register
from cds.security.pseudonym import pseudonym
from cds.store import StoreUnavailable

__all__ = ["TIMED_OUT", "Registry", "StoredRegistry", "answered", "sought", "unanswered"]

TIMED_OUT = Phrase("the registry did not answer in time")
STORE_DOWN = Phrase("the registry’s database does not answer")
NO_PATIENT = Phrase("the call does not name the patient")
NO_PRESCRIBER = Phrase("the call does not tell who prescribes")
OWN = Phrase("the registry of this service")
_log = logging.getLogger(__name__)


class Registry(Protocol):
    """A registry of the French programme."""

    async def ask(self, namespace: str, question: RegistryQuestion) -> RegistryAnswer:
        """What is known of them.

        Args:
            namespace: whose ids those of the question are (`cds.security.issuers.namespace_of`).
            question: whom the order concerns.
        """


class StoredRegistry:
    """The service's own registry.

    Args:
        register: the records.
        key: `Keys.pseudonym`.
        seconds: for an answer; what takes longer is unknown.
    """

    def __init__(self, register: Register, key: bytes, seconds: float = 2.0) -> None:
        self._register = register
        self._key = key
        self._seconds = seconds
        self._late: set[asyncio.Task[Found]] = set()

    async def ask(self, namespace: str, question: RegistryQuestion) -> RegistryAnswer:
        """What is on record; unknown where the database does not answer."""
        name, keys = sought(self._key, namespace, question)
        # A query that takes too long goes on and is not called off: a connection that is broken off in the middle is lost to the pool.
        asking = asyncio.create_task(self._register.find(name, keys))
        self._late.add(asking)
        asking.add_done_callback(self._ended)
        try:
            found = await asyncio.wait_for(asyncio.shield(asking), self._seconds)
        except TimeoutError:
            return unanswered(OWN, TIMED_OUT)
        except StoreUnavailable as error:
            _log.warning("the registry was not asked: %s", error)
            return unanswered(OWN, STORE_DOWN)
        except Exception as error:  # noqa: BLE001 -- whatever it is, the rest of the answer stands; no message, which may quote a row
            _log.error("the registry was not asked: %s", type(error).__qualname__)
            return unanswered(OWN, STORE_DOWN)
        return answered(
            OWN,
            question,
            patient=found.patient,
            prescriber=found.prescriber,
            last_visit=found.last_visit,
            opinions=opinions_of(found.opinions),
        )

    def _ended(self, asking: asyncio.Task[Found]) -> None:
        self._late.discard(asking)
        if not asking.cancelled():
            asking.exception()  # looked at, so that asyncio does not complain that nobody did


def sought(key: bytes, namespace: str, question: RegistryQuestion) -> tuple[str | None, list[str]]:
    """Whom to look for: the patient's pseudonym, and the prescribers' keys."""
    name = pseudonym(key, namespace, question.patient) if question.patient else None
    return name, sorted({key_of(namespace, each) for each in question.prescribers})


def opinions_of(recorded: Iterable[RecordedOpinion]) -> tuple[Opinion, ...]:
    """The opinions that support a dose, as the rules see them."""
    return tuple(Opinion(each.kind, each.on) for each in in_effect(tuple(recorded)))


def answered(
    asked: Phrase,
    question: RegistryQuestion,
    *,
    patient: date | None,
    prescriber: date | None,
    last_visit: date | None,
    opinions: tuple[Opinion, ...],
) -> RegistryAnswer:
    """The answer of a registry that was reached; what the question did not name is unknown."""
    nobody = Unknown(NO_PATIENT)
    return RegistryAnswer(
        asked,
        patient=_reading(patient) if question.patient else nobody,
        prescriber=_reading(prescriber) if question.prescribers else Unknown(NO_PRESCRIBER),
        last_visit=_reading(last_visit) if question.patient else nobody,
        opinions=Listing(opinions) if question.patient else Listing(missing=nobody),
    )


def unanswered(asked: Phrase, because: Phrase) -> RegistryAnswer:
    """The answer of a registry that gave none."""
    unknown = Unknown(because)
    return RegistryAnswer(asked, unknown, unknown, unknown, Listing(missing=unknown))


def _reading(day: date | None) -> Reading[date]:
    return Absent() if day is None else Known(day)
