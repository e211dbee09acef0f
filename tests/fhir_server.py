"""A FHIR server on loopback that holds a few resources and can be slow, broken or hostile."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

Behaviour = Callable[[Request, "FhirServer"], Awaitable[Response]]
FHIR_JSON = "application/fhir+json"


@dataclass
class FhirServer:
    """The server's content, what it does instead of answering, and what it was asked.

    Attributes:
        base: its base URL.
        resources: what it holds.
        behaviours: by resource type, what it does with a query for it; `*` is any type.
        asked: path and query of every request, in order.
        tokens: the Authorization header of every request, in order.
        token: the only token it takes; None takes everybody.
        page: entries on a page.
    """

    base: str = ""
    resources: list[dict[str, Any]] = field(default_factory=list)
    behaviours: dict[str, Behaviour] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    tokens: list[str | None] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    token: str | None = None
    page: int = 200

    @property
    def types(self) -> list[str]:
        """The resource types asked for, in order."""
        return [asked.removeprefix("/fhir/").partition("?")[0].partition("/")[0] for asked in self.asked]

    async def answer(self, request: Request) -> Response:
        self.asked.append(request.url.path + (f"?{request.url.query}" if request.url.query else ""))
        self.tokens.append(request.headers.get("authorization"))
        self.headers.append(dict(request.headers))
        if self.token is not None and request.headers.get("authorization") != f"Bearer {self.token}":
            return outcome(401, "login")
        kind, _, bare = request.path_params["path"].partition("/")
        behaviour = self.behaviours.get(kind) or self.behaviours.get("*")
        if behaviour is not None:
            return await behaviour(request, self)
        found = [one for one in self.resources if one["resourceType"] == kind]
        if bare:
            one = next((one for one in found if one["id"] == bare), None)
            return fhir(one) if one else outcome(404, "not-found")
        return fhir(self.searchset(request, found))

    def searchset(self, request: Request, found: list[dict[str, Any]]) -> dict[str, Any]:
        codes = {token.rpartition("|")[2] for token in request.query_params.get("code", "").split(",")} - {""}
        hits = [one for one in found if not codes or _codes(one) & codes]
        offset = int(request.query_params.get("_offset", 0))
        shown = hits[offset : offset + self.page]
        bundle: dict[str, Any] = {"resourceType": "Bundle", "type": "searchset", "total": len(hits), "link": []}
        if shown:
            bundle["entry"] = [{"resource": one, "search": {"mode": "match"}} for one in shown]
        if offset + self.page < len(hits):
            following = request.url.include_query_params(_offset=offset + self.page)
            bundle["link"].append({"relation": "next", "url": str(following)})
        return bundle


def _codes(resource: dict[str, Any]) -> set[str]:
    return {coding.get("code", "") for coding in resource.get("code", {}).get("coding", ())}


def fhir(document: object, status: int = 200, **headers: str) -> Response:
    return Response(json.dumps(document), status, headers, FHIR_JSON)


def outcome(status: int, code: str) -> Response:
    issue = [{"severity": "error", "code": code, "diagnostics": "no: Jane Doe"}]
    return fhir({"resourceType": "OperationOutcome", "issue": issue}, status)


def status(code: int) -> Behaviour:
    async def behave(request: Request, server: FhirServer) -> Response:
        return outcome(code, "exception")

    return behave


def says(body: bytes | str, media_type: str = FHIR_JSON, **headers: str) -> Behaviour:
    async def behave(request: Request, server: FhirServer) -> Response:
        return Response(body, 200, {name.replace("_", "-"): value for name, value in headers.items()}, media_type)

    return behave


def redirects(location: str, code: int = 302) -> Behaviour:
    async def behave(request: Request, server: FhirServer) -> Response:
        return Response(b"", code, {"location": location.replace("{base}", server.base)})

    return behave


def leads_on(link: str) -> Behaviour:
    """A first page whose next one is somewhere else."""

    async def behave(request: Request, server: FhirServer) -> Response:
        links = [{"relation": "next", "url": link.replace("{base}", server.base)}]
        return fhir({"resourceType": "Bundle", "type": "searchset", "link": links})

    return behave


async def never(request: Request, server: FhirServer) -> Response:
    await asyncio.sleep(3600)
    raise AssertionError


async def endless(request: Request, server: FhirServer) -> Response:
    offset = int(request.query_params.get("_offset", 0))
    links = [{"relation": "next", "url": str(request.url.include_query_params(_offset=offset + 1))}]
    return fhir({"resourceType": "Bundle", "type": "searchset", "link": links})


async def dribbles(request: Request, server: FhirServer) -> Response:
    """Begins an answer and never ends it."""

    async def chunks():
        yield b'{"resourceType": "Bundle", "entry": ['
        await asyncio.sleep(3600)

    return StreamingResponse(chunks(), media_type=FHIR_JSON)


async def truncates(request: Request, server: FhirServer) -> Response:
    """Announces more than it sends."""
    return Response(b'{"resourceType": "Bundle", "ent', 200, {"content-length": "1000"}, FHIR_JSON)


async def packs(request: Request, server: FhirServer) -> Response:
    """A proper answer, packed."""
    kind = request.path_params["path"]
    found = server.searchset(request, [one for one in server.resources if one["resourceType"] == kind])
    return Response(gzip.compress(json.dumps(found).encode()), 200, {"content-encoding": "gzip"}, FHIR_JSON)


async def bombs(request: Request, server: FhirServer) -> Response:
    """A few kilobytes that unpack to 100 megabytes."""
    packed = gzip.compress(b'{"resourceType": "Bundle", "x": "' + b" " * 100_000_000 + b'"}')
    return Response(packed, 200, {"content-encoding": "gzip"}, FHIR_JSON)


async def floods(request: Request, server: FhirServer) -> Response:
    """Headers without end."""
    return Response(b"{}", 200, {f"x-{number}": "x" * 100 for number in range(20_000)}, FHIR_JSON)


def fails_once(code: int) -> Behaviour:
    """Fails the first time, and answers the second."""
    failed: set[str] = set()

    async def behave(request: Request, server: FhirServer) -> Response:
        key = str(request.url)
        if key not in failed:
            failed.add(key)
            return outcome(code, "transient")
        kind = request.path_params["path"]
        return fhir(server.searchset(request, [one for one in server.resources if one["resourceType"] == kind]))

    return behave


@contextlib.contextmanager
def serving() -> Iterator[FhirServer]:
    """A server for the time of a test."""
    server = FhirServer()
    app = Starlette(routes=[Route("/{where}/{path:path}", server.answer), Route("/{path:path}", server.answer)])
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server.base = f"http://127.0.0.1:{listener.getsockname()[1]}/fhir"
        config = uvicorn.Config(
            app, log_level="critical", lifespan="off", access_log=False, timeout_graceful_shutdown=0, log_config=None
        )
        running = uvicorn.Server(config)
        thread = threading.Thread(target=running.run, args=([listener],), daemon=True)
        thread.start()
        while not running.started:
            if not thread.is_alive():
                raise RuntimeError("the FHIR server did not start")
        try:
            yield server
        finally:
            running.should_exit = running.force_exit = True
            thread.join(5)
