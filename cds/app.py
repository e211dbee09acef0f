"""The service as an ASGI application: routes and their order, nothing medical.

GET  /cds-services        discovery
POST /cds-services/{id}   a hook call
POST /cds-services/{id}/feedback   what became of cards, where it is kept
GET  /rules …             pages, where they are given
GET  /healthz             the process lives
GET  /readyz              the example order has been evaluated; 503 before, and while the process stops
GET  /metrics             figures for Prometheus, to whom they are open
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager, nullcontext
from datetime import datetime
from typing import Protocol, TypeVar

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response as HttpResponse
from starlette.routing import BaseRoute, Route

from cds import __version__
from cds.authentication import Admission, Authentication
from cds.evaluation import Pending
from cds.evaluation.report import Answer, Lap, untimed
from cds.examples import ORDER_SIGN
from cds.feedback import FeedbackLog, Tallies
from cds.feedback_endpoint import counted, feedback_routes
from cds.fetch import Fetching, clock
from cds.fhir.asking import Ask, Fetched
from cds.fhir.prefetch import NOTHING_FETCHED
from cds.http.body import check_media_type, read_body
from cds.http.cors import SharedCalls
from cds.http.errors import (
    ErrorBoundary,
    error_response,
    json_response,
    on_http_error,
    on_protocol_error,
)
from cds.http.load import Load
from cds.language import LANGUAGES, Language, catalogue, negotiate
from cds.protocol.discovery import SERVICES, Service, encode_discovery, for_trials
from cds.protocol.errors import NotReady, ProtocolError
from cds.protocol.request import HookRequest, decode_request, service_for, service_for_hook
from cds.protocol.response import encode_response
from cds.rtu.registry import Registry
from cds.security import NO_ISSUERS, NO_SECRET, Issuer, Issuers, Keys
from cds.security.issuers import namespace_of
from cds.settings import Settings
from cds.store import Store, StoreUnavailable
from cds.telemetry import Observed, Telemetry, current, fetch_failed, log_failure, metrics_endpoint

__all__ = ["create_app"]

_log = logging.getLogger("cds.store")

K_contra = TypeVar("K_contra", contravariant=True)

_HOOKS = {service.id: service.hook for service in SERVICES}
_EXPOSED = ("content-language", "server-timing", "x-request-id")
"""Headers of answers that scripts of other origins may read."""


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
        keys: Keys,
        fetched: Mapping[str, Fetched],
        lap: Lap,
    ) -> Answer | Pending:
        """The cards, in the language given and for the issuer that calls, if it is known; or what a registry has to be asked first.

        `lap` is told the end of each phase.
        """


class Wanted(Protocol[K_contra]):
    """The pure function that tells what a call still needs from the EHR's FHIR server."""

    def __call__(
        self,
        request: HookRequest,
        knowledge: K_contra,
        settings: Settings,
        now: datetime,
        fetched: Mapping[str, Fetched],
        /,
        *,
        issuer: Issuer | None,
    ) -> Mapping[str, Ask]:
        """What to ask next; nothing where no more is needed."""


def create_app(
    settings: Settings,
    knowledge: K_contra,
    evaluate: Evaluate[K_contra],
    pages: Iterable[BaseRoute] = (),
    *,
    wanted: Wanted[K_contra] | None = None,
    issuers: Issuers = NO_ISSUERS,
    trusted: bool = True,
    telemetry: Telemetry | None = None,
    store: Store | None = None,
    keys: Keys = NO_SECRET,
    registry: Registry | None = None,
    feedback: FeedbackLog | None = None,
) -> Starlette:
    """Assemble the service.

    Args:
        settings: what the environment decides.
        knowledge: what the rules rest on, loaded and checked; handed to `evaluate` as it is.
        evaluate: the pure function that answers a call. What it raises becomes a 500, never an empty answer.
        pages: routes of pages for people.
        wanted: what a call still needs from the EHR's FHIR server; nothing is ever asked without it.
        issuers: who may call; anybody where there are none.
        trusted: whether the issuers prove who they are; else the service is for trials, and discovery says so.
        telemetry: where logs, metrics and traces go; metrics of its own without one.
        store: what outlives a call is kept there; without one nothing is, and there can be no issuers.
        keys: of the service.
        registry: of the French programme; without one only the EHR's record is evidence.
        feedback: where what is told of cards is kept; without it nobody is asked to tell.
    """
    told = telemetry or Telemetry({"version": __version__, "knowledge": "unknown"})

    def answer(
        request: HookRequest, language: Language, issuer: Issuer | None, fetched: Mapping[str, Fetched], lap: Lap
    ) -> Answer | Pending:
        now = datetime.now().astimezone()
        return evaluate(
            request, knowledge, settings, now, language=language, issuer=issuer, keys=keys, fetched=fetched, lap=lap
        )

    def plan(request: HookRequest, issuer: Issuer | None, fetched: Mapping[str, Fetched]) -> Mapping[str, Ask]:
        now = datetime.now().astimezone()
        return wanted(request, knowledge, settings, now, fetched, issuer=issuer) if wanted else {}

    admission = Admission(settings, issuers, store)
    load = Load(settings.serving, by_address=issuers == NO_ISSUERS)
    services = SERVICES if trusted else for_trials(SERVICES)
    tallies = None if store is None else Tallies(store)
    calls = _Calls(
        settings, answer, plan, admission=admission, load=load, services=services, registry=registry, tallies=tallies
    )
    told_of_cards = () if feedback is None else feedback_routes(settings, admission, load, feedback)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        calls.warm_up()
        if store is not None:
            await _open(store)
        try:
            async with (
                Fetching(issuers, settings.budget_ms / 1000) as fetching,
                nullcontext() if tallies is None else tallies.written(),
            ):
                calls.fetching = fetching
                yield
                calls.fetching = None
        finally:
            await admission.close()
            if store is not None:
                await store.close()
            told.close()

    app = Starlette(
        routes=[
            Route("/cds-services", calls.discovery, methods=["GET"]),
            Route("/cds-services/{service_id}", calls.hook, methods=["POST"]),
            *told_of_cards,
            Route("/healthz", calls.healthz, methods=["GET"]),
            Route("/readyz", calls.readyz, methods=["GET"]),
            Route("/metrics", metrics_endpoint(told.metrics, settings.metrics), methods=["GET"]),
            *pages,
        ],
        middleware=[
            Middleware(Observed, told),
            Middleware(
                SharedCalls,
                allow_origins=settings.cors_origins,
                allow_methods=("GET", "POST"),
                allow_headers=("authorization", "content-type", "x-request-id"),
                expose_headers=_EXPOSED,
                allow_private_network=not trusted,  # the public sandbox calls from a page on the internet
            ),
            Middleware(ErrorBoundary),
            Middleware(Authentication, admission),
        ],
        exception_handlers={ProtocolError: on_protocol_error, HTTPException: on_http_error},
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False
    app.state.stop = calls.stop
    return app


async def _open(store: Store) -> None:
    """Open the store. One that is down is tried again with the first call that needs it."""
    try:
        await store.open()
    except StoreUnavailable as error:
        _log.error("%s; what needs it is answered 503 until it is back", error)


class _Answers(Protocol):
    """The evaluation with all that stays the same from call to call."""

    def __call__(
        self,
        request: HookRequest,
        language: Language,
        issuer: Issuer | None,
        fetched: Mapping[str, Fetched],
        lap: Lap,
        /,
    ) -> Answer | Pending:
        """The cards, with a report for the log."""


class _Plan(Protocol):
    """What a call still needs, with all that stays the same from call to call."""

    def __call__(
        self, request: HookRequest, issuer: Issuer | None, fetched: Mapping[str, Fetched], /
    ) -> Mapping[str, Ask]:
        """What to ask next."""


class _Calls:
    """The endpoints, around one way to answer a hook call."""

    def __init__(
        self,
        settings: Settings,
        answer: _Answers,
        plan: _Plan,
        *,
        admission: Admission,
        load: Load,
        services: Iterable[Service],
        registry: Registry | None,
        tallies: Tallies | None,
    ) -> None:
        self.fetching: Fetching | None = None  # while the process serves
        self._settings = settings
        self._answer = answer
        self._plan = plan
        self._admission = admission
        self._load = load
        self._registry = registry
        self._tallies = tallies
        self._discovery = encode_discovery(services)
        self._ready = False
        self._stopping = False

    def warm_up(self) -> None:
        """Evaluate the example, so that the first real order finds everything loaded. A failure keeps the service unready."""
        body = ORDER_SIGN.read_bytes()
        try:
            for language in LANGUAGES:
                catalogue(language)
            call = decode_request(body, service_for_hook(body))
            begun = self._answer(call, self._settings.language, None, NOTHING_FETCHED, untimed)
            encode_response((begun.finish(None) if isinstance(begun, Pending) else begun).response)
        except Exception as error:  # noqa: BLE001 -- whatever it is, the service lives and is not ready
            log_failure("the example order could not be evaluated, so the service is not ready", error)
        else:
            self._ready = True

    async def discovery(self, _: Request) -> HttpResponse:
        return HttpResponse(self._discovery, media_type="application/json")

    async def hook(self, request: Request) -> HttpResponse:
        record = current()
        service_id = request.path_params["service_id"]
        record.service, record.hook = (service_id, _HOOKS[service_id]) if service_id in _HOOKS else ("other", "other")
        service = service_for(service_id)
        check_media_type(request)
        self._load.arrived(request)
        body = await read_body(request, self._settings.max_body, self._settings.serving.read_seconds)
        record.lap("receive")
        async with self._load.in_flight():
            return await self._answered(request, service, body)

    async def _answered(self, request: Request, service: Service, body: bytes) -> HttpResponse:
        record = current()
        since = clock()
        call = decode_request(body, service, self._settings.limits)
        issuer = self._admission.caller(request, call.fhir_server)
        record.issuer = issuer.name if issuer else None
        self._load.of(record.issuer, request)
        record.lap("decode")
        language = negotiate(
            request.headers.get("accept-language"), self._settings.language, issuer=issuer.language if issuer else None
        )
        fetched = await self._fetch(call, issuer, since, len(body))
        record.lap("fetch")
        size = len(body) + _bytes(fetched)
        begun = await self._load.workers.run(size, lambda: self._answer(call, language, issuer, fetched, record.lap))
        answer = await self._finished(begun, namespace_of(issuer, call.fhir_server), size)
        cards = tuple(card.indicator for card in answer.response.cards)
        report = answer.report
        record.concerned, record.cards = report.concerned, cards
        record.findings, record.unknown = report.findings, report.unknown
        response = json_response(encode_response(answer.response))
        record.lap("encode")
        if self._tallies is not None:
            self._tallies.note(counted(call, answer))
        response.headers["Content-Language"] = language
        response.headers.add_vary_header("Accept-Language")
        return response

    async def _finished(self, begun: Answer | Pending, namespace: str, size: int) -> Answer:
        """The answer; where the French programme is concerned, when its registry has been asked."""
        if not isinstance(begun, Pending):
            return begun
        known = None if self._registry is None else await self._registry.ask(namespace, begun.question)
        current().lap("registry")
        return await self._load.workers.run(size, lambda: begun.finish(known))

    async def _fetch(self, call: HookRequest, issuer: Issuer | None, since: float, size: int) -> Mapping[str, Fetched]:
        """What the EHR did not send and its FHIR server holds, as far as the budget goes."""
        if self.fetching is None or call.fhir_server is None:
            return NOTHING_FETCHED

        async def plan(fetched: Mapping[str, Fetched]) -> Mapping[str, Ask]:
            return await self._load.workers.run(size + _bytes(fetched), lambda: self._plan(call, issuer, fetched))

        fetched = await self.fetching.fetch(call.fhir_server, call.fhir_authorization, issuer, plan, since)
        for answer in fetched.values():
            if answer.failure is not None:
                fetch_failed(answer.failure.template)
        return fetched

    async def healthz(self, _: Request) -> HttpResponse:
        return json_response(b'{"status":"alive"}')

    async def readyz(self, _: Request) -> HttpResponse:
        if self._stopping:
            return error_response(NotReady("it is stopping"))
        return json_response(b'{"status":"ready"}') if self._ready else error_response(NotReady())

    def stop(self) -> None:
        """Say from now on that the service is not ready; calls are still answered."""
        self._stopping = True


def _bytes(fetched: Mapping[str, Fetched]) -> int:
    return sum(len(page) for more in fetched.values() for page in more.pages)
