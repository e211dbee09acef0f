"""Answers to what went wrong."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cds.protocol.errors import (
    BodyTooLarge,
    HeadersTooLarge,
    InternalError,
    LimitExceeded,
    MethodNotAllowed,
    Overloaded,
    ProtocolError,
    RequestError,
    RequestTimeout,
    TooManyRequests,
    UnknownAddress,
)
from cds.telemetry import current, limited, log_failure

__all__ = ["ErrorBoundary", "error_response", "json_response", "on_http_error", "on_protocol_error"]

_LIMITS: dict[type[ProtocolError], str] = {
    BodyTooLarge: "body",
    HeadersTooLarge: "headers",
    LimitExceeded: "content",
    Overloaded: "load",
    RequestTimeout: "time to send",
    TooManyRequests: "rate",
}
"""Which limit was hit, in the words of logs and metrics."""


def json_response(content: bytes, *, status: int = 200, language: str | None = None) -> Response:
    """JSON that may not be cached: it is about one patient, now.

    Args:
        content: the JSON.
        status: HTTP status.
        language: of its words, where it is negotiated.
    """
    headers = {"Cache-Control": "no-store"}
    if language is not None:
        headers |= {"Content-Language": language, "Vary": "Accept-Language"}
    return Response(content, status, headers, "application/json")


def error_response(error: ProtocolError) -> Response:
    """An error as OperationOutcome; its type is noted for the log."""
    current().error = type(error).__name__
    limit = _LIMITS.get(type(error))
    if limit is not None:
        limited(limit)
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
        except ClientDisconnect as gone:
            current().error = type(gone).__name__
        except Exception as error:  # noqa: BLE001 -- the boundary is where everything else ends
            log_failure("a request failed", error)
            if not started:
                await error_response(InternalError())(scope, receive, send)
