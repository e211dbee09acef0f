"""What outlives a call: a small SQL database, SQLite beside the service or PostgreSQL for several replicas.

Knows nothing of what it keeps but its tables.
"""

from cds.store import registry_tables
from cds.store.engine import ForeignSecret, Store, StoreUnavailable, sqlite_url
from cds.store.remembered import Memory
from cds.store.replays import StoredReplays

__all__ = [
    "ForeignSecret",
    "Memory",
    "Store",
    "StoreUnavailable",
    "StoredReplays",
    "registry_tables",
    "sqlite_url",
]
