"""`GET /metrics`, for the machine itself unless the operator opens it."""

from __future__ import annotations

import ipaddress
from collections.abc import Awaitable, Callable
from typing import Literal

from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from cds.telemetry.metrics import Metrics

__all__ = ["from_here", "metrics_endpoint"]

Access = Literal["loopback", "direct", "open", "off"]

_OF_PROXIES = ("forwarded", "x-forwarded-for", "x-real-ip", "via")


def metrics_endpoint(metrics: Metrics, access: Access) -> Callable[[Request], Awaitable[Response]]:
    """The endpoint; to whom it is not open, there is nothing at its address.

    Args:
        metrics: the figures.
        access: `loopback` for clients on this machine that no proxy sent, `direct` for any that no proxy sent, `open` for everybody, `off` for nobody.
    """

    async def endpoint(request: Request) -> Response:
        if (
            access == "off"
            or (access == "loopback" and not from_here(request))
            or (access == "direct" and _from_proxy(request))
        ):
            raise HTTPException(404)
        content, media_type = metrics.exposition(request.headers.get("accept", ""))
        return Response(content, headers={"Content-Type": media_type, "Cache-Control": "no-store"})

    return endpoint


def from_here(connection: HTTPConnection) -> bool:
    """Whether the client itself is on this machine. A proxy on it is not the client, and says so by its headers."""
    if connection.client is None or _from_proxy(connection):
        return False
    try:
        return ipaddress.ip_address(connection.client.host).is_loopback
    except ValueError:
        return False


def _from_proxy(connection: HTTPConnection) -> bool:
    return any(name in connection.headers for name in _OF_PROXIES)
