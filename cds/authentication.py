"""Who calls, over HTTP: everything below /cds-services needs a token where issuers are named; pages and probes do not.

A refusal is a bare 401; its reason stands in the log, and nothing of the token does.
"""

from __future__ import annotations

import logging

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection, Request
from starlette.types import ASGIApp, Receive, Scope, Send

from cds.http.errors import error_response
from cds.http.paths import path_below
from cds.protocol.errors import NotAuthenticated, StoreDown
from cds.security import (
    Authenticator,
    Call,
    Issuer,
    Issuers,
    JwksCache,
    Refused,
    TokenRules,
    bases_of,
    fetch_keys,
)
from cds.settings import Settings
from cds.store import Store, StoredReplays, StoreUnavailable
from cds.telemetry import current, refused
from cds.telemetry.scrape import from_here

__all__ = ["Admission", "Authentication"]

_GUARDED = "/cds-services"
_ISSUER = "cds.issuer"
_log = logging.getLogger("cds.security")


class Admission:
    """What tells who calls: the issuers, their keys and the tokens seen. Without issuers it is open.

    Args:
        settings: what the environment decides.
        issuers: who may call.
        store: where the tokens seen are kept; needed where there are issuers.

    Raises:
        ValueError: there are issuers and no store.
    """

    def __init__(self, settings: Settings, issuers: Issuers, store: Store | None) -> None:
        self._settings = settings
        self._published = JwksCache(settings.jwks_lifetime, settings.jwks_interval, fetch_keys)
        self._authenticator: Authenticator | None = None
        if issuers.known:
            if store is None:
                raise ValueError("tokens that were seen have to be kept somewhere")
            rules = TokenRules(skew=settings.jwt_skew, max_age=settings.jwt_max_age)
            self._authenticator = Authenticator(issuers, rules, self._published, StoredReplays(store))

    async def close(self) -> None:
        """Give up what is under way."""
        await self._published.close()

    async def admit(self, scope: Scope) -> None:
        """Note in the scope who calls, where a token says it.

        Raises:
            NotAuthenticated: the call does not prove who it is.
            StoreDown: nobody can tell whether the token was seen before.
        """
        if self._authenticator is None or not self._guards(scope):
            return
        headers = Headers(scope=scope)
        local = from_here(HTTPConnection(scope))
        bases = bases_of(
            self._settings.public_url,
            headers.get("host", ""),
            configured=self._settings.public_url_is_given,
            local=local,
        )
        call = Call(authorizations=headers.getlist("authorization"), path=path_below(scope), bases=bases, local=local)
        try:
            scope[_ISSUER] = await self._authenticator.caller(call)
        except Refused as reason:
            raise _refusal(reason) from None
        except StoreUnavailable as error:
            _log.error("a call was answered 503: %s", error)
            raise StoreDown from None
        current().lap("authenticate")

    def caller(self, request: Request, fhir_server: str | None) -> Issuer | None:
        """Who makes a call that was admitted; None only where there are no issuers.

        Raises:
            NotAuthenticated: it has no token, and belongs to nobody who may call without.
        """
        if self._authenticator is None:
            return None
        issuer: Issuer | None = request.scope.get(_ISSUER)
        if issuer is not None:
            return issuer
        try:
            return self._authenticator.unsigned(fhir_server)
        except Refused as reason:
            raise _refusal(reason) from None

    def _guards(self, scope: Scope) -> bool:
        path = path_below(scope)
        if scope["method"] == "OPTIONS" or not path.startswith(_GUARDED):
            return False
        discovery = path == _GUARDED and scope["method"] in ("GET", "HEAD")
        return not (discovery and self._settings.open_discovery)


class Authentication:
    """Pure ASGI: lets through what is admitted."""

    def __init__(self, app: ASGIApp, admission: Admission) -> None:
        self._app = app
        self._admission = admission

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application for calls that may be made."""
        if scope["type"] == "http":
            try:
                await self._admission.admit(scope)
            except (NotAuthenticated, StoreDown) as error:
                await error_response(error)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _refusal(reason: Refused) -> NotAuthenticated:
    _log.warning("a call was refused: %s", reason)
    refused(str(reason).rpartition(": ")[2])
    return NotAuthenticated()
