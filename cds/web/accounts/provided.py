"""People sign in at an OpenID Connect provider.

GET  /sign-in            a page with the one link
GET  /sign-in/begin      to the provider
GET  /sign-in/callback   back from it
POST /sign-out
"""

from __future__ import annotations

import hmac
import logging
import secrets
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from cds.phrases import Phrase
from cds.security.sealed import NotSealed, seal, unseal
from cds.web.accounts.local import sign_out_route
from cds.web.accounts.next import safe_next
from cds.web.accounts.oidc import NotTrusted, Provider, ProviderDown, RelyingParty
from cds.web.accounts.sessions import CookieSessions
from cds.web.errors import PageError
from cds.web.frame import Area, Frame
from cds.web.headers import PRIVATE

__all__ = ["provided_area"]

_log = logging.getLogger("cds.web")
_COOKIE = "baclofen-cds-sign-in"
_SECONDS = 600  # for a person to sign in at the provider

_DOWN = Phrase("The sign-in service does not answer")
_WHY_DOWN = Phrase("You are not signed in. Try again in a moment; if it lasts, tell the people who run this service.")
_REFUSED = Phrase("You are not signed in")
_WHY_REFUSED = Phrase("The sign-in service ended the sign-in, or what it says cannot be trusted. Sign in again.")
_WHY_STRANGE = Phrase("This sign-in was not begun in this browser, or it took too long. Sign in again.")
_NOT_ALLOWED = Phrase("You may not see these pages")
_WHY_NOT_ALLOWED = Phrase(
    "You are known to the sign-in service, but belong to none of the groups that may see these pages. "
    "Ask the people who run this service."
)


class _Begun(msgspec.Struct, frozen=True, tag="sign-in", tag_field="kind"):
    """A sign-in that is under way, in a cookie of its own."""

    state: str
    nonce: str
    verifier: str
    then: str


def provided_area(
    provider: Provider,
    sessions: CookieSessions,
    *,
    key: bytes,
    public_url: str,
    clock: Callable[[], float] = time.time,
) -> Area:
    """The pages of people whom a provider knows.

    Args:
        provider: where they sign in.
        sessions: who is signed in.
        key: 32 bytes, `Keys.session`.
        public_url: how browsers reach the service.
        clock: seconds since 1970.
    """
    address = urlsplit(public_url)
    relying = RelyingParty(provider, f"{public_url}/sign-in/callback")
    sign_ins = _SignIns(key, f"{address.path.rstrip('/')}/sign-in", secure=address.scheme == "https", clock=clock)

    def area(frame: Frame) -> list[BaseRoute]:
        pages = _Pages(frame, provider, relying, sessions, sign_ins)
        return [
            frame.route("/sign-in", pages.sign_in),
            frame.route("/sign-in/begin", pages.begin),
            frame.route("/sign-in/callback", pages.callback),
            sign_out_route(frame, sessions),
        ]

    return area


class _SignIns:
    """Sign-ins that are under way, each in the cookie of its browser."""

    def __init__(self, key: bytes, path: str, *, secure: bool, clock: Callable[[], float]) -> None:
        self._key = key
        self._path = path
        self._secure = secure
        self._clock = clock

    def keep(self, response: Response, begun: _Begun) -> None:
        response.set_cookie(
            _COOKIE,
            seal(self._key, begun, int(self._clock()) + _SECONDS),
            max_age=_SECONDS,
            path=self._path,
            secure=self._secure,
            httponly=True,
            samesite="lax",
        )

    def of(self, request: Request) -> _Begun | None:
        try:
            return unseal(self._key, request.cookies.get(_COOKIE, ""), _Begun, self._clock())
        except NotSealed:
            return None

    def forget(self, response: Response) -> None:
        response.delete_cookie(_COOKIE, path=self._path, secure=self._secure, httponly=True, samesite="lax")


class _Pages:
    """The endpoints."""

    def __init__(
        self, frame: Frame, provider: Provider, relying: RelyingParty, sessions: CookieSessions, sign_ins: _SignIns
    ) -> None:
        self._frame = frame
        self._host = urlsplit(provider.issuer).hostname or ""
        self._relying = relying
        self._sessions = sessions
        self._sign_ins = sign_ins

    async def sign_in(self, request: Request) -> Response:
        then = safe_next(request.query_params.get("next"))
        if await self._frame.person(request) is not None:
            return self._frame.redirect(request, then)
        query = {"next": then} if then else {}
        return await self._frame.page(request, "accounts/provided.html", query=query, begin=query, host=self._host)

    async def begin(self, request: Request) -> Response:
        then = safe_next(request.query_params.get("next"))
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        begun = _Begun(state, nonce, verifier, then)
        try:
            address = await self._relying.address(
                state=begun.state,
                nonce=begun.nonce,
                verifier=begun.verifier,
                language=self._frame.language(request)[0],
            )
        except ProviderDown as down:
            raise _down(down) from None
        response = RedirectResponse(address, 303, PRIVATE)
        self._sign_ins.keep(response, begun)
        return response

    async def callback(self, request: Request) -> Response:
        given = request.query_params
        begun = self._sign_ins.of(request)
        if begun is None:
            raise _strange("it was not begun here")
        if not hmac.compare_digest(begun.state.encode(), given.get("state", "").encode()):
            raise _strange("another state")
        code = given.get("code")
        if code is None:
            _log.warning("a sign-in was refused: the provider ended it")
            raise PageError(403, _REFUSED, _WHY_REFUSED)
        try:
            someone = await self._relying.someone(
                code, nonce=begun.nonce, verifier=begun.verifier, issuer=given.get("iss")
            )
        except ProviderDown as down:
            raise _down(down) from None
        except NotTrusted as why:
            _log.warning("a sign-in was refused: %s", why)
            raise PageError(403, _REFUSED, _WHY_REFUSED) from None
        if not someone.allowed:
            _log.warning("a sign-in was refused: not in a group that may sign in")
            raise PageError(403, _NOT_ALLOWED, _WHY_NOT_ALLOWED)
        response = self._frame.redirect(request, begun.then)
        await self._sessions.begin(response, someone.name)
        self._sign_ins.forget(response)
        return response


def _down(error: ProviderDown) -> PageError:
    _log.error("the OpenID Connect provider cannot be used: %s", error)
    return PageError(502, _DOWN, _WHY_DOWN)


def _strange(why: str) -> PageError:
    _log.warning("a sign-in was refused: %s", why)
    return PageError(400, _REFUSED, _WHY_STRANGE)
