"""What outlives a call: a small SQL database, SQLite beside the service or PostgreSQL for several replicas.

Knows nothing of what it keeps but its tables.
"""

from cds.store import registry_tables
from cds.store.address import address_of
from cds.store.engine import ForeignSecret, NewerTables, Store, StoreUnavailable, sqlite_url
from cds.store.remembered import Memory
from cds.store.replays import StoredReplays
from cds.store.sessions import StoredSessions

__all__ = [
    "ForeignSecret",
    "Memory",
    "NewerTables",
    "Store",
    "StoreUnavailable",
    "StoredReplays",
    "StoredSessions",
    "address_of",
    "registry_tables",
    "sqlite_url",
]
