"""How much is read from a FHIR server at most, so that none can fill the memory or keep the service busy."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Allowance", "Limits"]


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that is read.

    Attributes:
        pages: of one search.
        entries: of one search, over all its pages.
        page_bytes: of one answer, unpacked.
        call_bytes: of all answers for one call, unpacked.
        requests: for one call, retries and redirects included.
        concurrent: requests at a time for one call.
        connections: of the process, over all servers.
    """

    pages: int = 10
    entries: int = 2_000
    page_bytes: int = 4_194_304
    call_bytes: int = 16_777_216
    requests: int = 120
    concurrent: int = 12
    connections: int = 100


@dataclass(slots=True)
class Allowance:
    """What is left of the limits of one call.

    Attributes:
        bytes: still to be read.
        requests: still to be sent.
    """

    bytes: int
    requests: int

    @classmethod
    def of(cls, limits: Limits) -> Allowance:
        """The whole of it."""
        return cls(limits.call_bytes, limits.requests)
