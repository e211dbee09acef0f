"""What a page answers in place of what was asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from cds.phrases import Phrase

__all__ = ["SIGN_IN", "PageError", "Way", "database_down"]

_NONE: Mapping[str, str] = MappingProxyType({})

SIGN_IN = Phrase("Sign in")
_TRY_AGAIN = Phrase("Try again")
_DOWN = Phrase("The database does not answer")
_WHY_DOWN = Phrase("Nothing was saved. Try again in a moment; if it lasts, tell the people who run this service.")


@dataclass(frozen=True, slots=True)
class Way:
    """A link that leads on.

    Attributes:
        words: of the link.
        path: below the service's address.
        query: of the address.
    """

    words: Phrase
    path: str
    query: Mapping[str, str] = field(default_factory=dict)


class PageError(Exception):
    """A page that says why there is none.

    Args:
        status: HTTP status.
        heading: what is wrong, a few words.
        message: what it means and what to do, in sentences.
        headers: further headers.
        way: where to go on, beside the list of all rules.
    """

    def __init__(
        self,
        status: int,
        heading: Phrase,
        message: Phrase,
        headers: Mapping[str, str] = _NONE,
        way: Way | None = None,
    ) -> None:
        super().__init__(f"{heading}")
        self.status = status
        self.heading = heading
        self.message = message
        self.headers = headers
        self.way = way


def database_down(method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str]) -> PageError:
    """The database does not answer; the way on is the same page once more.

    Of a sign-in under way it is the beginning of it. Of another form there is none: no link sends it again.

    Args:
        method: of the request.
        path: below the service's address.
        query: of the request.
        headers: further headers of the answer.
    """
    way = None
    if method in ("GET", "HEAD") and not path.startswith("sign-in/"):
        way = Way(_TRY_AGAIN, path, query)
    elif path.startswith("sign-in"):
        way = Way(SIGN_IN, "sign-in")
    return PageError(503, _DOWN, _WHY_DOWN, headers, way)
