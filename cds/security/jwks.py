"""Keys that an issuer publishes, fetched when they are needed and kept.

- A known key is used as long as the last set that could be fetched has it: a JWKS that is down locks nobody out.
- A set older than its lifetime is fetched again; a call that has its key waits a moment for that, and no longer.
- An unknown `kid` may be a new key, so the set is fetched, but never twice within the interval: tokens with invented
  names cannot make the service hammer anybody, and a rotated key is accepted at the latest after that interval.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

import httpx

from cds.outgoing import json_object
from cds.security.keys import Key, UnusableKey, read_keys

__all__ = ["FetchKeys", "JwksCache", "fetch_keys"]

FetchKeys = Callable[[str], Awaitable[Mapping[str, Key]]]

_MAX_BYTES = 262_144
_SECONDS = 3.0
_PATIENCE = 0.25  # seconds that a call with a known key waits for a newer set
_log = logging.getLogger("cds.security")


@dataclass(slots=True)
class _Published:
    """What is known of one address."""

    keys: Mapping[str, Key] = field(default_factory=dict)
    fetched: float | None = None
    tried: float | None = None
    running: asyncio.Task[None] | None = None


class JwksCache:
    """The keys of all addresses that the operator listed.

    Args:
        lifetime: seconds after which a set is fetched again.
        interval: least seconds between two fetches of one address.
        fetch: gets a set; raises `UnusableKey`, `httpx.HTTPError`, `OSError`, `TimeoutError` or `ValueError`.
        clock: a clock that only goes forward, in seconds.
    """

    def __init__(
        self, lifetime: float, interval: float, fetch: FetchKeys, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._lifetime = lifetime
        self._interval = interval
        self._fetch = fetch
        self._clock = clock
        self._sets: dict[str, _Published] = {}

    async def key(self, jku: str, kid: str) -> Key | None:
        """A key by its name, from an address that the caller has found on the operator's list; None if it has no such key."""
        published = self._sets.setdefault(jku, _Published())
        known = published.keys.get(kid)
        if known is not None and not self._old(published):
            return known
        task = self._refresh(jku, published)
        if task is not None:
            await asyncio.wait({task}, timeout=_PATIENCE if known is not None else None)
        return published.keys.get(kid)

    async def close(self) -> None:
        """Give up what is under way."""
        running = [published.running for published in self._sets.values() if published.running is not None]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def _old(self, published: _Published) -> bool:
        return published.fetched is None or self._clock() - published.fetched >= self._lifetime

    def _refresh(self, jku: str, published: _Published) -> asyncio.Task[None] | None:
        """The fetch under way, a new one, or None where the last was too short a time ago."""
        if published.running is None:
            now = self._clock()
            if published.tried is not None and now - published.tried < self._interval:
                return None
            published.tried = now
            published.running = asyncio.create_task(self._load(jku, published))
        return published.running

    async def _load(self, jku: str, published: _Published) -> None:
        try:
            published.keys = await self._fetch(jku)
            published.fetched = self._clock()
        except (UnusableKey, httpx.HTTPError, OSError, TimeoutError, ValueError) as error:
            known = f"; {len(published.keys)} known keys stay in use" if published.keys else ""
            _log.warning("the JWKS %s cannot be fetched (%s)%s", jku, _why(error), known)
        finally:
            published.running = None


async def fetch_keys(jku: str) -> Mapping[str, Key]:
    """Get a JWKS: at most 256 KiB within 3 seconds, from that address and no other.

    Raises:
        UnusableKey: what came is no JWKS.
        httpx.HTTPError, OSError, TimeoutError: it could not be had.
        ValueError: what came is no JSON object, or too large.
    """
    status, found = await json_object("GET", jku, seconds=_SECONDS, most=_MAX_BYTES)
    if status != httpx.codes.OK:
        raise UnusableKey(f"it answered {status}")
    return read_keys(found)


def _why(error: BaseException) -> str:
    return str(error) if isinstance(error, UnusableKey) else type(error).__name__
