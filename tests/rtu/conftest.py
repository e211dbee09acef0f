"""The databases of the store's tests, for the registry."""

from tests.store.conftest import database, postgresql  # noqa: F401 -- pytest finds fixtures by name
