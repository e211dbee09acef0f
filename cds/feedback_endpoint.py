"""What is remembered of cards, over HTTP: answers are counted, and `POST /cds-services/{id}/feedback` tells what became of them.

What was told is on the disk before it is acknowledged; what is counted is written when there is time.
"""

from __future__ import annotations

import logging
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from cds.authentication import Admission
from cds.evaluation.report import Answer
from cds.feedback import AnsweredCall, FeedbackLog, Shown
from cds.http.body import check_media_type, read_body
from cds.http.errors import json_response
from cds.http.load import Load
from cds.protocol.errors import NotStored
from cds.protocol.feedback import decode_feedback, encode_taken
from cds.protocol.request import HookRequest, service_for
from cds.settings import Settings
from cds.store import StoreUnavailable
from cds.telemetry import current

__all__ = ["counted", "feedback_routes"]

_NS_PER_S = 1_000_000_000
_log = logging.getLogger("cds.feedback")


def feedback_routes(settings: Settings, admission: Admission, load: Load, log: FeedbackLog) -> tuple[Route, ...]:
    """Where feedback is taken; arguments as of `_Endpoint`."""
    endpoint = _Endpoint(settings, admission, load, log)
    return (Route("/cds-services/{service_id}/feedback", endpoint.taken, methods=["POST"]),)


def counted(call: HookRequest, answer: Answer) -> AnsweredCall:
    """What is counted of the call that is being answered."""
    record, report = current(), answer.report
    return AnsweredCall(
        issuer=record.issuer or "",
        unit=report.unit,
        hook=call.hook,
        concerned=report.concerned,
        findings=report.findings,
        silenced=report.silenced,
        silenced_cards=report.silenced_cards,
        unknown=report.unknown,
        cards=tuple(
            Shown(card.uuid, card.source.topic.code, card.indicator)
            for card in answer.response.cards
            if card.source.topic is not None
        ),
        seconds=record.whole() / _NS_PER_S,
    )


class _Endpoint:
    """Takes feedback.

    Args:
        settings: what the environment decides.
        admission: tells who calls.
        load: what the process takes on.
        log: where feedback is kept.
    """

    def __init__(self, settings: Settings, admission: Admission, load: Load, log: FeedbackLog) -> None:
        self._settings = settings
        self._admission = admission
        self._load = load
        self._log = log

    async def taken(self, request: Request) -> Response:
        """Read, keep, acknowledge.

        Raises:
            ProtocolError: nothing can be used, or nothing could be kept.
        """
        service = service_for(request.path_params["service_id"])
        check_media_type(request)
        self._load.arrived(request)
        body = await read_body(request, self._settings.max_body, self._settings.serving.read_seconds)
        async with self._load.in_flight:
            return await self._kept(request, service.id, body)

    async def _kept(self, request: Request, service: str, body: bytes) -> Response:
        record = current()
        feedback = decode_feedback(body, self._settings.limits)
        issuer = self._admission.caller(request, None)
        record.issuer = issuer.name if issuer else None
        self._load.of(record.issuer, request)
        now = datetime.now().astimezone()
        try:
            kept = await self._log.record(record.issuer or "", service, feedback.items, now)
        except StoreUnavailable as error:
            _log.error("feedback was answered 503: %s", error)
            raise NotStored from None
        record.outcomes = tuple((rule or "unknown", outcome) for rule, outcome in kept.outcomes)
        record.feedback = {
            "received": len(feedback.items),
            "repeated": kept.repeated,
            "unknown": kept.unknown,
            "left_out": len(feedback.left_out),
        }
        return json_response(
            encode_taken(
                received=len(feedback.items),
                repeated=kept.repeated,
                unknown=kept.unknown,
                left_out=feedback.left_out,
            )
        )
