"""Statements of the registry, inside a transaction of the caller's."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Numeric, Select, and_, case, cast, delete, exists, func, inspect, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from cds.phrases import Phrase
from cds.rtu.model import Patient, Prescriber, RecordedOpinion, Stop, Visit
from cds.rtu.rows import all_keys, opinion_row, patient_row, prescriber_of, stop_row, visit_row
from cds.rtu.validation import Fault, Invalid
from cds.store.registry_tables import RtuOpinion, RtuPatient, RtuPrescriber, RtuPrescriberKey, RtuStop, RtuVisit
from cds.store.writing import insert_into

__all__ = [
    "every",
    "followed",
    "in_force",
    "of_patient",
    "prescribers_with",
    "put_events",
    "put_patients",
    "put_prescriber",
    "put_prescribers",
    "started_of",
]

Event = TypeVar("Event", RtuVisit, RtuOpinion, RtuStop)


async def every(session: AsyncSession, table: type[Event]) -> Sequence[Event]:
    """What befell all patients, by day, and what was recorded last of a day last."""
    return (await session.scalars(select(table).order_by(*_order(table)))).all()


async def of_patient(session: AsyncSession, table: type[Event], pseudonym: str) -> Sequence[Event]:
    """What befell one patient, by day."""
    query = select(table).where(table.patient == pseudonym).order_by(*_order(table))
    return (await session.scalars(query)).all()


def _order(table: type[Event]) -> tuple[Any, ...]:
    columns = inspect(table).columns
    return tuple(columns[name] for name in ("on", "recorded", "patient", "fingerprint") if name in columns)


def in_force() -> ColumnElement[bool]:
    """Whether a stop is its patient's newest and no visit resumes the treatment: `cds.rtu.course.stop_in_force`."""
    later = aliased(RtuStop)
    amount = Numeric(12, 3)
    resumes = or_(
        RtuVisit.on > RtuStop.tapered_until,
        and_(RtuStop.taper_days.is_(None), cast(RtuVisit.dose, amount) > cast(RtuStop.last_dose, amount)),
    )
    return and_(
        ~exists().where(later.patient == RtuStop.patient, later.on > RtuStop.on),
        ~exists().where(RtuVisit.patient == RtuStop.patient, RtuVisit.on > RtuStop.on, RtuVisit.dose != "0", resumes),
    )


def followed(
    *, before: date | None = None, prescriber: str | None = None, stopped: bool = True
) -> Select[RtuPatient, date | None, str, date | None]:
    """Patients with the day of the newest visit, the dose last told and the day of the stop in force, those first who were seen longest ago.

    Args:
        before: only those last seen or registered before that day.
        prescriber: only those of the prescriber with that id.
        stopped: whether those who stopped are among them.
    """
    place = func.row_number().over(
        partition_by=RtuVisit.patient, order_by=[column.desc() for column in _order(RtuVisit)]
    )
    last = select(RtuVisit.patient, RtuVisit.on, RtuVisit.dose, place.label("place")).subquery()
    end = select(RtuStop.patient, RtuStop.on).where(in_force()).subquery()
    registered = or_(
        last.c.on.is_(None), last.c.on < RtuPatient.registered_on
    )  # `cds.rtu.course.dose_last_told`, `last_seen`
    seen = case((registered, RtuPatient.registered_on), else_=last.c.on)
    dose = case((registered, RtuPatient.dose), else_=last.c.dose)
    query = (
        select(RtuPatient, last.c.on, dose, end.c.on)
        .outerjoin(last, and_(last.c.patient == RtuPatient.pseudonym, last.c.place == 1))
        .outerjoin(end, end.c.patient == RtuPatient.pseudonym)
        .order_by(seen, RtuPatient.pseudonym)
    )
    if before is not None:
        query = query.where(seen < before)
    if prescriber is not None:
        query = query.where(RtuPatient.prescriber == prescriber)
    return query if stopped else query.where(end.c.on.is_(None))


async def started_of(session: AsyncSession) -> dict[str, date]:
    """When each patient started baclofen, by pseudonym."""
    return {
        row.pseudonym: row.started_on
        for row in await session.execute(select(RtuPatient.pseudonym, RtuPatient.started_on))
    }


async def prescribers_with(session: AsyncSession, keys: Collection[str] | None = None) -> tuple[Prescriber, ...]:
    """Prescribers by the day of their registration: all, or those who have one of the keys or of these ids."""
    query = select(RtuPrescriber).order_by(RtuPrescriber.registered_on, RtuPrescriber.id)
    if keys is not None:
        wanted = sorted(keys)
        owners = select(RtuPrescriberKey.prescriber).where(RtuPrescriberKey.key.in_(wanted))
        query = query.where(RtuPrescriber.id.in_(wanted) | RtuPrescriber.id.in_(owners))
    rows = (await session.scalars(query)).all()
    given = select(RtuPrescriberKey.prescriber, RtuPrescriberKey.key).where(RtuPrescriberKey.given)
    if keys is not None:
        given = given.where(RtuPrescriberKey.prescriber.in_([row.id for row in rows]))
    keys_of: dict[str, list[str]] = {row.id: [] for row in rows}
    for owner, key in await session.execute(given):
        keys_of[owner].append(key)
    return tuple(prescriber_of(row, keys_of[row.id]) for row in rows)


async def put_prescriber(session: AsyncSession, record: Prescriber, *, whole: bool = False) -> Prescriber:
    """Keep a prescriber, or bring the one on record up to date: with `whole` to what is told, else adding what is told.

    Raises:
        Invalid: id and keys belong to different prescribers.
    """
    known_by = {record.id, *all_keys(record)}
    owners = select(RtuPrescriberKey.prescriber).where(RtuPrescriberKey.key.in_(sorted(known_by)))
    rows = select(RtuPrescriber.id).where((RtuPrescriber.id == record.id) | RtuPrescriber.id.in_(owners))
    await session.execute(rows.with_for_update())  # of two who change the same prescriber one waits
    found = await prescribers_with(session, known_by)
    if len(found) > 1 or (whole and any(each.id != record.id for each in found)):
        raise Invalid(Fault("keys", Phrase("belong to different prescribers")))
    kept = _merged(found[0], record) if found and not whole else record
    await session.merge(_row(kept))
    await session.flush()
    await session.execute(delete(RtuPrescriberKey).where(RtuPrescriberKey.prescriber == kept.id))
    session.add_all(_keys(kept))
    await session.flush()
    return kept


async def put_prescribers(session: AsyncSession, records: Iterable[Prescriber]) -> dict[str, str]:
    """Keep many; those who share nothing with anybody go in together, and those who are there as they are stay untouched.

    Returns:
        their ids on record, by the ids they came with.

    Raises:
        Invalid: id and keys of one belong to different prescribers.
    """
    owner = {name: each for each in await prescribers_with(session) for name in (each.id, *all_keys(each))}
    taken = set(owner)
    fresh: list[Prescriber] = []
    changed: list[Prescriber] = []
    ids: dict[str, str] = {}
    for record in records:
        known_by = {record.id, *all_keys(record)}
        owners = {owner[name] for name in known_by & owner.keys()}
        if len(owners) == 1 and known_by <= owner.keys() and _merged(kept := owners.pop(), record) == kept:
            ids[record.id] = kept.id
            continue
        (changed if known_by & taken else fresh).append(record)
        taken |= known_by
    session.add_all(_row(record) for record in fresh)
    await session.flush()
    session.add_all(key for record in fresh for key in _keys(record))
    await session.flush()
    ids |= {record.id: record.id for record in fresh}
    return ids | {record.id: (await put_prescriber(session, record)).id for record in changed}


def _row(record: Prescriber) -> RtuPrescriber:
    return RtuPrescriber(
        id=record.id,
        registered_on=record.registered_on,
        name=record.name,
        rpps=record.rpps,
        specialty=record.specialty,
        setting=record.setting,
    )


def _keys(record: Prescriber) -> Iterator[RtuPrescriberKey]:
    for key in sorted(all_keys(record)):
        yield RtuPrescriberKey(key=key, prescriber=record.id, given=key in record.keys)


def _merged(kept: Prescriber, told: Prescriber) -> Prescriber:
    return Prescriber(
        kept.id,
        min(kept.registered_on, told.registered_on),
        told.name or kept.name,
        told.rpps or kept.rpps,
        told.specialty or kept.specialty,
        told.setting,
        tuple(sorted({*kept.keys, *told.keys})),
    )


async def put_patients(session: AsyncSession, records: Iterable[Patient]) -> None:
    """Keep patients; of one on record everything follows but the day of the first registration."""
    rows = [patient_row(record) for record in records]
    if not rows:
        return
    statement = insert_into(session, RtuPatient)
    told = statement.excluded
    first = case((RtuPatient.registered_on < told.registered_on, RtuPatient.registered_on), else_=told.registered_on)
    changed = {name: told[name] for name in rows[0] if name != "pseudonym"} | {"registered_on": first}
    await session.execute(statement.on_conflict_do_update(index_elements=["pseudonym"], set_=changed), rows)


async def put_events(session: AsyncSession, records: Iterable[Visit | RecordedOpinion | Stop]) -> None:
    """Keep visits and opinions, each once, and stops, one a day as last told."""
    visits: list[dict[str, Any]] = []
    opinions: list[dict[str, Any]] = []
    stops: list[dict[str, Any]] = []
    now = time.time_ns() // 1000
    for recorded, record in enumerate(records, now):
        match record:
            case Visit():
                visits.append({**visit_row(record), "recorded": recorded})
            case RecordedOpinion():
                opinions.append({**opinion_row(record), "recorded": recorded})
            case Stop():
                stops.append(stop_row(record))
    for table, rows in ((RtuVisit, visits), (RtuOpinion, opinions)):
        if rows:
            await session.execute(insert_into(session, table).on_conflict_do_nothing(), rows)
    if stops:
        statement = insert_into(session, RtuStop)
        keys = ["patient", "on"]
        changed = {name: statement.excluded[name] for name in stops[0] if name not in keys}
        await session.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed), stops)
