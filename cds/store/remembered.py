"""Things of the service's own that outlive it, such as the administrator's password."""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError

from cds.store.engine import Store
from cds.store.tables import Remembered

__all__ = ["Memory"]


class Memory:
    """Names and what is remembered under them.

    Args:
        store: where they are kept.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    async def recall(self, name: str) -> str | None:
        """What is remembered; None where nothing is.

        Raises:
            StoreUnavailable: the database does not answer.
        """
        async with self._store.session() as session:
            found = await session.get(Remembered, name)
            return None if found is None else found.value

    async def remember(self, name: str, value: str) -> None:
        """Remember it in place of what was.

        Raises:
            StoreUnavailable: the database does not answer.
        """
        async with self._store.session() as session:
            await session.merge(Remembered(name=name, value=value))

    async def remember_first(self, name: str, value: str) -> bool:
        """Remember it if nothing is remembered yet; whether it was the first.

        Raises:
            StoreUnavailable: the database does not answer.
        """
        try:
            async with self._store.session() as session:
                session.add(Remembered(name=name, value=value))
        except IntegrityError:
            return False
        return True
