"""Sessions: a sealed cookie, and nothing on the server. It ends after some hours whatever is done, and when the password changes."""

from __future__ import annotations

import secrets
import time
from collections.abc import Awaitable, Callable

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from cds.phrases import Phrase
from cds.security.sealed import NotSealed, seal, unseal
from cds.web.accounts.administrator import NAME
from cds.web.frame import Person

__all__ = ["CookieSessions"]

COOKIE = "baclofen-cds-session"
_HOUR = 3600
_LONGEST_NAME = 100  # characters


class _Session(msgspec.Struct, frozen=True, tag="session", tag_field="kind"):
    """What the cookie holds.

    Attributes:
        id: random, new at each sign-in.
        name: as the page shows it; None for the administrator, whose name is a word.
        epoch: the session holds as long as this does.
    """

    id: str
    name: str | None
    epoch: str


class CookieSessions:
    """Who is signed in.

    Args:
        key: 32 bytes, `Keys.session`.
        epoch: gives what all sessions that hold were begun with; None where none holds.
        hours: after which a session ends.
        path: below which the cookie is sent.
        secure: whether it goes over HTTPS only.
        clock: seconds since 1970.
    """

    def __init__(
        self,
        key: bytes,
        epoch: Callable[[], Awaitable[str | None]],
        *,
        hours: int,
        path: str = "/",
        secure: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._key = key
        self._epoch = epoch
        self._seconds = hours * _HOUR
        self._path = path
        self._secure = secure
        self._clock = clock

    async def person(self, request: Request) -> Person | None:
        """Who asks; None for anybody, for who was signed in for too long, or before the password changed.

        Raises:
            StoreUnavailable: the database does not answer.
        """
        cookie = request.cookies.get(COOKIE)
        if not cookie:
            return None
        try:
            session = unseal(self._key, cookie, _Session, self._clock())
        except NotSealed:
            return None
        if session.epoch != await self._epoch():
            return None
        return Person(NAME if session.name is None else session.name, session.id)

    async def begin(self, response: Response, name: str) -> None:
        """Sign somebody in, in a new session.

        Args:
            response: gets the cookie.
            name: as the page shows it.

        Raises:
            StoreUnavailable: the database does not answer.
        """
        own = None if isinstance(name, Phrase) else name[:_LONGEST_NAME]
        session = _Session(secrets.token_urlsafe(16), own, await self._epoch() or "")
        until = int(self._clock()) + self._seconds
        response.set_cookie(
            COOKIE,
            seal(self._key, session, until),
            max_age=self._seconds,
            path=self._path,
            secure=self._secure,
            httponly=True,
            samesite="lax",
        )

    def end(self, response: Response) -> None:
        """Sign out."""
        response.delete_cookie(COOKIE, path=self._path, secure=self._secure, httponly=True, samesite="lax")
