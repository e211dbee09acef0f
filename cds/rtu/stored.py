"""The registry in the service's own database.

Whatever is told twice is kept once: a prescriber by a key, a patient by the pseudonym, a visit and an opinion by what they say, a stop by its
day. Each method is one transaction.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Awaitable, Callable, Collection
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from cds.phrases import Phrase
from cds.rtu.found import Change, Followed, Found, History
from cds.rtu.model import Contents, Patient, Prescriber, Record, RecordedOpinion, Stop, Visit
from cds.rtu.queries import (
    every,
    followed,
    of_patient,
    prescribers_with,
    put_events,
    put_patients,
    put_prescriber,
    put_prescribers,
    started_of,
)
from cds.rtu.rows import event_name, opinion_of, patient_of, stop_of, visit_of
from cds.rtu.validation import Fault, Invalid, checked, dated
from cds.store import Store
from cds.store.registry_tables import (
    RtuChange,
    RtuOpinion,
    RtuPatient,
    RtuPrescriber,
    RtuPrescriberKey,
    RtuStop,
    RtuVisit,
)

__all__ = ["Register", "fresh_id"]

T = TypeVar("T")
NOT_REGISTERED = Phrase("is not registered")


def fresh_id() -> str:
    """An id for a prescriber who may be new."""
    return secrets.token_hex(8)


def _change(patient: str, who: str, what: str) -> RtuChange:
    return RtuChange(patient=patient, at=int(time.time()), who=who[:200], what=what)


def _place(record: Visit | RecordedOpinion | Stop) -> tuple[type[RtuVisit | RtuOpinion | RtuStop], str, bytes | date]:
    """The table of a record, the name of its kind, and what tells its row."""
    match record:
        case Visit():
            return RtuVisit, "visit", bytes.fromhex(event_name(record))
        case RecordedOpinion():
            return RtuOpinion, "opinion", bytes.fromhex(event_name(record))
        case Stop():
            return RtuStop, "stop", record.on


class Register:
    """The registry's records.

    Args:
        store: where they are kept.
        today: the day; what lies after it is refused.

    All methods raise `StoreUnavailable` where the database does not answer.
    """

    def __init__(self, store: Store, today: Callable[[], date] = date.today) -> None:
        self._store = store
        self._today = today

    async def register_prescriber(self, record: Prescriber) -> Prescriber:
        """Keep a prescriber, or bring the one on record up to date who has the id or one of the keys.

        The first registration's id and day stay, keys add up, and a detail that is not given stays what it was.

        Returns:
            the record as it is kept.

        Raises:
            Invalid: it cannot be kept, or its keys belong to different prescribers.
        """
        checked(record, self._today())
        return await self._written(lambda session: put_prescriber(session, record))

    async def correct_prescriber(self, record: Prescriber) -> Prescriber:
        """Keep a prescriber as told: of the one on record who has the id, whatever is not given goes.

        Returns:
            the record as it is kept.

        Raises:
            Invalid: it cannot be kept, or its keys belong to somebody else.
        """
        checked(record, self._today())
        return await self._written(lambda session: put_prescriber(session, record, whole=True))

    async def register_patient(self, record: Patient) -> Patient:
        """Keep a patient, or bring the one on record up to date; the day of the first registration stays.

        Returns:
            the record as it is kept.

        Raises:
            Invalid: it cannot be kept, or the prescriber is not registered.
        """
        checked(record, self._today())

        async def work(session: AsyncSession) -> Patient:
            if await session.get(RtuPrescriber, record.prescriber) is None:
                raise Invalid(Fault("prescriber", NOT_REGISTERED))
            await put_patients(session, [record])
            row = await session.get_one(RtuPatient, record.pseudonym, populate_existing=True)
            return patient_of(row)

        return await self._written(work)

    async def add(self, record: Visit | RecordedOpinion | Stop) -> None:
        """Keep a visit, an opinion or a stop.

        Raises:
            Invalid: it cannot be kept, lies before the start of baclofen, or the patient is not registered.
        """
        checked(record, self._today())

        async def work(session: AsyncSession) -> None:
            patient = await session.get(RtuPatient, record.patient)
            if patient is None:
                raise Invalid(Fault("patient", NOT_REGISTERED))
            found = dated(record, patient.started_on)
            if found:
                raise Invalid(*found)
            await put_events(session, [record])

        await self._written(work)

    async def load(self, contents: Contents) -> None:
        """Keep all of it or nothing. Patients go with their prescriber, whatever id that one has on record.

        Raises:
            Invalid: a record cannot be kept, or is of somebody who is registered neither here nor there.
        """
        today = self._today()
        events: tuple[Visit | RecordedOpinion | Stop, ...] = (*contents.visits, *contents.opinions, *contents.stops)
        records: tuple[Record, ...] = (*contents.prescribers, *contents.patients, *events)
        for record in records:
            checked(record, today)

        async def work(session: AsyncSession) -> None:
            ids = await put_prescribers(session, contents.prescribers)
            patients = [
                replace(each, prescriber=ids.get(each.prescriber, each.prescriber)) for each in contents.patients
            ]
            if not {each.prescriber for each in patients} <= set(await session.scalars(select(RtuPrescriber.id))):
                raise Invalid(Fault("prescriber", NOT_REGISTERED))
            await put_patients(session, patients)
            started = await started_of(session)
            for event in events:
                if event.patient not in started:
                    raise Invalid(Fault("patient", NOT_REGISTERED))
                if found := dated(event, started[event.patient]):
                    raise Invalid(*found)
            await put_events(session, events)

        await self._written(work)

    async def correct_patient(self, record: Patient, who: str) -> None:
        """Keep a registration as told, and that somebody changed it.

        Raises:
            Invalid: it cannot be kept, is of nobody on record, names a prescriber who is not registered, or starts after what is on record.
        """
        checked(record, self._today())

        async def work(session: AsyncSession) -> None:
            if await session.get(RtuPatient, record.pseudonym) is None:
                raise Invalid(Fault("patient", NOT_REGISTERED))
            if await session.get(RtuPrescriber, record.prescriber) is None:
                raise Invalid(Fault("prescriber", NOT_REGISTERED))
            for table in (RtuVisit, RtuOpinion, RtuStop):
                early = select(table.on).where(table.patient == record.pseudonym, table.on < record.started_on)
                if await session.scalar(early.limit(1)) is not None:
                    raise Invalid(Fault("started_on", Phrase("lies after a visit, an opinion or a stop on record")))
            await put_patients(session, [record])
            session.add(_change(record.pseudonym, who, "registration"))

        await self._written(work)

    async def remove(self, record: Visit | RecordedOpinion | Stop, who: str) -> bool:
        """Forget one visit, opinion or stop, and keep that somebody deleted one; whether it was there."""

        async def work(session: AsyncSession) -> bool:
            table, what, key = _place(record)
            row = await session.get(table, (record.patient, key))
            if row is None:
                return False
            await session.delete(row)
            session.add(_change(record.patient, who, what))
            return True

        return await self._written(work)

    async def delete_patient(self, pseudonym: str) -> bool:
        """Forget a patient with all visits, opinions and stops; whether there was one."""

        async def work(session: AsyncSession) -> bool:
            row = await session.get(RtuPatient, pseudonym)
            if row is None:
                return False
            await session.delete(row)  # the rows that refer to it go with it
            return True

        return await self._written(work)

    async def find(self, pseudonym: str | None, keys: Collection[str]) -> Found:
        """What the rules ask; two queries."""
        registered = select(RtuPatient.registered_on).where(RtuPatient.pseudonym == pseudonym).scalar_subquery()
        visited = select(func.max(RtuVisit.on)).where(RtuVisit.patient == pseudonym).scalar_subquery()
        prescribing = (
            select(func.min(RtuPrescriber.registered_on))
            .join(RtuPrescriberKey, RtuPrescriberKey.prescriber == RtuPrescriber.id)
            .where(RtuPrescriberKey.key.in_(sorted(keys)))
            .scalar_subquery()
        )
        async with self._store.session() as session:
            patient, prescriber, visit = (await session.execute(select(registered, prescribing, visited))).one()
            opinions = [] if pseudonym is None else await of_patient(session, RtuOpinion, pseudonym)
            return Found(patient, prescriber, visit, tuple(map(opinion_of, opinions)))

    async def prescriber(self, keys: Collection[str]) -> Prescriber | None:
        """The prescriber who has one of the keys, or that id; None where nobody has."""
        async with self._store.session() as session:
            found = await prescribers_with(session, keys)
            return found[0] if found else None

    async def history(self, pseudonym: str) -> History | None:
        """All that is kept of a patient; None where nobody is registered so."""
        async with self._store.session() as session:
            row = await session.get(RtuPatient, pseudonym)
            if row is None:
                return None
            visits = await of_patient(session, RtuVisit, pseudonym)
            opinions = await of_patient(session, RtuOpinion, pseudonym)
            stops = await of_patient(session, RtuStop, pseudonym)
            changes = await session.scalars(
                select(RtuChange).where(RtuChange.patient == pseudonym).order_by(RtuChange.id)
            )
            return History(
                patient_of(row),
                tuple(map(visit_of, visits)),
                tuple(map(opinion_of, opinions)),
                tuple(map(stop_of, stops)),
                tuple(Change(each.at, each.who, each.what) for each in changes),
            )

    async def follow_up(
        self,
        *,
        before: date | None = None,
        prescriber: str | None = None,
        stopped: bool = True,
        limit: int = 100,
        offset: int = 0,
    ) -> tuple[Followed, ...]:
        """Patients, those first whose last visit (or registration) is longest ago.

        Args:
            before: only those last seen or registered before that day.
            prescriber: only those of the prescriber with that id.
            stopped: whether those who stopped are among them.
            limit: how many at most.
            offset: how many to pass over.
        """
        query = followed(before=before, prescriber=prescriber, stopped=stopped).limit(limit).offset(offset)
        async with self._store.session() as session:
            return tuple(
                Followed(patient_of(row), visit, Decimal(dose), stop)
                for row, visit, dose, stop in await session.execute(query)
            )

    async def contents(self) -> Contents:
        """The whole registry."""
        async with self._store.session() as session:
            prescribers = await prescribers_with(session)
            patients = await session.scalars(
                select(RtuPatient).order_by(RtuPatient.registered_on, RtuPatient.pseudonym)
            )
            visits = await every(session, RtuVisit)
            opinions = await every(session, RtuOpinion)
            stops = await every(session, RtuStop)
            return Contents(
                prescribers,
                tuple(map(patient_of, patients)),
                tuple(map(visit_of, visits)),
                tuple(map(opinion_of, opinions)),
                tuple(map(stop_of, stops)),
            )

    async def known(self) -> tuple[frozenset[str], frozenset[str]]:
        """The ids of all prescribers, and the pseudonyms of all patients."""
        async with self._store.session() as session:
            prescribers = frozenset(await session.scalars(select(RtuPrescriber.id)))
            return prescribers, frozenset(await session.scalars(select(RtuPatient.pseudonym)))

    async def _written(self, work: Callable[[AsyncSession], Awaitable[T]]) -> T:
        """One transaction; once more where another process wrote the same at the same moment."""
        try:
            async with self._store.session() as session:
                return await work(session)
        except IntegrityError:
            async with self._store.session() as session:
                return await work(session)
