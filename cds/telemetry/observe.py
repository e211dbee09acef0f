"""The outermost layer: gives every request its record and tells it when the request has ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import structlog
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cds.telemetry.metrics import Metrics
from cds.telemetry.record import CURRENT, Record, request_id

if TYPE_CHECKING:
    from cds.telemetry.spans import Spans

__all__ = ["REQUEST_ID", "SERVER_TIMING", "Observed", "Telemetry"]

REQUEST_ID = "X-Request-Id"
SERVER_TIMING = "Server-Timing"
_REQUEST_ID = REQUEST_ID.lower().encode()
_SERVER_TIMING = SERVER_TIMING.lower().encode()

_WHERE = ("issuer", "service", "hook")
_WHAT = ("error", "refusal", "unknown", "fetch_failures", "limits", "feedback")
"""Members of a record that are told where there is something to tell."""
_CLIENT_GONE = 499  # as proxies log a client that did not wait
_FIRST_ERROR = 400
_FIRST_FAULT = 500
_NS_PER_US = 1000
_US_PER_MS = 1000
_QUIET = frozenset({"/healthz", "/readyz", "/metrics"})
"""Asked every few seconds by machines: logged only where something is wrong, or at level debug."""


class Telemetry:
    """Where one service tells what it does.

    Args:
        build: what is running: `version` and `knowledge`.
        spans: traces, where they are asked for.
    """

    def __init__(self, build: Mapping[str, str], spans: Spans | None = None) -> None:
        self.metrics = Metrics(build)
        self._spans = spans
        self._log = structlog.get_logger("cds")

    def ended(self, record: Record, scope: Scope, status: int | None) -> None:
        """Tell a request that has ended.

        Args:
            record: what was noted of it.
            scope: of the request; only the route that answered it, and `traceparent`, are looked at.
            status: HTTP status; None where nothing was answered.
        """
        whole = record.whole()
        route = getattr(scope.get("route"), "path", "none")
        outcome = _outcome(record, status)
        spent = record.spent | {
            "whole": whole
        }  # a copy: an evaluation that was given up may still be running, and add to its record
        self.metrics.count(record, status or _CLIENT_GONE, spent)
        self._write(record, route, status, outcome, spent)
        if self._spans is not None:
            traceparent = Headers(scope=scope).get("traceparent")
            self._spans.tell(record, route=route, status=status, outcome=outcome, whole=whole, traceparent=traceparent)

    def close(self) -> None:
        """The service ends: what has not been sent is sent."""
        self.metrics.close()
        if self._spans is not None:
            self._spans.close()

    def _write(self, record: Record, route: str, status: int | None, outcome: str, spent: Mapping[str, int]) -> None:
        tell = self._log.info
        if status is not None and status >= _FIRST_FAULT:
            tell = self._log.error
        elif route in _QUIET:
            tell = self._log.debug
        told: dict[str, Any] = {"request_id": record.id, "route": route, **_said(record, _WHERE)}
        if status is not None:
            told["status"] = status
        told |= {"outcome": outcome, **_said(record, _WHAT)}
        for name, findings in (("rules", record.findings), ("silenced", record.silenced)):
            if findings:
                told[name] = dict(findings)
        if record.concerned:
            told["cards"] = len(record.cards)
        if record.silenced_cards:
            told["silenced_cards"] = len(record.silenced_cards)
        told["ms"] = {phase: ns // _NS_PER_US / _US_PER_MS for phase, ns in spent.items()}
        tell("request", **told)


class Observed:
    """Pure ASGI: a record for the request, its id and the timings on the answer, and an ending that is always told.

    Args:
        app: the layers inside.
        telemetry: where it is told.
    """

    def __init__(self, app: ASGIApp, telemetry: Telemetry) -> None:
        self._app = app
        self._telemetry = telemetry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application and tell how it went."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = next((value for name, value in scope["headers"] if name == _REQUEST_ID), None)
        record = Record(request_id(None if given is None else given.decode("latin-1")))
        status: int | None = None

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                more = [(_REQUEST_ID, record.id.encode())]
                if record.service is not None:
                    more.append((_SERVER_TIMING, _server_timing(record).encode()))
                message["headers"] = [*message.get("headers", ()), *more]
            await send(message)

        token = CURRENT.set(record)
        in_flight = self._telemetry.metrics.in_flight
        in_flight.inc()
        try:
            await self._app(scope, receive, watch)
        finally:
            in_flight.dec()
            CURRENT.reset(token)
            self._telemetry.ended(record, scope, status)


def _said(record: Record, names: tuple[str, ...]) -> dict[str, Any]:
    """Those members of a record that say something."""
    return {name: value for name in names if (value := getattr(record, name))}


def _server_timing(record: Record) -> str:
    spent = record.spent | {"whole": record.whole()}
    return ", ".join([f"{phase};dur={ns // _NS_PER_US / _US_PER_MS}" for phase, ns in spent.items()])


def _outcome(record: Record, status: int | None) -> str:
    """How a request ended, in one of nine words."""
    match status:
        case None:
            return "client gone"
        case 429 | 503:
            return "overloaded" if record.limits else "unavailable"
        case _ if status >= _FIRST_FAULT:
            return "failed"
        case _ if status >= _FIRST_ERROR:
            return "refused"
    if record.concerned is None:
        return "served"
    if not record.concerned:
        return "not concerned"
    return "cards" if record.cards else "no cards"
