"""Two ways to write that SQL has and SQLAlchemy says differently for each database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from cds.store.tables import Base, Tally

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite

__all__ = ["add_counts", "insert_into", "insert_new"]

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
    statement = insert_into(session, table).on_conflict_do_nothing().returning(*returning)
    return (await session.execute(statement, list(rows))).all()


async def add_counts(session: AsyncSession, rows: Rows) -> None:
    """Add each row's count to that of its day, issuer, unit, hook, kind, name and detail.

    Args:
        session: a transaction.
        rows: of `Tally`, no two with the same key. In one order always, so that two writers wait for each other in turn and never both.
    """
    insert = insert_into(session, Tally)
    key = list(Tally.__table__.primary_key)
    statement = insert.on_conflict_do_update(
        index_elements=key, set_={"count": Tally.__table__.c.count + insert.excluded.count}
    )
    await session.execute(statement, list(rows))


def insert_into(session: AsyncSession, table: type[Base]) -> sqlite.Insert | postgresql.Insert:
    """The insert of the session's database, which tells what to do with a row that is there."""
    if session.get_bind().dialect.name == "sqlite":
        from sqlalchemy.dialects.sqlite import insert as sqlite_insert  # noqa: PLC0415 -- one of the two is loaded

        return sqlite_insert(table)
    from sqlalchemy.dialects.postgresql import insert as postgresql_insert  # noqa: PLC0415

    return postgresql_insert(table)
