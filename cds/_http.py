"""HTTP without medicine: reading a bounded body, answering errors, logging them without clinical data."""

from __future__ import annotations

import logging
import traceback

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cds.protocol.errors import (
    BodyTooLarge,
    InternalError,
    MethodNotAllowed,
    ProtocolError,
    RequestError,
    UnknownAddress,
    UnsupportedMediaType,
)

_log = logging.getLogger("cds")

_UTF8 = frozenset({"utf-8", "utf8", "us-ascii", ""})


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


def check_media_type(request: Request) -> None:
    """Accept JSON and FHIR JSON in UTF-8, and a client that does not say.

    Raises:
        UnsupportedMediaType: it says something else.
    """
    given = request.headers.get("content-type", "")
    media_type, *parameters = (part.strip().lower() for part in given.split(";"))
    if media_type not in ("", "application/json") and not (
        media_type.startswith("application/") and media_type.endswith("+json")
    ):
        raise UnsupportedMediaType("Content-Type must be application/json")
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "charset" and value.strip().strip('"') not in _UTF8:
            raise UnsupportedMediaType("Content-Type must be application/json in UTF-8")
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("", "identity"):
        raise UnsupportedMediaType("Content-Encoding is not supported; send the body uncompressed")


async def read_body(request: Request, limit: int) -> bytes:
    """The body, read no further than the limit.

    Args:
        request: the request.
        limit: largest body, in bytes.

    Raises:
        BodyTooLarge: the body is, or claims to be, larger.
    """
    announced = request.headers.get("content-length", "")
    if announced.isascii() and announced.isdigit() and int(announced) > limit:
        raise BodyTooLarge(limit)
    chunks: list[bytes] = []
    received = 0
    async for chunk in request.stream():
        received += len(chunk)
        if received > limit:
            raise BodyTooLarge(limit)
        chunks.append(chunk)
    return b"".join(chunks)


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
