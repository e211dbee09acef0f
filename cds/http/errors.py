"""Answers to what went wrong, and its log without clinical data."""

from __future__ import annotations

import logging
import traceback

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cds.protocol.errors import (
    InternalError,
    MethodNotAllowed,
    ProtocolError,
    RequestError,
    UnknownAddress,
)

__all__ = ["ErrorBoundary", "error_response", "json_response", "log_failure", "on_http_error", "on_protocol_error"]

_log = logging.getLogger("cds")


def json_response(content: bytes, *, status: int = 200) -> Response:
    """JSON that may not be cached: it is about one patient, now."""
    return Response(content, status, {"Cache-Control": "no-store"}, "application/json")


def error_response(error: ProtocolError) -> Response:
    """An error as OperationOutcome."""
    response = json_response(error.operation_outcome(), status=error.status)
    response.headers.update(error.headers)
    return response


async def on_protocol_error(_: Request, error: Exception) -> Response:
    """Starlette exception handler for our own errors."""
    if not isinstance(error, ProtocolError):
        raise error
    return error_response(error)


async def on_http_error(request: Request, error: Exception) -> Response:
    """Starlette exception handler for what the router raises."""
    match error:
        case HTTPException(status_code=404):
            return error_response(UnknownAddress("There is nothing at this address; discovery is at /cds-services"))
        case HTTPException(status_code=405):
            return error_response(MethodNotAllowed(request.method, (error.headers or {}).get("Allow", "GET")))
        case HTTPException():
            return error_response(RequestError("The request cannot be understood"))
        case _:
            raise error


class ErrorBoundary:
    """Pure ASGI: whatever was not foreseen is answered as 500.

    It is logged by its type and place, never by its message, which may quote the patient's record.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application inside the boundary."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watch)
        except ClientDisconnect:
            _log.info("the client went away before its request was complete")
        except Exception as error:  # noqa: BLE001 -- the boundary is where everything else ends
            log_failure("a request failed", error)
            if not started:
                await error_response(InternalError())(scope, receive, send)


def log_failure(what: str, error: BaseException) -> None:
    """Log an exception without its message: type and places, with those of its causes."""
    trail: list[str] = []
    current: BaseException | None = error
    while current is not None and len(trail) < 5:  # noqa: PLR2004 -- a chain of causes longer than this says no more
        frames = traceback.extract_tb(current.__traceback__)
        places = " < ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in reversed(frames))
        trail.append(f"{type(current).__module__}.{type(current).__qualname__} at {places or 'an unknown place'}")
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    _log.error("%s: %s", what, "; from ".join(trail))
