"""What a card's link carried, kept in a cookie of its own for one form, so that the address no longer shows it.

Each link that is opened has its own address and cookie: with the forms of two patients open in one browser, each stays with its patient.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from cds.phrases import Phrase
from cds.rtu.context import FormContext
from cds.security.sealed import NotSealed, seal, unseal
from cds.web.errors import PageError

__all__ = ["Carrier", "link_of_old"]

_COOKIE = "baclofen-cds-registry"
_SECONDS = 30 * 60

_OLD = Phrase("This link does not open a form")
_WHY_OLD = Phrase(
    "A card’s link holds for 30 minutes, and so does its form. Go back to the EHR and open or change the order: the new card has a new link. "
    "Nothing was recorded."
)


class _Carried(msgspec.Struct, frozen=True, tag="registry-form", tag_field="kind"):
    """What the cookie holds."""

    context: FormContext


class Carrier:
    """Contexts of forms, each with its browser.

    Args:
        key: 32 bytes, `Keys.session`.
        path: of the service's address, without a slash at its end.
        secure: whether cookies go over HTTPS only.
        clock: seconds since 1970.
    """

    def __init__(self, key: bytes, *, path: str, secure: bool, clock: Callable[[], float] = time.time) -> None:
        self._key = key
        self._path = path
        self._secure = secure
        self.clock = clock

    def ticket(self, context: FormContext) -> tuple[str, str]:
        """The name of a form's address, and what its cookie holds."""
        sealed = seal(self._key, _Carried(context), int(self.clock()) + _SECONDS)
        return hashlib.sha256(sealed.encode()).hexdigest()[:16], sealed

    def keep(self, response: Response, ticket: str, sealed: str) -> None:
        """Give the browser the cookie of a form."""
        response.set_cookie(
            _COOKIE,
            sealed,
            max_age=_SECONDS,
            path=f"{self._path}/registry/form/{ticket}",
            secure=self._secure,
            httponly=True,
            samesite="lax",
        )

    def of(self, request: Request) -> FormContext:
        """The context of a form's address.

        Raises:
            PageError: the browser has none for it, or no longer.
        """
        sealed = request.cookies.get(_COOKIE, "")
        if hashlib.sha256(sealed.encode()).hexdigest()[:16] != request.path_params["ticket"]:
            raise link_of_old()
        try:
            return unseal(self._key, sealed, _Carried, self.clock()).context
        except NotSealed:
            raise link_of_old() from None


def link_of_old() -> PageError:
    """The page for a link that opens nothing."""
    return PageError(403, _OLD, _WHY_OLD)
