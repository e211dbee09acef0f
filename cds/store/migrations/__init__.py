"""Alembic's migrations, run by `Store.open`."""
