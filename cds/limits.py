"""How much one call may ask for.

Each limit has its environment variable in `cds.settings`. `docs/reliability.md` has the measurements behind the defaults.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["LIMITS", "Limits", "Serving"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds on the content of a call, beside its size in bytes.

    Attributes:
        depth: objects and arrays inside one another, counted from the call's own object.
        string: bytes of one JSON string in UTF-8.
        orders: entries among the drafted orders.
        entries: entries read of one prefetched Bundle; the rest is left unread and said.
        total_entries: entries read of all that is prefetched; the rest is left unread and said.
        dosing_text: characters of dosing instructions in words, of all orders and reports together.
        units: different units of measurement in the quantities of a call.
    """

    depth: int = 64
    string: int = 262_144
    orders: int = 100
    entries: int = 1_000
    total_entries: int = 4_000
    dosing_text: int = 100_000
    units: int = 200


LIMITS = Limits()
"""The defaults."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """Bounds on what one process takes on.

    Attributes:
        header: bytes of a request's line and headers.
        connections: open at one time.
        in_flight: calls in hand at one time.
        rate: calls a second of one caller, on average over ten seconds.
        read_seconds: for a request's headers, and again for its body.
        seconds: for one evaluation.
        idle_seconds: that a connection stays open without a request.
        drain_seconds: between the signal to stop and the end of accepting calls.
        stop_seconds: for what is then still in hand.
    """

    header: int = 16_384
    connections: int = 1_000
    in_flight: int = 100
    rate: int = 500
    read_seconds: int = 10
    seconds: int = 5
    idle_seconds: int = 15
    drain_seconds: int = 1
    stop_seconds: int = 10
