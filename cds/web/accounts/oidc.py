"""OpenID Connect, from the client's side: discovery, the code flow with PKCE, state and nonce, the ID token.

Authlib writes the requests and checks the claims, joserfc the signature; what is fetched is bounded and comes from addresses that the operator's
provider names. Sources: OpenID Connect Core 1.0 §3.1, Discovery 1.0 §4, RFC 7636, RFC 9207.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import JWKRegistry, Key, KeySet
from joserfc.jws import JWSRegistry

from cds.outgoing import json_object

__all__ = ["ANYBODY", "NotTrusted", "Provider", "ProviderDown", "RelyingParty", "Someone"]

ANYBODY = ("*",)
_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"]
_SCOPE = "openid profile email"
_SECONDS = 5.0
_MAX_BYTES = 262_144
_LIFETIME = 3600.0  # seconds for which what the provider publishes is kept
_SKEW = 30  # seconds
_NAMES = ("name", "preferred_username", "email", "sub")
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class ProviderDown(Exception):
    """The provider does not answer, or not as one. The message holds nothing of anybody."""


class NotTrusted(Exception):
    """What the provider says of somebody does not prove it. The message names the check, and nothing of anybody."""


@dataclass(frozen=True, slots=True)
class Provider:
    """Where people sign in.

    Attributes:
        issuer: its address.
        client_id: how it knows this service.
        client_secret: the secret between the two; None for a public client.
        groups: whose members may sign in; `("*",)`, `ANYBODY`, for anybody whom it knows. Of none, nobody may.
    """

    issuer: str
    client_id: str
    client_secret: str | None
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Someone:
    """Who signed in at the provider.

    Attributes:
        name: as the page shows it.
        allowed: whether the provider's groups let them in.
    """

    name: str
    allowed: bool


class RelyingParty:
    """This service, as the provider sees it.

    Args:
        provider: where people sign in.
        redirect_uri: the address to which it sends them back.
        clock: a clock that only goes forward, in seconds.
    """

    def __init__(self, provider: Provider, redirect_uri: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._provider = provider
        self._redirect_uri = redirect_uri
        self._clock = clock
        self._published: tuple[float, Mapping[str, Any]] | None = None
        self._keys: tuple[float, KeySet] | None = None

    async def address(self, *, state: str, nonce: str, verifier: str, language: str) -> str:
        """Where a person signs in.

        Args:
            state: comes back with the person.
            nonce: comes back in the ID token.
            verifier: proves, when the code is redeemed, that who redeems it asked for it.
            language: of the person.

        Raises:
            ProviderDown: it does not say where.
        """
        metadata = await self._metadata()
        uri: str = prepare_grant_uri(
            metadata["authorization_endpoint"],
            client_id=self._provider.client_id,
            response_type="code",
            redirect_uri=self._redirect_uri,
            scope=_SCOPE,
            state=state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
            ui_locales=language,
        )
        return uri

    async def someone(self, code: str, *, nonce: str, verifier: str, issuer: str | None) -> Someone:
        """Who came back with a code.

        Args:
            code: what the provider gave.
            nonce: what the request for it carried.
            verifier: the same.
            issuer: `iss` of the answer, where the provider sends it (RFC 9207).

        Raises:
            ProviderDown: it does not answer.
            NotTrusted: the code, the token or one of its claims will not do.
        """
        metadata = await self._metadata()
        if issuer is not None and issuer != metadata["issuer"]:
            raise NotTrusted("the answer is of another issuer")
        token = await self._redeem(metadata["token_endpoint"], code, verifier)
        claims = await self._claims(metadata, token, nonce)
        shown = next((claims[key] for key in _NAMES if isinstance(claims.get(key), str) and claims[key].strip()), "")
        return Someone(shown, self._may_enter(claims.get("groups")))

    def _may_enter(self, groups: object) -> bool:
        if self._provider.groups == ANYBODY:
            return True
        named = [groups] if isinstance(groups, str) else groups if isinstance(groups, list) else []
        return any(group in self._provider.groups for group in named if isinstance(group, str))

    async def _redeem(self, endpoint: str, code: str, verifier: str) -> Mapping[str, Any]:
        fields = {"code": code, "code_verifier": verifier, "client_id": self._provider.client_id}
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        auth = None
        if self._provider.client_secret is not None:  # client_secret_basic, which every provider has to offer
            auth = httpx.BasicAuth(
                quote(self._provider.client_id, safe=""), quote(self._provider.client_secret, safe="")
            )
        body = prepare_token_request("authorization_code", redirect_uri=self._redirect_uri, **fields)
        status, answer = await _ask("POST", endpoint, content=body, headers=headers, auth=auth)
        if status == httpx.codes.BAD_REQUEST:
            raise NotTrusted("the code was not accepted")
        if status != httpx.codes.OK:
            raise ProviderDown(f"its token endpoint answered {status}")
        return answer

    async def _claims(self, metadata: Mapping[str, Any], token: Mapping[str, Any], nonce: str) -> Mapping[str, Any]:
        given = token.get("id_token")
        if not isinstance(given, str):
            raise NotTrusted("there is no ID token")
        registry = JWSRegistry(algorithms=_ALGORITHMS, strict_check_header=False)
        options = {
            "iss": {"essential": True, "value": metadata["issuer"]},
            "aud": {"essential": True, "value": self._provider.client_id},
        }
        expected = {
            "nonce": nonce,
            "client_id": self._provider.client_id,
            "access_token": token.get("access_token"),
        }
        try:
            try:
                read = jwt.decode(given, await self._key_set(metadata), registry=registry)
            except InvalidKeyIdError:  # a new key
                read = jwt.decode(given, await self._key_set(metadata, anew=True), registry=registry)
            claims = CodeIDToken(read.claims, read.header, options, expected)
            claims.validate(leeway=_SKEW)
        except (JoseError, ValueError, TypeError) as error:
            raise NotTrusted(f"its ID token: {type(error).__name__}") from None
        return claims  # type: ignore[no-any-return]  # a dict, of a package without types

    async def _metadata(self) -> Mapping[str, Any]:
        """What the provider publishes of itself."""
        now = self._clock()
        if self._published is None or now - self._published[0] > _LIFETIME:
            status, found = await _ask("GET", f"{self._provider.issuer.rstrip('/')}/.well-known/openid-configuration")
            if status != httpx.codes.OK:
                raise ProviderDown(f"its configuration answered {status}")
            if str(found.get("issuer", "")).rstrip("/") != self._provider.issuer.rstrip("/"):
                raise ProviderDown("its configuration is of another issuer")
            local = urlsplit(self._provider.issuer).scheme == "http"
            for name in _ENDPOINTS:
                if not str(found.get(name, "")).startswith(("https://", "http://") if local else "https://"):
                    raise ProviderDown(f"its configuration has no {name} over HTTPS")
            self._published = (now, found)
        return self._published[1]

    async def _key_set(self, metadata: Mapping[str, Any], *, anew: bool = False) -> KeySet:
        now = self._clock()
        if anew or self._keys is None or now - self._keys[0] > _LIFETIME:
            status, found = await _ask("GET", metadata["jwks_uri"])
            if status != httpx.codes.OK:
                raise ProviderDown(f"its keys answered {status}")
            self._keys = (now, _keys_of(found))
        return self._keys[1]


def _keys_of(published: Mapping[str, Any]) -> KeySet:
    """The keys of a JWK Set; those of another kind, or that cannot be read, are left out (RFC 7517 §5).

    Raises:
        ProviderDown: it is no JWK Set, or has no key that can be used.
    """
    listed = published.get("keys")
    if not isinstance(listed, list):
        raise ProviderDown("what it publishes as its keys is no JWK Set")
    keys: list[Key] = []
    for each in listed:
        if isinstance(each, dict):
            with contextlib.suppress(JoseError, LookupError, TypeError, ValueError):
                keys.append(JWKRegistry.import_key(each))
    if not keys:
        raise ProviderDown("it publishes no key that can be used")
    return KeySet(keys)


async def _ask(
    method: str,
    address: str,
    *,
    content: str | None = None,
    headers: Mapping[str, str] | None = None,
    auth: httpx.BasicAuth | None = None,
) -> tuple[int, Mapping[str, Any]]:
    """Ask the provider: at most 256 KiB within 5 seconds, and no other address than this one.

    Raises:
        ProviderDown: no JSON object came.
    """
    try:
        return await json_object(
            method, address, seconds=_SECONDS, most=_MAX_BYTES, content=content, headers=headers or {}, auth=auth
        )
    except (httpx.HTTPError, httpx.InvalidURL, OSError, TimeoutError, ValueError) as error:
        raise ProviderDown(type(error).__name__) from None
