"""An EHR on loopback that starts SMART apps: FHIR server, authorisation, and what it can do wrongly."""

import base64
import contextlib
import hashlib
import secrets
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

import jwt
from starlette.applications import Starlette
from starlette.responses import JSONResponse, RedirectResponse
from starlette.routing import Route

from tests.security.serving import serving

CLIENT = "baclofen-registry"


@dataclass
class Ehr:
    """What it knows, what it was asked, and what it does wrongly.

    Attributes:
        base: its FHIR server.
        launches: by their names, what the token tells.
        metadata: of the configuration, in place of what it would say.
        answer: of the token endpoint, in place of what it would say; None leaves one out.
        claims: of the ID token, in place of what it would say.
        status: of the token endpoint.
    """

    base: str = ""
    launches: dict[str, dict[str, Any]] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    answer: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    status: int = 200
    asked: list[str] = field(default_factory=list)
    authorizations: list[dict[str, str]] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def open(self, patient, app_context=None):
        """A launch for a patient; its name."""
        name = secrets.token_urlsafe(8)
        self.launches[name] = {"patient": patient, **({"appContext": app_context} if app_context else {})}
        return name

    async def configuration(self, request):
        self.asked.append("configuration")
        return JSONResponse(
            {
                "authorization_endpoint": f"{self.base}/auth/authorize?tenant=1",
                "token_endpoint": f"{self.base}/auth/token",
                "code_challenge_methods_supported": ["S256"],
                "capabilities": ["launch-ehr", "client-public", "context-ehr-patient"],
                **self.metadata,
            }
        )

    async def authorize(self, request):
        given = dict(request.query_params)
        self.authorizations.append(given)
        code = secrets.token_urlsafe(8)
        self.codes[code] = given
        return RedirectResponse(f"{given['redirect_uri']}?{urlencode({'code': code, 'state': given['state']})}", 302)

    async def token(self, request):
        self.asked.append("token")
        form = dict(parse_qsl((await request.body()).decode()))
        given = self.codes.pop(form.get("code", ""), None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if (
            given is None
            or "authorization" in request.headers
            or form.get("client_id") != CLIENT
            or form.get("grant_type") != "authorization_code"
            or form.get("redirect_uri") != given["redirect_uri"]
            or challenge.rstrip(b"=").decode() != given["code_challenge"]
            or given["code_challenge_method"] != "S256"
            or given["aud"] != self.base
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        claims = {
            "aud": CLIENT,
            "exp": int(time.time()) + 300,
            "nonce": given["nonce"],
            "fhirUser": f"{self.base}/Practitioner/7",
            **self.claims,
        }
        said = {
            "access_token": secrets.token_urlsafe(16),
            "token_type": "Bearer",
            "scope": given["scope"],
            "id_token": jwt.encode({k: v for k, v in claims.items() if v is not None}, "k" * 32, algorithm="HS256"),
            **self.launches[given["launch"]],
            **self.answer,
        }
        return JSONResponse({name: value for name, value in said.items() if value is not None}, self.status)


@contextlib.contextmanager
def ehr():
    """An EHR that runs."""
    made = Ehr()
    app = Starlette(
        routes=[
            Route("/fhir/.well-known/smart-configuration", made.configuration),
            Route("/fhir/auth/authorize", made.authorize),
            Route("/fhir/auth/token", made.token, methods=["POST"]),
        ]
    )
    with serving(app) as base:
        made.base = f"{base}/fhir"
        yield made
