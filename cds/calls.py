"""The endpoints of hook calls: discovery, the calls themselves, and whether the service is ready."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response as HttpResponse

from cds.authentication import Admission
from cds.evaluation import Pending
from cds.evaluation.report import Answer, Lap, untimed
from cds.examples import ORDER_SIGN
from cds.feedback import Tallies
from cds.feedback_endpoint import counted
from cds.fetch import Fetching, clock
from cds.fhir.asking import Ask, Fetched
from cds.fhir.prefetch import NOTHING_FETCHED
from cds.http.body import check_media_type, read_body
from cds.http.errors import error_response, json_response
from cds.http.load import Load
from cds.language import LANGUAGES, Language, catalogue, negotiate
from cds.protocol.discovery import SERVICES, Service, encode_discovery
from cds.protocol.errors import NotReady
from cds.protocol.request import HookRequest, decode_request, service_for, service_for_hook
from cds.protocol.response import Response, encode_response
from cds.rtu.registry import Registry
from cds.security import Issuer
from cds.security.issuers import namespace_of
from cds.settings import Settings
from cds.store import Store, StoreUnavailable
from cds.telemetry import current, fetch_failed, log_failure

__all__ = ["Calls", "open_store"]

_log = logging.getLogger("cds.store")
_HOOKS = {service.id: service.hook for service in SERVICES}


NOTHING_TO_SAY = Answer(Response(cards=()))
"""The answer to a call that does not concern the service."""


class Answers(Protocol):
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


class Plan(Protocol):
    """What a call still needs, with all that stays the same from call to call."""

    def __call__(
        self, request: HookRequest, issuer: Issuer | None, fetched: Mapping[str, Fetched], /
    ) -> Mapping[str, Ask]:
        """What to ask next."""


class Calls:
    """The endpoints, around one way to answer a hook call.

    Args:
        settings: what the environment decides.
        concerns: whether a call may concern the service, by its drafts alone; most do not, and are answered at once.
        answer: the evaluation.
        plan: what to ask the EHR's FHIR server.
        admission: tells who calls.
        load: what the process takes on.
        services: for discovery.
        registry: of the French programme; None where there is none.
        tallies: where answered calls are counted; None where nobody counts.
        store: what has to be opened once before the process is ready; None where there is none.
    """

    def __init__(
        self,
        settings: Settings,
        concerns: Callable[[HookRequest], bool],
        answer: Answers,
        plan: Plan,
        *,
        admission: Admission,
        load: Load,
        services: Iterable[Service],
        registry: Registry | None,
        tallies: Tallies | None,
        store: Store | None,
    ) -> None:
        self.fetching: Fetching | None = None  # while the process serves
        self._settings = settings
        self._concerns = concerns
        self._answer = answer
        self._plan = plan
        self._admission = admission
        self._load = load
        self._registry = registry
        self._tallies = tallies
        self._store = store
        self._opening: asyncio.Task[None] | None = None
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
        """The services there are."""
        return HttpResponse(self._discovery, media_type="application/json")

    async def hook(self, request: Request) -> HttpResponse:
        """A hook call."""
        record = current()
        service_id = request.path_params["service_id"]
        record.service, record.hook = (service_id, _HOOKS[service_id]) if service_id in _HOOKS else ("other", "other")
        service = service_for(service_id)
        check_media_type(request)
        self._load.arrived(request)
        body = await read_body(request, self._settings.max_body, self._settings.serving.read_seconds)
        record.lap("receive")
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
        if self._concerns(call):
            async with self._load.in_flight:
                answer = await self._evaluated(call, language, issuer, since, len(body))
        else:
            answer = NOTHING_TO_SAY
        cards = tuple(card.indicator for card in answer.response.cards)
        report = answer.report
        record.concerned, record.cards = report.concerned, cards
        record.findings, record.silenced, record.unknown = report.findings, report.silenced, report.unknown
        record.silenced_cards = report.silenced_cards
        response = json_response(encode_response(answer.response), language=language)
        record.lap("encode")
        if self._tallies is not None:
            self._tallies.note(counted(call, answer))
        return response

    async def _evaluated(
        self, call: HookRequest, language: Language, issuer: Issuer | None, since: float, size: int
    ) -> Answer:
        record = current()
        fetched = await self._fetch(call, issuer, since, size)
        record.lap("fetch")
        whole = size + _bytes(fetched)
        begun = await self._load.workers.run(whole, lambda: self._answer(call, language, issuer, fetched, record.lap))
        return await self._finished(begun, namespace_of(issuer, call.fhir_server), whole)

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
        """The process lives."""
        return json_response(b'{"status":"alive"}')

    async def readyz(self, _: Request) -> HttpResponse:
        """The example has been evaluated, the database has answered once, and the process does not stop.

        A database that goes away later leaves it ready: cards need none. One that never answered is a wrong address or password, and a
        process that has it must not take the place of one that works.
        """
        if self._stopping:
            return error_response(NotReady("it is stopping"))
        if self._store is not None and not self._store.opened:
            if self._opening is None or self._opening.done():
                self._opening = asyncio.create_task(open_store(self._store))
            return error_response(NotReady("its database has not answered yet"))
        return json_response(b'{"status":"ready"}') if self._ready else error_response(NotReady())

    def stop(self) -> None:
        """Say from now on that the service is not ready; calls are still answered."""
        self._stopping = True


async def open_store(store: Store) -> None:
    """Open the store. One that is down is tried again with the next question for readiness, and the first call that needs it."""
    try:
        await store.open()
    except StoreUnavailable as error:
        _log.error("%s; what needs it is answered 503 until it is back", error)


def _bytes(fetched: Mapping[str, Fetched]) -> int:
    return sum(len(page) for more in fetched.values() for page in more.pages)
