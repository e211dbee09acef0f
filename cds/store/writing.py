"""Two ways to write that SQL has and SQLAlchemy says differently for each database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from cds.store.tables import Base, Tally

__all__ = ["add_counts", "insert_new"]

Rows = Sequence[Mapping[str, Any]]


async def insert_new(
    session: AsyncSession, table: type[Base], rows: Rows, *returning: InstrumentedAttribute[Any]
) -> Sequence[Row[Any]]:
    """Insert the rows that break no unique key; the others are there already.

    Args:
        session: a transaction.
        table: where.
        rows: values by column; at least one row.
        returning: columns to tell of each row that was inserted; at least one.
    """
    statement = _insert(session, table).on_conflict_do_nothing().returning(*returning)
    return (await session.execute(statement, list(rows))).all()


async def add_counts(session: AsyncSession, rows: Rows) -> None:
    """Add each row's count to that of its day, issuer, unit, hook, kind, name and detail.

    Args:
        session: a transaction.
        rows: of `Tally`, no two with the same key. In one order always, so that two writers wait for each other in turn and never both.
    """
    insert = _insert(session, Tally)
    key = list(Tally.__table__.primary_key)
    statement = insert.on_conflict_do_update(
        index_elements=key, set_={"count": Tally.__table__.c.count + insert.excluded.count}
    )
    await session.execute(statement, list(rows))


def _insert(session: AsyncSession, table: type[Base]) -> sqlite.Insert | postgresql.Insert:
    return sqlite.insert(table) if session.get_bind().dialect.name == "sqlite" else postgresql.insert(table)
