"""What a card's link carried, kept in a cookie of its own for one form, so that the address no longer shows it.

Each link that is opened has its own address and cookie: with the forms of two patients open in one browser, each stays with its patient.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass

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
    "A card’s link and the form that it opens hold for 30 minutes together. Go back to the EHR and open or change the order: the new card has a new link. "
    "Nothing was recorded."
)


class _Carried(msgspec.Struct, frozen=True, tag="registry-form", tag_field="kind"):
    """What the cookie holds."""

    context: FormContext


class _Matched(msgspec.Struct, frozen=True, tag="registry-match", tag_field="kind"):
    """Which registration an RPPS number and a name told."""

    prescriber: str


@dataclass(frozen=True, slots=True)
class Ticket:
    """What opens a form.

    Attributes:
        name: in its address.
        sealed: what its cookie holds.
        until: the last second since 1970 in which it opens.
    """

    name: str
    sealed: str
    until: int


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

    def ticket(self, context: FormContext, until: int | None) -> Ticket:
        """A form's address and cookie.

        Args:
            context: what the link carried.
            until: the last second in which the link opens, which is the form's last one, too; None where no link had one.
        """
        last = int(self.clock()) + _SECONDS
        last = last if until is None else min(last, until)
        sealed = seal(self._key, _Carried(context), last)
        return Ticket(hashlib.sha256(sealed.encode()).hexdigest()[:16], sealed, last)

    def keep(self, response: Response, ticket: Ticket) -> None:
        """Give the browser the cookie of a form."""
        response.set_cookie(
            _COOKIE,
            ticket.sealed,
            max_age=max(1, ticket.until - int(self.clock())),
            path=f"{self._path}/registry/form/{ticket.name}",
            secure=self._secure,
            httponly=True,
            samesite="lax",
        )

    def sealed_match(self, prescriber: str) -> str:
        """For an address: that a form matched the registration with this id, which is shown to nobody else."""
        return seal(self._key, _Matched(prescriber), int(self.clock()) + _SECONDS)

    def match(self, text: str) -> str | None:
        """The id of the registration that a form matched."""
        try:
            return unseal(self._key, text, _Matched, self.clock()).prescriber
        except NotSealed:
            return None

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
