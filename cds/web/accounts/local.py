"""The administrator signs in with a password, which is chosen once with the code that the terminal shows.

GET, POST /sign-in         password
GET, POST /sign-in/setup   code and new password, until there is one
POST      /sign-out
"""

from __future__ import annotations

import asyncio
import logging

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from cds.phrases import Phrase
from cds.web.accounts.administrator import NAME, Administrator, WeakPassword
from cds.web.accounts.attempts import Attempts
from cds.web.accounts.next import safe_next
from cds.web.accounts.passwords import SHORTEST
from cds.web.accounts.sessions import CookieSessions
from cds.web.errors import SIGN_IN, PageError, Way
from cds.web.frame import Area, Frame

__all__ = ["local_area", "sign_out_route"]

_log = logging.getLogger("cds.web")

_TOO_OFTEN = Phrase("Too many attempts")
_WHY_TOO_OFTEN = Phrase("The password or the code was wrong several times. Wait some minutes, then try again.")
_WRONG = Phrase("This is not the password.")
_WRONG_CODE = Phrase("This is not the setup code.")
_NOT_THE_SAME = Phrase("The two passwords are not the same.")
_TAKEN = Phrase("A password has been chosen already")
_WHY_TAKEN = Phrase("Sign in with it. Who has lost it sets a new one on the server: baclofen-cds admin password.")


def local_area(administrator: Administrator, sessions: CookieSessions, attempts: Attempts | None = None) -> Area:
    """The pages of the administrator."""

    def area(frame: Frame) -> list[BaseRoute]:
        pages = _Pages(frame, administrator, sessions, attempts or Attempts())
        return [
            frame.route("/sign-in", pages.sign_in, methods=("GET",)),
            frame.route("/sign-in", pages.signed_in, methods=("POST",)),
            frame.route("/sign-in/setup", pages.setup, methods=("GET",)),
            frame.route("/sign-in/setup", pages.set_up, methods=("POST",)),
            sign_out_route(frame, sessions),
        ]

    return area


def sign_out_route(frame: Frame, sessions: CookieSessions) -> BaseRoute:
    """`POST /sign-out`."""

    async def sign_out(request: Request) -> Response:
        await frame.form(request)
        response = frame.redirect(request, "")
        await sessions.end(request, response)
        return response

    return frame.route("/sign-out", sign_out, methods=("POST",))


class _Pages:
    """The endpoints."""

    def __init__(
        self, frame: Frame, administrator: Administrator, sessions: CookieSessions, attempts: Attempts
    ) -> None:
        self._frame = frame
        self._administrator = administrator
        self._sessions = sessions
        self._attempts = attempts

    async def sign_in(self, request: Request) -> Response:
        then = safe_next(request.query_params.get("next"))
        if await self._frame.person(request) is not None:
            return self._frame.redirect(request, then)
        return await self._form(request, then)

    async def signed_in(self, request: Request) -> Response:
        form = await self._frame.form(request)
        then = safe_next(_text(form, "next"))
        address = await self._begin(request)
        if not await self._administrator.knows(_text(form, "password")):
            _log.warning("a sign-in was refused: wrong password")
            return await self._form(request, then, fault=_WRONG)
        self._attempts.succeeded(address)
        return await self._welcome(request, then)

    async def setup(self, request: Request) -> Response:
        then = safe_next(request.query_params.get("next"))
        await self._still_open(then)
        return await self._setup_form(request, then)

    async def set_up(self, request: Request) -> Response:
        form = await self._frame.form(request)
        then = safe_next(_text(form, "next"))
        await self._still_open(then)
        address = await self._begin(request)
        if not self._administrator.is_code(_text(form, "code")):
            _log.warning("a setup was refused: wrong code")
            return await self._setup_form(request, then, code_fault=_WRONG_CODE)
        self._attempts.succeeded(address)
        password = _text(form, "password")
        if password != _text(form, "again"):
            return await self._setup_form(request, then, password_fault=_NOT_THE_SAME, code=_text(form, "code"))
        try:
            first = await self._administrator.choose(password)
        except WeakPassword as weak:
            return await self._setup_form(request, then, password_fault=weak.why, code=_text(form, "code"))
        if not first:
            raise _taken(then)
        _log.warning("the administrator's password was chosen")
        return await self._welcome(request, then)

    async def _still_open(self, then: str) -> None:
        if await self._administrator.has_password():
            raise _taken(then)

    async def _begin(self, request: Request) -> str:
        """Count an attempt, and let it wait where many are made.

        Raises:
            PageError: there were too many.
        """
        address = request.client.host if request.client else "unknown"
        wait = self._attempts.begin(address)
        if wait:
            _log.warning("a sign-in was refused: too many attempts")
            raise PageError(429, _TOO_OFTEN, _WHY_TOO_OFTEN, {"Retry-After": str(wait)})
        await asyncio.sleep(self._attempts.delay())
        return address

    async def _welcome(self, request: Request, then: str) -> Response:
        response = self._frame.redirect(request, then)
        await self._sessions.begin(response, NAME)
        return response

    async def _form(self, request: Request, then: str, *, fault: Phrase | None = None) -> Response:
        return await self._frame.page(
            request,
            "accounts/sign_in.html",
            status=403 if fault else 200,
            query={"next": then} if then else None,
            then=then,
            fault=fault,
            ready=await self._administrator.has_password(),
        )

    async def _setup_form(
        self,
        request: Request,
        then: str,
        *,
        code: str = "",
        code_fault: Phrase | None = None,
        password_fault: Phrase | None = None,
    ) -> Response:
        return await self._frame.page(
            request,
            "accounts/setup.html",
            status=403 if code_fault else 422 if password_fault else 200,
            query={"next": then} if then else None,
            then=then,
            code=code,
            code_fault=code_fault,
            password_fault=password_fault,
            least=SHORTEST,
        )


def _taken(then: str) -> PageError:
    return PageError(409, _TAKEN, _WHY_TAKEN, way=Way(SIGN_IN, "sign-in", {"next": then} if then else {}))


def _text(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value if isinstance(value, str) else ""
