"""Alembic's environment: migrates over the connection that `Store.open` hands on, inside its transaction."""

from __future__ import annotations

from alembic import context

from cds.store.tables import Base

context.configure(
    connection=context.config.attributes["connection"], target_metadata=Base.metadata, transactional_ddl=False
)
context.run_migrations()
