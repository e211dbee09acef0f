"""Which answers scripts of other origins may read: those of CDS Hooks, and no page."""

from __future__ import annotations

from starlette.middleware.cors import CORSMiddleware
from starlette.types import Receive, Scope, Send

from cds.http.paths import path_below

__all__ = ["SharedCalls"]

_SHARED = "/cds-services"


class SharedCalls(CORSMiddleware):
    """Starlette's CORS for what stands below /cds-services. Pages know who is signed in by a cookie; no other site reads one."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application, and say of calls who may read the answer."""
        if scope["type"] == "http" and any(name == b"origin" for name, _ in scope["headers"]):
            path = path_below(scope)
            if path == _SHARED or path.startswith(f"{_SHARED}/"):
                await super().__call__(scope, receive, send)
                return
        await self.app(scope, receive, send)  # no browser asks on behalf of a page elsewhere
