"""A small OpenID Connect provider on loopback: it signs people in without asking, and can be told to do it wrongly."""

import base64
import contextlib
import hashlib
import secrets
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote, urlencode

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from starlette.applications import Starlette
from starlette.responses import JSONResponse, RedirectResponse
from starlette.routing import Route

from tests.security.serving import serving

CLIENT = "baclofen cds"
SECRET = "a secret: of two"


@dataclass
class Provider:
    """What it knows, what it was asked, and what it does wrongly.

    Attributes:
        claims: of the ID token, in place of what it would say; None leaves one out.
        answer: of the token endpoint, in place of what it would say.
        metadata: of the configuration, in place of what it would say.
        published: in place of its keys; None for its keys.
        others: stand before its keys.
        public: the client has no secret.
    """

    issuer: str = ""
    person: dict[str, Any] = field(
        default_factory=lambda: {"sub": "p7", "name": "Paula Pharmacist", "groups": ["ward"]}
    )
    claims: dict[str, Any] = field(default_factory=dict)
    answer: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    published: Any = None
    others: list[Any] = field(default_factory=list)
    public: bool = False
    key: Any = field(default_factory=lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048))
    kid: str = "k1"
    asked: list[str] = field(default_factory=list)
    authorizations: list[dict[str, str]] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    async def configuration(self, request):
        self.asked.append("configuration")
        return JSONResponse(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize?tenant=1",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                **self.metadata,
            }
        )

    async def keys(self, request):
        self.asked.append("keys")
        if self.published is not None:
            return JSONResponse(self.published)
        public = jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return JSONResponse({"keys": [*self.others, {**public, "kid": self.kid, "use": "sig", "alg": "RS256"}]})

    async def authorize(self, request):
        given = dict(request.query_params)
        self.authorizations.append(given)
        code = secrets.token_urlsafe(8)
        self.codes[code] = given
        back = {"code": code, "state": given["state"], "iss": self.issuer}
        return RedirectResponse(f"{given['redirect_uri']}?{urlencode(back)}", 302)

    async def token(self, request):
        form = dict(parse_qsl((await request.body()).decode()))
        given = self.codes.pop(form.get("code", ""), None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if (
            given is None
            or form.get("grant_type") != "authorization_code"
            or form.get("redirect_uri") != given["redirect_uri"]
            or challenge.rstrip(b"=").decode() != given["code_challenge"]
            or given["code_challenge_method"] != "S256"
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        if not self._is_client(request.headers.get("authorization"), form):
            return JSONResponse({"error": "invalid_client"}, 401)
        now = int(time.time())
        access = secrets.token_urlsafe(16)
        half = hashlib.sha256(access.encode()).digest()[:16]
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "exp": now + 300,
            "iat": now,
            "nonce": given["nonce"],
            "at_hash": base64.urlsafe_b64encode(half).rstrip(b"=").decode(),
            **self.person,
            **self.claims,
        }
        said = {name: value for name, value in claims.items() if value is not None}
        signed = jwt.encode(said, self.key, algorithm="RS256", headers={"kid": self.kid})
        return JSONResponse({"access_token": access, "token_type": "Bearer", "id_token": signed, **self.answer})

    def _is_client(self, authorization, form):
        if self.public:
            return authorization is None and form.get("client_id") == CLIENT
        name, _, secret = base64.b64decode((authorization or "").removeprefix("Basic ")).decode().partition(":")
        return (unquote(name), unquote(secret)) == (CLIENT, SECRET)


@contextlib.contextmanager
def provider():
    """A provider that runs."""
    made = Provider()
    app = Starlette(
        routes=[
            Route("/o/.well-known/openid-configuration", made.configuration),
            Route("/o/keys", made.keys),
            Route("/o/authorize", made.authorize),
            Route("/o/token", made.token, methods=["POST"]),
        ]
    )
    with serving(app) as base:
        made.issuer = f"{base}/o"
        yield made


def query_of(address):
    """The parameters of an address."""
    return {name: values[0] for name, values in parse_qs(address.partition("?")[2]).items()}
