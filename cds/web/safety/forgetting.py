"""Deleting a comment: it is free text, and may name a patient."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from cds.phrases import Phrase
from cds.web.errors import PageError
from cds.web.frame import Frame

__all__ = ["FORGOTTEN", "forgetting_route"]

FORGOTTEN = "forgotten"
"""Parameter of the page's address that says that a comment was deleted."""

_LARGEST = 2**31 - 1
_NO_COMMENT = Phrase("There is no such comment")
_WHY_NO_COMMENT = Phrase("It may have been deleted already. Nothing was changed.")


def forgetting_route(
    frame: Frame, forget: Callable[[int], Awaitable[bool]], query: Callable[[Request], Mapping[str, str]]
) -> BaseRoute:
    """POST /safety/comments/forget, the form of each comment, for people who are signed in.

    Args:
        frame: of the pages.
        forget: deletes the comment with this id; false where there is none.
        query: the parameters of the page that the form stands in.
    """

    async def forgotten(request: Request) -> Response:
        given = (await frame.form(request)).get("comment")
        number = given if isinstance(given, str) and given.isascii() and given.isdigit() else ""
        if not number or len(number) > len(str(_LARGEST)) or int(number) > _LARGEST or not await forget(int(number)):
            raise PageError(404, _NO_COMMENT, _WHY_NO_COMMENT)
        return frame.redirect(request, "safety", {**query(request), FORGOTTEN: "1"})

    return frame.route("/safety/comments/forget", forgotten, methods=("POST",), sign_in=True)
