"""The registry in lists and counts, for its pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from cds.rtu.demo import INVENTED
from cds.rtu.model import Prescriber
from cds.rtu.queries import followed, in_force
from cds.rtu.rows import prescriber_of
from cds.store import Store
from cds.store.registry_tables import RtuPatient, RtuPrescriber, RtuStop

__all__ = ["Counts", "Listed", "Listing"]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many are on record.

    Attributes:
        prescribers: registered prescribers.
        patients: registered patients.
        stopped: of the patients, those with a stop in force.
        due: of the others, those seen or registered before the day asked for and not since.
    """

    prescribers: int
    patients: int
    stopped: int
    due: int


@dataclass(frozen=True, slots=True)
class Listed:
    """A prescriber in a list.

    Attributes:
        prescriber: the registration, without its keys.
        patients: how many patients are registered with that prescriber.
    """

    prescriber: Prescriber
    patients: int


class Listing:
    """Lists and counts.

    Args:
        store: where the records are kept.

    All methods raise `StoreUnavailable` where the database does not answer.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    async def counts(self, before: date) -> Counts:
        """How many there are; who was last seen before that day is due."""
        due = followed(before=before, stopped=False).order_by(None).subquery()
        stopped = select(func.count(RtuStop.patient.distinct())).where(in_force())
        async with self._store.session() as session:
            return Counts(
                await session.scalar(select(func.count()).select_from(RtuPrescriber)) or 0,
                await session.scalar(select(func.count()).select_from(RtuPatient)) or 0,
                await session.scalar(stopped) or 0,
                await session.scalar(select(func.count()).select_from(due)) or 0,
            )

    async def has_invented(self) -> bool:
        """Whether prescribers of the demo data set are among the registered."""
        query = select(RtuPrescriber.id).where(RtuPrescriber.id.in_(INVENTED)).limit(1)
        async with self._store.session() as session:
            return await session.scalar(query) is not None

    async def prescribers(self, *, limit: int | None = None, offset: int = 0) -> tuple[Listed, ...]:
        """Prescribers by name.

        Args:
            limit: how many at most; None for all.
            offset: how many to pass over.
        """
        patients = select(func.count()).where(RtuPatient.prescriber == RtuPrescriber.id).scalar_subquery()
        query = (
            select(RtuPrescriber, patients).order_by(RtuPrescriber.name, RtuPrescriber.id).limit(limit).offset(offset)
        )
        async with self._store.session() as session:
            return tuple(Listed(prescriber_of(row, ()), count) for row, count in await session.execute(query))
