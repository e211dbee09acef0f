"""A small service that does everything right, and ways to do one thing wrong."""

from __future__ import annotations

import asyncio
import copy
import json
from collections.abc import Callable
from typing import Any

import jwt
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

SERVICE = {
    "hook": "order-sign",
    "id": "right",
    "title": "Right",
    "description": "Does everything right",
    "usageRequirements": "None",
    "prefetch": {
        "patient": "Patient/{{context.patientId}}",
        "user": "{{context.userId}}",
        "role": "PractitionerRole/{{userPractitionerRoleId}}",
        "labs": "Observation?patient={{context.patientId}}&code:in=urn:labs&date=ge2020-01-01&_sort=-date&_count=5",
    },
}
OTHER = {"hook": "patient-view", "id": "silent", "title": "Silent", "description": "Has nothing to say"}
RESOURCE = {"resourceType": "ServiceRequest", "id": "r1", "status": "draft"}
CODING = {"system": "https://example.org", "code": "c", "display": "Reason"}
CARD = {
    "uuid": "6a3c6f0e-0d6f-4a55-8b0b-0f6c4e1b2d11",
    "summary": "x" * 139,
    "detail": "**Detail**",
    "indicator": "info",
    "source": {
        "label": "Source",
        "url": "https://example.org",
        "icon": "https://example.org/i.png",
        "topic": dict(CODING),
    },
    "suggestions": [
        {
            "label": "Do",
            "uuid": "1f6d1b62-5a0e-4a5b-9a4f-7c3f4e7f2b10",
            "isRecommended": True,
            "actions": [
                {"type": "create", "description": "New", "resource": dict(RESOURCE)},
                {"type": "update", "description": "Other", "resource": dict(RESOURCE)},
                {"type": "delete", "description": "Away", "resourceId": "ServiceRequest/r1"},
            ],
        },
        {"label": "Leave", "isRecommended": False},
    ],
    "selectionBehavior": "at-most-one",
    "overrideReasons": [dict(CODING)],
    "links": [
        {"label": "Read", "url": "https://example.org/more", "type": "absolute"},
        {"label": "Start", "url": "https://example.org/app", "type": "smart", "appContext": "a"},
    ],
    "extension": {"org.example.more": {"a": 1}},
}
ANSWER = {"cards": [CARD], "systemActions": [{"type": "create", "description": "New", "resource": dict(RESOURCE)}]}
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Allow-Headers": "authorization, content-type",
}

Change = Callable[["Parts"], None]


class Parts:
    """What the service sends, open to change."""

    def __init__(self) -> None:
        self.discovery: Any = {"services": [copy.deepcopy(SERVICE), dict(OTHER)]}
        self.discovery_status = 200
        self.answer: Any = copy.deepcopy(ANSWER)
        self.media_type = "application/json"
        self.status = 200
        self.cors = dict(CORS)
        self.preflight_status = 200
        self.unknown = 404
        self.bad_json = 400
        self.wrong_hook = 400
        self.no_context = 400
        self.error_body = b'{"resourceType": "OperationOutcome"}'
        self.no_prefetch = 412
        self.outcomes = 200
        self.delay = 0.0
        self.feedback = 200
        self.calls: list[tuple[str, Any, str]] = []

    @property
    def card(self) -> Any:
        return self.answer["cards"][0]

    @property
    def service(self) -> Any:
        return self.discovery["services"][0]

    def error(self, status: int) -> Response:
        return Response(self.error_body, status, media_type="application/json")


def app_of(parts: Parts, guard: Callable[[Request], int | None] = lambda _: None) -> Starlette:
    """The service; `guard` gives the status with which it refuses a token, or None."""
    handlers = _Handlers(parts, guard)
    return Starlette(
        routes=[
            Route("/cds-services", handlers.discovery, methods=["GET"]),
            Route("/cds-services/{id}", handlers.hook, methods=["POST"]),
            Route("/cds-services/{id}", handlers.preflight, methods=["OPTIONS"]),
            Route("/cds-services/{id}/feedback", handlers.feedback, methods=["POST"]),
        ]
    )


class _Handlers:
    def __init__(self, parts: Parts, guard: Callable[[Request], int | None]) -> None:
        self._parts = parts
        self._guard = guard

    async def discovery(self, _: Request) -> Response:
        parts = self._parts
        return JSONResponse(parts.discovery, parts.discovery_status, parts.cors, parts.media_type)

    async def preflight(self, _: Request) -> Response:
        return Response(status_code=self._parts.preflight_status, headers=self._parts.cors)

    async def hook(self, request: Request) -> Response:
        parts = self._parts
        service_id = request.path_params["id"]
        body = await request.body()
        parts.calls.append((service_id, body, request.headers.get("authorization", "")))
        if (refused := self._guard(request)) is not None:
            return parts.error(refused)
        service = next((one for one in parts.discovery["services"] if one.get("id") == service_id), None)
        if service is None:
            return parts.error(parts.unknown)
        if (refused := self._refused(service, body)) is not None:
            return parts.error(refused)
        given = json.loads(body).get("prefetch", {}).values()
        if any(one["resourceType"] == "OperationOutcome" for one in given):
            return JSONResponse({"cards": []}, parts.outcomes, parts.cors)
        await asyncio.sleep(parts.delay)
        answer = {"cards": []} if service_id == "silent" else parts.answer
        return JSONResponse(answer, parts.status, parts.cors, parts.media_type)

    def _refused(self, service: dict[str, Any], body: bytes) -> int | None:
        parts = self._parts
        try:
            call = json.loads(body)
        except ValueError:
            return parts.bad_json
        if call["hook"] != service["hook"]:
            return parts.wrong_hook
        if "context" not in call:
            return parts.no_context
        return parts.no_prefetch if service.get("prefetch") and not call.get("prefetch") else None

    async def feedback(self, request: Request) -> Response:
        self._parts.calls.append(("feedback", await request.body(), request.headers.get("authorization", "")))
        return Response(status_code=self._parts.feedback)


class Guard:
    """Checks tokens; what is named in `lax` it lets pass."""

    def __init__(self, public: Any, iss: str, *lax: str, status: int = 401) -> None:
        self._public = public
        self._iss = iss
        self._lax = lax
        self._status = status
        self._seen: set[str] = set()

    def __call__(self, request: Request) -> int | None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme != "Bearer":
            return None if "missing" in self._lax else self._status
        algorithm = jwt.get_unverified_header(token)["alg"]
        free = {"none": "none", "HS256": "symmetric"}.get(algorithm) in self._lax or "signature" in self._lax
        if not free and algorithm not in ("ES384", "RS384"):
            return self._status
        try:
            claims = jwt.decode(
                token,
                self._public,
                [algorithm],
                audience=str(request.url),
                options={
                    "verify_signature": not free,
                    "verify_aud": "audience" not in self._lax,
                    "verify_exp": "expired" not in self._lax,
                },
            )
        except jwt.PyJWTError:
            return self._status
        if claims["iss"] != self._iss and "issuer" not in self._lax:
            return self._status
        if claims["jti"] in self._seen and "replay" not in self._lax:
            return self._status
        self._seen.add(claims["jti"])
        return None
