"""The service as an ASGI application: routes and their order, nothing medical.

GET  /cds-services        discovery
POST /cds-services/{id}   a hook call
POST /cds-services/{id}/feedback   what became of cards, where it is kept
GET  /rules …             pages, where they are given
GET  /healthz             the process lives
GET  /readyz              the example order has been evaluated and the database has answered once; 503 before, and while the process stops
GET  /metrics             figures for Prometheus, to whom they are open
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from datetime import datetime
from typing import Protocol, TypeVar

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Route

from cds import __version__
from cds.authentication import Admission, Authentication
from cds.calls import Calls, open_store
from cds.evaluation import Pending
from cds.evaluation.report import Answer, Lap
from cds.feedback import FeedbackLog, Retention, Tallies
from cds.feedback_endpoint import feedback_routes
from cds.fetch import Fetching
from cds.fhir.asking import Ask, Fetched
from cds.http.cors import SharedCalls
from cds.http.errors import (
    ErrorBoundary,
    on_http_error,
    on_protocol_error,
)
from cds.http.load import Load
from cds.language import Language
from cds.protocol.discovery import SERVICES, for_trials
from cds.protocol.errors import ProtocolError
from cds.protocol.request import HookRequest
from cds.rtu.registry import Registry
from cds.security import NO_ISSUERS, NO_SECRET, Issuer, Issuers, Keys
from cds.settings import Settings
from cds.store import Store
from cds.telemetry import Observed, Telemetry, metrics_endpoint

__all__ = ["create_app"]

K_contra = TypeVar("K_contra", contravariant=True)

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


class Concerns(Protocol[K_contra]):
    """The pure function that tells whether a call may concern the service, before its record is read."""

    def __call__(self, request: HookRequest, knowledge: K_contra, now: datetime, /) -> bool:
        """False where nothing of the record could make it answer a card."""


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
    concerns: Concerns[K_contra] | None = None,
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
        concerns: whether a call may concern the service, by its drafts alone; without it every call is evaluated.
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

    def may_concern(request: HookRequest) -> bool:
        return concerns is None or concerns(request, knowledge, datetime.now().astimezone())

    admission = Admission(settings, issuers, store)
    load = Load(settings.serving, by_address=issuers == NO_ISSUERS)
    services = SERVICES if trusted else for_trials(SERVICES)
    tallies = None if store is None else Tallies(store)
    retention = None if store is None or settings.keep_days is None else Retention(store, settings.keep_days)
    calls = Calls(
        settings,
        may_concern,
        answer,
        plan,
        admission=admission,
        load=load,
        services=services,
        registry=registry,
        tallies=tallies,
        store=store,
    )
    connected: object = registry
    if not isinstance(connected, AbstractAsyncContextManager):
        connected = nullcontext()
    told_of_cards = () if feedback is None else feedback_routes(settings, admission, load, feedback)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        calls.warm_up()
        if store is not None:
            await open_store(store)
        try:
            async with (
                connected,
                Fetching(issuers, settings.budget_ms / 1000) as fetching,
                nullcontext() if tallies is None else tallies.written(),
                nullcontext() if retention is None else retention.kept(),
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
