"""The databases of the store's tests."""

from tests.store.conftest import database, postgresql

__all__ = ["database", "postgresql"]
