"""The service as an ASGI application: routes and their order, nothing medical.

GET  /cds-services        discovery
POST /cds-services/{id}   a hook call
GET  /rules …             pages, where they are given
GET  /healthz             the process lives
GET  /readyz              the example order has been evaluated; 503 before
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Protocol, TypeVar

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response as HttpResponse
from starlette.routing import BaseRoute, Route

from cds.examples import ORDER_SIGN
from cds.http.body import check_media_type, read_body
from cds.http.errors import (
    ErrorBoundary,
    error_response,
    json_response,
    log_failure,
    on_http_error,
    on_protocol_error,
)
from cds.language import LANGUAGES, Language, catalogue, negotiate
from cds.protocol.discovery import encode_discovery
from cds.protocol.errors import NotReady, ProtocolError
from cds.protocol.request import HookRequest, decode_request, service_for, service_for_hook
from cds.protocol.response import Response, encode_response
from cds.security import NO_ISSUERS, Issuer, Issuers
from cds.settings import Settings

__all__ = ["create_app"]

K_contra = TypeVar("K_contra", contravariant=True)


class Evaluate(Protocol[K_contra]):
    """The pure function that answers a call."""

    def __call__(
        self,
        request: HookRequest,
        knowledge: K_contra,
        settings: Settings,
        now: datetime,
        /,
        *,
        language: Language,
        issuer: Issuer | None,
    ) -> Response:
        """The cards, in the language given and for the issuer that calls, if it is known."""


def create_app(
    settings: Settings,
    knowledge: K_contra,
    evaluate: Evaluate[K_contra],
    pages: Iterable[BaseRoute] = (),
    *,
    issuers: Issuers = NO_ISSUERS,
) -> Starlette:
    """Assemble the service.

    Args:
        settings: what the environment decides.
        knowledge: what the rules rest on, loaded and checked; handed to `evaluate` as it is.
        evaluate: the pure function that answers a call. What it raises becomes a 500, never an empty answer.
        pages: routes of pages for people.
        issuers: who may be calling.
    """

    def answer(request: HookRequest, language: Language, issuer: Issuer | None) -> Response:
        return evaluate(request, knowledge, settings, datetime.now().astimezone(), language=language, issuer=issuer)

    calls = _Calls(settings, answer, issuers)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        calls.warm_up()
        yield

    app = Starlette(
        routes=[
            Route("/cds-services", calls.discovery, methods=["GET"]),
            Route("/cds-services/{service_id}", calls.hook, methods=["POST"]),
            Route("/healthz", calls.healthz, methods=["GET"]),
            Route("/readyz", calls.readyz, methods=["GET"]),
            *pages,
        ],
        middleware=[
            Middleware(
                CORSMiddleware,
                allow_origins=settings.cors_origins,
                allow_methods=("GET", "POST"),
                allow_headers=("authorization", "content-type"),
            ),
            Middleware(ErrorBoundary),
        ],
        exception_handlers={ProtocolError: on_protocol_error, HTTPException: on_http_error},
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False
    return app


class _Calls:
    """The endpoints, around one way to answer a hook call."""

    def __init__(
        self, settings: Settings, answer: Callable[[HookRequest, Language, Issuer | None], Response], issuers: Issuers
    ) -> None:
        self._settings = settings
        self._answer = answer
        self._issuers = issuers
        self._discovery = encode_discovery()
        self._ready = False

    def warm_up(self) -> None:
        """Evaluate the example, so that the first real order finds everything loaded. A failure keeps the service unready."""
        body = ORDER_SIGN.read_bytes()
        try:
            for language in LANGUAGES:
                catalogue(language)
            encode_response(self._answer(decode_request(body, service_for_hook(body)), self._settings.language, None))
        except Exception as error:  # noqa: BLE001 -- whatever it is, the service lives and is not ready
            log_failure("the example order could not be evaluated, so the service is not ready", error)
        else:
            self._ready = True

    async def discovery(self, _: Request) -> HttpResponse:
        return HttpResponse(self._discovery, media_type="application/json")

    async def hook(self, request: Request) -> HttpResponse:
        service = service_for(request.path_params["service_id"])
        check_media_type(request)
        call = decode_request(await read_body(request, self._settings.max_body), service)
        issuer = self._issuers.of_server(call.fhir_server)
        language = negotiate(
            request.headers.get("accept-language"), self._settings.language, issuer=issuer.language if issuer else None
        )
        response = json_response(encode_response(self._answer(call, language, issuer)))
        response.headers["Content-Language"] = language
        response.headers.add_vary_header("Accept-Language")
        return response

    async def healthz(self, _: Request) -> HttpResponse:
        return json_response(b'{"status":"alive"}')

    async def readyz(self, _: Request) -> HttpResponse:
        return json_response(b'{"status":"ready"}') if self._ready else error_response(NotReady())
