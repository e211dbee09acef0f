"""Sessions: a sealed cookie. It ends after some hours whatever is done, at signing out, when the password changes, or when all are ended."""

from __future__ import annotations

import secrets
import time
from collections.abc import Awaitable, Callable

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from cds.phrases import Phrase
from cds.security.sealed import NotSealed, seal, unseal
from cds.store import StoredSessions
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
        until: second since 1970 in which it ends.
    """

    id: str
    name: str | None
    epoch: str
    until: int


class CookieSessions:
    """Who is signed in.

    Args:
        key: 32 bytes, `Keys.session`.
        stored: the sessions that were ended.
        epoch: gives what all sessions that hold were begun with; None where none holds.
        hours: after which a session ends.
        path: below which the cookie is sent.
        secure: whether it goes over HTTPS only.
        clock: seconds since 1970.
    """

    def __init__(
        self,
        key: bytes,
        stored: StoredSessions,
        epoch: Callable[[], Awaitable[str | None]],
        *,
        hours: int,
        path: str = "/",
        secure: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._key = key
        self._stored = stored
        self._epoch = epoch
        self._seconds = hours * _HOUR
        self._path = path
        self._secure = secure
        self._clock = clock

    async def person(self, request: Request) -> Person | None:
        """Who asks; None for anybody, for who signed out, was signed in for too long, or before the password changed or all sessions ended.

        Raises:
            StoreUnavailable: the database does not answer.
        """
        session = self._session(request)
        if session is None or session.epoch != await self._now_in_force() or await self._stored.has_ended(session.id):
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
        until = int(self._clock()) + self._seconds
        session = _Session(secrets.token_urlsafe(16), own, await self._now_in_force() or "", until)
        response.set_cookie(
            COOKIE,
            seal(self._key, session, until),
            max_age=self._seconds,
            path=self._path,
            secure=self._secure,
            httponly=True,
            samesite="lax",
        )

    async def end(self, request: Request, response: Response) -> None:
        """Sign out: the cookie is taken back, and a copy of it holds no longer.

        Raises:
            StoreUnavailable: the database does not answer, so the session goes on.
        """
        session = self._session(request)
        if session is not None:
            await self._stored.end(session.id, session.until)
        response.delete_cookie(COOKIE, path=self._path, secure=self._secure, httponly=True, samesite="lax")

    def _session(self, request: Request) -> _Session | None:
        """What the cookie holds, if it is ours and not too old."""
        try:
            return unseal(self._key, request.cookies.get(COOKIE, ""), _Session, self._clock())
        except NotSealed:
            return None

    async def _now_in_force(self) -> str | None:
        """What a session that holds was begun with; None where none holds."""
        epoch = await self._epoch()
        return None if epoch is None else f"{epoch} {await self._stored.era()}"
