"""The connection to the database: opened once a process, its tables brought up to date at start.

SQLite: one file, WAL, every commit on the disk before it is answered (synchronous=FULL). Transactions begin as writers, because a
reader that turns writer fails instead of waiting for another process. PostgreSQL: asyncpg, short time limits.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event, insert, inspect, select, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from cds.store.address import Address, address_of, tls_failure
from cds.store.migrations import HEAD
from cds.store.tables import Remembered

__all__ = ["ForeignSecret", "NewerTables", "Store", "StoreUnavailable", "sqlite_url"]

MIGRATIONS = Path(__file__).parent / "migrations"
_CONNECTIONS = 5
_SECONDS = 2.0  # for a connection, a statement or a lock: the EHR waits
_PAUSE = 0.05  # seconds between two attempts to open a locked file
_MIGRATING = 0x62616C  # our number among the advisory locks of a PostgreSQL database
_OWNER = "secret"  # the name under which the fingerprint is remembered


class StoreUnavailable(Exception):
    """The database does not answer. The message holds no address and no password."""


class ForeignSecret(StoreUnavailable):
    """The database belongs to a service with another secret: its pseudonyms and card ids would mean nothing here."""

    def __init__(self) -> None:
        super().__init__("the store belongs to a service with another secret")


class NewerTables(StoreUnavailable):
    """The tables are of a newer version of this service, which may keep in them what this one would not understand."""

    def __init__(self) -> None:
        super().__init__("the tables are of a newer version of this service")


def sqlite_url(folder: Path) -> str:
    """The address of the database file in a folder."""
    return URL.create("sqlite", database=str(folder / "baclofen-cds.sqlite")).render_as_string()


class Store:
    """A database.

    Args:
        url: `postgresql://…` or `sqlite:///…`.
        fingerprint: of the service's secret; the database keeps the first one it is given and refuses any other. None does not ask.

    Raises:
        ValueError: the address cannot be used.
    """

    def __init__(self, url: str, fingerprint: bytes | None = None) -> None:
        address = address_of(url)
        self._url = address.url
        self._sqlite = address.sqlite
        self._engine = _engine(address)
        self._fingerprint = fingerprint
        self._ready = False
        self._opening = asyncio.Lock()
        self._sessions = async_sessionmaker(self._engine, expire_on_commit=False)

    @property
    def opened(self) -> bool:
        """Whether the database answered once, and its tables are those of this version."""
        return self._ready

    async def open(self) -> None:
        """Create what is missing and bring the tables up to date; several processes may do so at once.

        Raises:
            StoreUnavailable: the database cannot be reached.
            ForeignSecret: it belongs to another secret.
            NewerTables: a newer version of the service has changed its tables.
        """
        async with self._opening:
            if not self._ready:
                await self._migrate()
                self._ready = True

    async def _migrate(self) -> None:
        if self._sqlite and self._url.database:
            _private_folder(Path(self._url.database).parent)
        give_up = asyncio.get_running_loop().time() + 2 * _SECONDS
        with _unavailable("the store cannot be opened"):
            while True:
                try:
                    return await self._migrate_once()
                except OperationalError as error:
                    # another process may be migrating; turning the file to WAL does not wait for it but fails at once
                    if "locked" not in str(error.orig) or asyncio.get_running_loop().time() > give_up:
                        raise
                await asyncio.sleep(_PAUSE)

    async def _migrate_once(self) -> None:
        async with self._engine.begin() as connection:
            if not self._sqlite:  # SQLite's transaction is the lock
                await connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _MIGRATING})
            await connection.run_sync(_upgrade)
            if self._fingerprint is not None:
                await _claim(connection, self._fingerprint.hex())

    async def close(self) -> None:
        """Close all connections."""
        await self._engine.dispose()

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """A transaction: committed at the end, rolled back by an exception. Opens the store if it is not open yet.

        Raises:
            StoreUnavailable: the database does not answer. Violated constraints stay what they are (`IntegrityError`).
        """
        if not self._ready:
            await self.open()
        with _unavailable("the store does not answer"):
            async with self._sessions.begin() as session:
                yield session


async def _claim(connection: AsyncConnection, fingerprint: str) -> None:
    """Note whose database this is, the first time; afterwards check it. The transaction of the migrations excludes others."""
    kept = await connection.scalar(select(Remembered.value).where(Remembered.name == _OWNER))
    if kept is None:
        await connection.execute(insert(Remembered).values(name=_OWNER, value=fingerprint))
    elif kept != fingerprint:
        raise ForeignSecret


@contextmanager
def _unavailable(what: str) -> Iterator[None]:
    """Turn what says that the database does not answer into one exception; faults of ours stay as they are."""
    try:
        yield
    except IntegrityError:
        raise
    except (DBAPIError, PoolTimeout, OSError, TimeoutError) as error:
        raise StoreUnavailable(f"{what} ({_kind(error)})") from None


def _kind(error: Exception) -> str:
    """What failed, by type, and by PostgreSQL's five letters for it, which quote nothing: 28P01 is a wrong password, 3D000 no such database."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    state = getattr(cause, "sqlstate", None)
    why = tls_failure(error)
    if why is not None:
        return f"{type(error).__name__}, {why}"
    return f"{type(error).__name__}, SQLSTATE {state}" if isinstance(state, str) else type(error).__name__


def _engine(address: Address) -> AsyncEngine:
    if address.sqlite:
        engine = create_async_engine(
            address.url, connect_args={"timeout": _SECONDS}, pool_size=_CONNECTIONS, pool_timeout=_SECONDS
        )
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
        return engine
    return create_async_engine(
        address.url,
        connect_args={"timeout": _SECONDS, "command_timeout": _SECONDS, **address.arguments},
        pool_size=_CONNECTIONS,
        pool_timeout=_SECONDS,
        pool_pre_ping=True,
        pool_recycle=1800,
    )


def _prepare_sqlite(connection: Any, _: object) -> None:
    connection.isolation_level = None  # transactions begin where we say so
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _upgrade(connection: Connection) -> None:
    if _revision(connection) == HEAD:
        return
    logging.getLogger("alembic").setLevel(logging.WARNING)  # before it is imported: it tells of its plugins then
    from alembic import command  # noqa: PLC0415 -- needed once, and slow to load
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError:  # it does not know the revision that it found
        raise NewerTables from None


def _revision(connection: Connection) -> str | None:
    """The revision of the tables; None of an empty database."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def _private_folder(folder: Path) -> None:
    """Create the folder for us alone.

    Raises:
        StoreUnavailable: it cannot be.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise StoreUnavailable(f"the folder of the store cannot be made: {error.strerror}") from None
