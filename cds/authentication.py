"""Who calls, over HTTP: everything below /cds-services needs a token where issuers are named; pages and probes do not.

A refusal is a bare 401; its reason stands in the log, and nothing of the token does.
"""

from __future__ import annotations

import logging
from pathlib import Path

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection, Request
from starlette.types import ASGIApp, Receive, Scope, Send

from cds.http.errors import error_response
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
from cds.store import Store, StoredReplays, StoreUnavailable, sqlite_url
from cds.telemetry import current, refused
from cds.telemetry.scrape import from_here

__all__ = ["Admission", "Authentication"]

_GUARDED = "/cds-services"
_ISSUER = "cds.issuer"
_log = logging.getLogger("cds.security")


class Admission:
    """What tells who calls: the issuers, their keys and the tokens seen. Without issuers it is open, and there is no store.

    Args:
        settings: what the environment decides.
        issuers: who may call.
    """

    def __init__(self, settings: Settings, issuers: Issuers) -> None:
        self._settings = settings
        self._issuers = issuers
        self._store: Store | None = None
        self._published = JwksCache(settings.jwks_lifetime, settings.jwks_interval, fetch_keys)
        self._authenticator: Authenticator | None = None
        if issuers.known:
            self._store = Store(settings.database_url or sqlite_url(settings.data_dir or default_data_dir()))
            rules = TokenRules(skew=settings.jwt_skew, max_age=settings.jwt_max_age)
            self._authenticator = Authenticator(issuers, rules, self._published, StoredReplays(self._store))

    async def open(self) -> None:
        """Open the store. One that is down is tried again with the first call that needs it."""
        if self._store is not None:
            try:
                await self._store.open()
            except StoreUnavailable as error:
                _log.error("%s; calls that need it are answered 503 until it is back", error)

    async def close(self) -> None:
        """Close the store and give up what is under way."""
        await self._published.close()
        if self._store is not None:
            await self._store.close()

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
        call = Call(authorizations=headers.getlist("authorization"), path=_path(scope), bases=bases, local=local)
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
        path = _path(scope)
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


def default_data_dir() -> Path:
    """The folder of the database where none is set: the user's own for the data of programs."""
    return Path.home() / ".local" / "share" / "baclofen-cds"


def _path(scope: Scope) -> str:
    """The path below the prefix under which the service is mounted, as the router sees it."""
    path: str = scope["path"]
    prefix: str = scope.get("root_path", "")
    return path[len(prefix) :] if prefix and path.startswith(f"{prefix}/") else path


def _refusal(reason: Refused) -> NotAuthenticated:
    _log.warning("a call was refused: %s", reason)
    refused(str(reason).rpartition(": ")[2])
    return NotAuthenticated()
