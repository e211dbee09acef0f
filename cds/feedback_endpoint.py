"""`POST /cds-services/{id}/feedback`: what was told is on the disk before it is acknowledged."""

from __future__ import annotations

import logging
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from cds.authentication import Admission
from cds.feedback import FeedbackLog
from cds.http.body import check_media_type, read_body
from cds.http.errors import json_response
from cds.http.load import Load
from cds.protocol.errors import NotStored
from cds.protocol.feedback import decode_feedback, encode_taken
from cds.protocol.request import service_for
from cds.settings import Settings
from cds.store import ForeignSecret, StoreUnavailable
from cds.telemetry import current

__all__ = ["FeedbackEndpoint"]

_log = logging.getLogger("cds.feedback")


class FeedbackEndpoint:
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
        async with self._load.in_flight():
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
        except (StoreUnavailable, ForeignSecret) as error:
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
