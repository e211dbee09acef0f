"""Who calls: the issuer whose key signed the token, or a reason for the log why nobody is believed.

In this order: the issuer is on the operator's list, the token is for this address, its times hold, its tenant is on the list, its
signature is made with a key of that issuer, and it was not seen before.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from cds.security.addresses import address_of, is_loopback
from cds.security.issuers import Issuer, Issuers
from cds.security.jwks import JwksCache
from cds.security.keys import Key
from cds.security.tokens import Refused, Token, read_token, verify

__all__ = ["Authenticator", "Call", "Replays", "TokenRules", "bases_of"]

_MARGIN = 60  # seconds that a token is remembered beyond its life, for replicas whose clocks differ


class Replays(Protocol):
    """What all workers and replicas remember together."""

    async def first_use(self, issuer: str, jti: str, until: int) -> bool:
        """Whether this token identifier was not seen before; it is from now on, until that second since 1970 at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRules:
    """How long a token holds.

    Attributes:
        skew: seconds that the clocks may differ.
        max_age: seconds after `iat` from which a token is too old, whatever its `exp`.
    """

    skew: int = 30
    max_age: int = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call before anything of it is believed.

    Attributes:
        authorizations: the values of its Authorization headers.
        path: what it calls below the base address, `/cds-services/…`.
        bases: the base addresses under which it may have been called.
        local: whether the client is on this machine, and no proxy sent it.
    """

    authorizations: Sequence[str]
    path: str
    bases: Sequence[str]
    local: bool


class Authenticator:
    """Tells who calls.

    Args:
        issuers: whom the operator knows.
        rules: how long a token holds.
        published: the keys that issuers publish.
        replays: what was seen before.
        now: seconds since 1970.
    """

    def __init__(
        self,
        issuers: Issuers,
        rules: TokenRules,
        published: JwksCache,
        replays: Replays,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._issuers = issuers
        self._rules = rules
        self._published = published
        self._replays = replays
        self._now = now

    async def caller(self, call: Call) -> Issuer | None:
        """The issuer that calls; None for a call without a token that may have none, which `unsigned` attributes.

        Raises:
            Refused: it does not prove who it is.
        """
        if not call.authorizations:
            if call.local and any(issuer.authentication == "none" for issuer in self._issuers.known):
                return None
            raise Refused("there is no token")
        token = read_token(_bearer(call.authorizations))
        issuer = self._issuers.of_iss(token.text_claim("iss"))
        if issuer is None:
            raise Refused("iss is not in the file of issuers")
        try:
            await self._check(token, issuer, call)
        except Refused as reason:
            raise Refused(f"{issuer.name}: {reason}") from None
        return issuer

    def unsigned(self, fhir_server: str | None) -> Issuer:
        """The issuer to which a call without a token belongs, by its FHIR server, or without one where a single issuer can be meant.

        Raises:
            Refused: it belongs to nobody whose calls are accepted without a token.
        """
        open_ones = [issuer for issuer in self._issuers.known if issuer.authentication == "none"]
        if fhir_server is not None:
            found = self._issuers.of_server(fhir_server)
            if found in open_ones and found is not None:
                return found
        elif len(open_ones) == 1:
            return open_ones[0]
        raise Refused("there is no token, and the call belongs to nobody who may call without one")

    async def _check(self, token: Token, issuer: Issuer, call: Call) -> None:
        _check_audience(token, issuer, call)
        until = self._check_times(token)
        if issuer.tenants and token.claims.get("tenant") not in issuer.tenants:
            raise Refused("the tenant is not on its list")
        jti = token.text_claim("jti")
        verify(token, await self._key(token, issuer))
        if not await self._replays.first_use(issuer.iss, jti, until):
            raise Refused("the token was seen before")

    def _check_times(self, token: Token) -> int:
        """Check the times; the second until which the token could be accepted, and a little more."""
        now, skew = self._now(), self._rules.skew
        expires, issued, not_before = (token.time_claim(name) for name in ("exp", "iat", "nbf"))
        if expires is None or issued is None:
            raise Refused("exp or iat is missing")
        if now >= expires + skew:
            raise Refused("the token has expired")
        if issued > now + skew or (not_before is not None and not_before > now + skew):
            raise Refused("the token is from the future")
        if now >= issued + self._rules.max_age + skew:
            raise Refused("the token is too old")
        return int(min(expires, issued + self._rules.max_age)) + skew + _MARGIN

    async def _key(self, token: Token, issuer: Issuer) -> Key:
        for key in issuer.keys:
            if key.kid == token.kid:
                return key
        if token.jku is not None and token.jku not in issuer.jku:
            raise Refused("kid is none of its keys in the file, and jku is not on its list")
        for jku in issuer.jku if token.jku is None else (token.jku,):
            key_there = await self._published.key(jku, token.kid)
            if key_there is not None:
                return key_there
        raise Refused("kid is none of its keys")


def _bearer(authorizations: Sequence[str]) -> str:
    if len(authorizations) > 1:
        raise Refused("there is more than one Authorization header")
    scheme, _, token = authorizations[0].strip().partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Refused("the Authorization header holds no bearer token")
    return token.strip()


def _check_audience(token: Token, issuer: Issuer, call: Call) -> None:
    given = token.claims.get("aud")
    audiences = [given] if isinstance(given, str) else given
    if not isinstance(audiences, list) or not audiences or not all(isinstance(each, str) for each in audiences):
        raise Refused("aud is missing or no text")
    if issuer.audience:
        fits = any(each in issuer.audience for each in audiences)
    else:
        # Feedback goes to an address below the service's own; clients sign for either.
        paths = dict.fromkeys((call.path, call.path.removesuffix("/feedback")))
        expected = {address_of(base + path) for base in call.bases for path in paths} - {None}
        fits = any(address_of(each) in expected for each in audiences)
    if not fits:
        raise Refused("aud is not the address that was called")


def bases_of(public_url: str, host: str, *, configured: bool, local: bool) -> tuple[str, ...]:
    """The base addresses under which a call may have been made.

    Args:
        public_url: the service's own.
        host: the call's Host header.
        configured: whether the operator gave the public URL. Where not, a client on this machine may use any of its names.
        local: whether the client is on this machine.
    """
    called = address_of(f"http://{host}") if host and local and not configured else None
    if called is None or called[3] or not is_loopback(called[1]):
        return (public_url,)
    return (public_url, f"http://{host}")
